"""The dumps that are read: made, or given and packed anew."""
import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys

from . import containers

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A stub has about a twentieth of its history's bytes: it is made of a longer one.
STUB_FACTOR = 4
# The dump of a table, of rows of about so many bytes; it has a tenth of a history's bytes.
SQL, SQL_ROW_BYTES, SQL_DIVISOR = "sql", 120, 10
ENDINGS = {name: "" if name == "xml" else "." + name for name in containers.CONTAINERS}


@dataclasses.dataclass
class Dump:
    """One dump in several containers."""
    made_by: str
    files: dict
    contents: containers.Contents


class Maker:
    """Makes what the cases ask for, in a folder where it stays for the next run."""

    def __init__(self, folder, size, given, jobs):
        self.folder, self.size, self.given, self.jobs = folder, size, given, jobs
        self.missing = {}

    def dumps(self, wanted):
        """The dumps by name. `wanted` are pairs of a dump and a container; what cannot be made is in
        `missing`, with the reason."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = sorted({name for name, _ in wanted})
        return {name: self.dump(name, {container for other, container in wanted if other == name})
                for name in names}

    def dump(self, name, wanted):
        """One dump in the containers that are wanted."""
        given = {containers.container_of(path): pathlib.Path(path) for path in self.given.get(name, ())}
        if given:
            base, made_by = given_base(next(iter(given.values()))), "given"
        else:
            base, made_by = f"{name}-{self.size}", f"scripts/make-history, {self.size} bytes"
        kind = ".sql" if name == SQL else ".xml"
        if name == SQL:
            made_by = f"scripts/make-sql-dump, {self.sql_rows()} rows"
        files = {container: given.get(container, self.folder / (base + kind + ending))
                 for container, ending in ENDINGS.items()}
        self.make_plain(name, files, given)
        self.pack_all(name, files, wanted)
        ready = {container: path for container, path in files.items() if path.exists()}
        contents = containers.contents(files["xml"])
        if name == SQL:
            contents = dataclasses.replace(contents, pages=self.sql_rows())
        return Dump(made_by, ready, contents)

    def sql_rows(self):
        """How many rows the dump of a table has."""
        return max(1, self.size // SQL_DIVISOR // SQL_ROW_BYTES)

    def make_plain(self, name, files, given):
        """The plain file of a dump, if it is not there."""
        plain = files["xml"]
        if plain.exists():
            return
        tell(f"making {plain.name}")
        if given:
            containers.unpack(next(iter(given.values())), plain)
        elif name == SQL:
            containers.whole(plain, self.make_sql)
        else:
            containers.whole(plain, lambda to: self.make_history(name, to))

    def make_history(self, name, to):
        """Let scripts/make-history write a plain file."""
        if name == "stub":
            packed = to.with_name(to.name + ".gz")
            self.call_maker(self.size * STUB_FACTOR, "--output", os.devnull, "--stub", packed)
            containers.unpack(packed, to)
            packed.unlink()
        elif name == "articles":
            self.call_maker(self.size, "--revisions", 0, "--output", to)
        else:
            self.call_maker(self.size, "--output", to)

    def make_sql(self, to):
        """Let scripts/make-sql-dump write a plain file."""
        command = [ROOT / "scripts/make-sql-dump", "--rows", self.sql_rows(), "--output", to]
        subprocess.run([sys.executable, *map(str, command)], check=True, stderr=subprocess.DEVNULL)

    def call_maker(self, size, *arguments):
        """Run scripts/make-history."""
        command = [ROOT / "scripts/make-history", "--bytes", size, *arguments]
        subprocess.run([sys.executable, *map(str, command)], check=True, stderr=subprocess.DEVNULL)

    def pack_all(self, name, files, wanted):
        """Pack the plain file into the containers that are wanted, some at once."""
        missing = [container for container in sorted(wanted) if not files[container].exists()]
        if missing:
            tell(f"packing {files['xml'].name}: {', '.join(missing)}")
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            tasks = {container: pool.submit(containers.pack, files["xml"], files[container])
                     for container in missing}
        for container, task in tasks.items():
            try:
                task.result()
            except containers.NotInstalled as error:
                self.missing[name, container] = str(error)


def given_base(path):
    """A name for what is made of a given file: another one if the file changes."""
    status = path.stat()
    stem = path.name.removesuffix(ENDINGS[containers.container_of(path)]).removesuffix(".xml")
    return f"{stem}-{status.st_size}-{status.st_mtime_ns}"


def tell(text):
    """Say on standard error what takes its time."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
