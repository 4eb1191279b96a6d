"""Files cut and changed at random places, in every container: told, and never fewer rows in silence."""
import bz2
import gzip
import lzma
import random
import shutil

import helpers

from .tally import Tally

NOT_PROVEN = "not proven"


def packed(folder, xml):
    """The same dump in all containers, by name."""
    import py7zr
    import zstandard
    archive = folder / "packed.7z"
    with py7zr.SevenZipFile(archive, "w") as writer:
        writer.writestr(xml, "dump.xml")
    third = len(xml) // 3
    files = {
        "dump.xml": xml,
        "dump.xml.bz2": bz2.compress(xml, 1),
        "streams.xml.bz2": bz2.compress(xml[:third], 1) + bz2.compress(xml[third:], 1),
        "dump.xml.gz": gzip.compress(xml, 6, mtime=0),
        "dump.xml.xz": lzma.compress(xml, preset=1),
        "dump.xml.zst": zstandard.ZstdCompressor(write_checksum=True).compress(xml),
        "dump.xml.lzma": lzma.compress(xml, format=lzma.FORMAT_ALONE, preset=1),
        "dump.xml.7z": archive.read_bytes(),
    }
    archive.unlink()
    return files


class Oracle:
    """What a sound dump holds, read by Python's own parser."""

    def __init__(self, path):
        rows = helpers.oracle_rows(path)
        self.rows = {name: rows[name] for name in ("revisions", "content")}
        self.known = {name: {key(row): row for row in rows} for name, rows in self.rows.items()}

    def missing(self, output):
        """How many rows are not there, and which are wrong."""
        missing, wrong = 0, []
        for name, known in self.known.items():
            rows = helpers.rows(output, name)
            wrong += [row for row in rows if not is_right(row, known.get(key(row)))]
            missing += len(known) - len({key(row) for row in rows})
        return missing, wrong


def is_right(row, expected):
    """Whether a row is as expected.  Where the dump's header is lost, nobody knows the wiki."""
    return row == expected or row == {**(expected or {}), "wiki_id": None}


def key(row):
    """What tells a row from others."""
    return row["revision_id"], row.get("slot_role")


def damaged(folder, xml, trials, what):
    """Cuts (`what` is "cut") or changes one bit (`"bit"`) of the dump in each container."""
    path = folder / "dump.xml"
    path.write_bytes(xml)
    oracle = Oracle(path)
    tallies = []
    for name, data in packed(folder, xml).items():
        chance = random.Random(name + what)
        for on_damage in ("fail", "skip"):
            tally = Tally(f"{what} in `{name}`, `--on-damage {on_damage}`")
            for place in places(name, data, trials, chance):
                broken = bytearray(data[:place] if what == "cut" else data)
                bit = chance.randrange(8)
                if what == "bit":
                    broken[place] ^= 1 << bit
                one(folder, name, broken, on_damage, oracle, tally, f"{name}, {what} {bit} of byte {place}")
            tallies.append(tally)
    return tallies


def places(name, data, trials, chance):
    """Random places, and the hard ones near the end."""
    end = data.rindex(b"</mediawiki>") + 12 if name.endswith(".xml") else len(data)
    return sorted({chance.randrange(end) for _ in range(trials)} | {end - 1, end - 5})


def one(folder, name, broken, on_damage, oracle, tally, told):
    """Converts a broken file and judges what comes of it."""
    path, output = folder / name, folder / "out"
    path.write_bytes(broken)
    result = helpers.convert(path, output, "--on-damage", on_damage,
                             tables=["pages", "revisions", "content", "rejects"])
    code = result.returncode
    tally.ended_well(result, told, {0, 3} if on_damage == "fail" else {0, 1, 3})
    is_finished = (output / "manifest.json").exists()
    tally.expect(is_finished == (code in (0, 1)), f"{told}: exit code {code}, manifest: {is_finished}")
    outcome = {3: "refused"}.get(code, "unharmed")
    if is_finished:
        missing, wrong = oracle.missing(output)
        rejects = helpers.rows(output, "rejects")
        tally.expect((code == 1) == bool(rejects), f"{told}: exit code {code} with {len(rejects)} rejects")
        tally.expect(not missing or rejects, f"{told}: {missing} rows are missing and nothing says so")
        # Nothing proves plain XML and lzma; others say so of what is not proven.
        has_proof = not name.endswith((".xml", ".lzma"))
        is_proven = has_proof and not any(NOT_PROVEN in row["reason"] for row in rejects)
        tally.expect(not wrong or not is_proven, f"{told}: {len(wrong)} wrong rows, the first {wrong[:1]}")
        if code == 1:
            outcome = "listed, all other rows kept" if not missing else "listed"
    tally.trial(outcome)
    shutil.rmtree(output, ignore_errors=True)
