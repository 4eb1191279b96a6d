"""A mirror of dumps made of the samples: runs as Wikimedia's dump maker leaves them."""
import bz2
import gzip
import hashlib
import json
import re
import shutil

from helpers import SAMPLES

HISTORY = SAMPLES / "samplewiki-20260101-pages-meta-history.xml.bz2"
STUBS = SAMPLES / "samplewiki-20260101-stub-meta-history.xml.gz"
LOGS = SAMPLES / "samplewiki-20260101-pages-logging.xml.gz"
MULTISTREAM = SAMPLES / "samplewiki-20260101-pages-articles-multistream.xml.bz2"


def document(path):
    """A dump's header, pages and footer."""
    opened = {".bz2": bz2.open, ".gz": gzip.open}[path.suffix]
    with opened(path, "rb") as file:
        xml = file.read()
    begin = xml.index(b"  <page>")
    end = xml.rindex(b"</mediawiki>")
    pages = [b"  <page>" + page for page in xml[begin:end].split(b"  <page>")[1:]]
    return xml[:begin], pages, xml[end:]


def page_id(page):
    """The id of a page as it stands in the XML."""
    return int(re.search(rb"<id>(\d+)</id>", page)[1])


def in_parts(path, parts):
    """(first page, last page, bytes of a dump) of each part of a dump's pages."""
    header, pages, footer = document(path)
    size = -(-len(pages) // parts)
    for begin in range(0, len(pages), size):
        piece = pages[begin:begin + size]
        yield page_id(piece[0]), page_id(piece[-1]), header + b"".join(piece) + footer


def write_status(folder, jobs, waiting=()):
    """Write dumpstatus.json: files by job, and names of jobs that are still to come."""
    def told(name):
        data = (folder / name).read_bytes()
        return {"size": len(data), "url": f"/{folder.name}/{name}",
                "md5": hashlib.md5(data).hexdigest(), "sha1": hashlib.sha1(data).hexdigest()}
    status = {job: {"status": "done", "updated": "2026-01-02 03:04:05",
                    "files": {name: told(name) for name in names}} for job, names in jobs.items()}
    status |= {job: {"status": "waiting", "updated": ""} for job in waiting}
    (folder / "dumpstatus.json").write_text(json.dumps({"version": "0.8", "jobs": status}))


def make_run(root, wiki, date, parts=2, has_history=True, waiting=()):
    """Make a run of a wiki; its folder."""
    folder = root / wiki / date
    folder.mkdir(parents=True)
    prefix = f"{wiki}-{date}-"
    jobs = {"xmlstubsdump": [], "xmlpagelogsdump": [prefix + "pages-logging.xml.gz"],
            "articlesmultistreamdump": [prefix + "pages-articles-multistream.xml.bz2"]}
    shutil.copy(LOGS, folder / jobs["xmlpagelogsdump"][0])
    shutil.copy(MULTISTREAM, folder / jobs["articlesmultistreamdump"][0])
    for number, (_, _, xml) in enumerate(in_parts(STUBS, parts), 1):
        name = f"{prefix}stub-meta-history{number}.xml.gz"
        (folder / name).write_bytes(gzip.compress(xml, mtime=0))
        jobs["xmlstubsdump"].append(name)
    if has_history:
        jobs["metahistorybz2dump"] = []
        for number, (first, last, xml) in enumerate(in_parts(HISTORY, parts), 1):
            name = f"{prefix}pages-meta-history{number}.xml-p{first}p{last}.bz2"
            (folder / name).write_bytes(bz2.compress(xml))
            jobs["metahistorybz2dump"].append(name)
        recombined = prefix + "pages-meta-history.xml.bz2"
        shutil.copy(HISTORY, folder / recombined)
        jobs["metahistorybz2dumprecombine"] = [recombined]
    (folder / f"{prefix}pages-meta-current.xml.bz2.inprog").write_bytes(b"BZh9")
    (folder / f"{prefix}md5sums.txt").write_text("")
    write_status(folder, jobs, waiting)
    return folder
