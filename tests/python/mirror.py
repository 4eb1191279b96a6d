"""A mirror of dumps made of the samples: runs as Wikimedia's dump maker leaves them."""
import bz2
import gzip
import hashlib
import json
import re
import shutil

from helpers import SAMPLES

HISTORY = SAMPLES / "samplewiki-20260101-pages-meta-history.xml.bz2"
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


def stub_of(xml):
    """A dump without its texts."""
    return re.sub(rb'<text\b([^>]*?)(?: xml:space="preserve")?>[^<]*</text>', rb'<text\1 location="tt:1" />', xml)


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
    for number, (_, _, xml) in enumerate(in_parts(HISTORY, parts), 1):
        name = f"{prefix}stub-meta-history{number}.xml.gz"
        (folder / name).write_bytes(gzip.compress(stub_of(xml), mtime=0))
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


def table_dump(name, columns, rows):
    """A dump of a table, as mariadb-dump writes it."""
    declared = ",\n".join(f"  `{column}` {kind}" for column, kind in columns)
    values = ",".join(f"({','.join(map(str, row))})" for row in rows)
    return (f"-- MariaDB dump 10.19  Distrib 10.5.29-MariaDB, for debian-linux-gnu (x86_64)\n--\n\n"
            f"DROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n{declared}\n) ENGINE=InnoDB;\n\n"
            f"INSERT INTO `{name}` VALUES {values};\n\n-- Dump completed on 2026-01-01 13:22:16\n").encode()


def add_tables(folder):
    """Add dumps of tables that go with the samples' revisions to a run."""
    wiki, date = folder.parent.name, folder.name
    tables = {
        "user_groups": ([("ug_user", "int(10) unsigned NOT NULL"), ("ug_group", "varbinary(255) NOT NULL"),
                         ("ug_expiry", "varbinary(14) DEFAULT NULL")],
                        [(17, "'sysop'", "NULL"), (18, "'bot'", "NULL"), (20, "'sysop'", "'20270101000000'"),
                         (999, "'bureaucrat'", "NULL")]),
        "change_tag_def": ([("ctd_id", "int(10) unsigned NOT NULL"), ("ctd_name", "varbinary(255) NOT NULL")],
                           [(1, "'mw-undo'"), (2, "'mobile edit'")]),
        "change_tag": ([("ct_id", "int(10) unsigned NOT NULL"), ("ct_rev_id", "bigint(20) unsigned DEFAULT NULL"),
                        ("ct_tag_id", "int(10) unsigned NOT NULL")],
                       [(1, 7, 1), (2, 13, 2), (3, "NULL", 2), (4, 7, 2)]),
    }
    status = json.loads((folder / "dumpstatus.json").read_text())
    jobs = {job: list(told["files"]) for job, told in status["jobs"].items() if "files" in told}
    for name, (columns, rows) in tables.items():
        file = f"{wiki}-{date}-{name}.sql.gz"
        (folder / file).write_bytes(gzip.compress(table_dump(name, columns, rows), mtime=0))
        jobs[name.replace("_", "") + "table"] = [file]
    write_status(folder, jobs)
