"""R: the code of the document and of `schema --dialect r`, by R where it is there, its queries by DuckDB."""
import re
import shutil
import subprocess

import duckdb
import pytest

import helpers

TEXT = (helpers.ROOT / "docs" / "R.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```r\n(.*?)```", TEXT, re.DOTALL)
QUERIES = re.findall(r'dbGetQuery\(con, "(.*?)"\)', TEXT, re.DOTALL)
TABLES = [*helpers.ALL_TABLES, *helpers.DERIVED_TABLES, *helpers.PROFILE_TABLES.values()]
needs_r = pytest.mark.skipif(not shutil.which("Rscript"), reason="Rscript is not installed: apt install r-base-core")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the document's command writes."""
    dump, tables = re.search(r"mwparquet convert (\S+) \\\n *--tables (\S+) --output out", TEXT).groups()
    return helpers.converted(helpers.ROOT / dump, tmp_path_factory.mktemp("r") / "out", tables=tables.split(","))


def run_r(code, folder, *arguments):
    """What R says to some code."""
    script = folder / "code.R"
    script.write_text(code, encoding="utf-8")
    result = subprocess.run(["Rscript", "--vanilla", script, *map(str, arguments)], capture_output=True, text=True,
                            cwd=folder, timeout=helpers.TIMEOUT)
    assert result.returncode == 0, result.stderr
    return result.stdout


def has_package(name, folder):
    """Whether R has a package."""
    return "TRUE" in run_r(f'cat(requireNamespace("{name}", quietly = TRUE))', folder)


def schema_code(table, layout, location):
    """The code that `schema` writes for a table."""
    result = helpers.run("schema", table, "--dialect", "r", "--layout", layout, "--location", location)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_query(number, folder):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    assert connection.execute(QUERIES[number].replace("'out/", f"'{folder}/")).fetchall()


def test_there_are_queries_and_blocks():
    assert (len(QUERIES), len(BLOCKS)) == (3, 3)


@needs_r
def test_all_code_is_r(tmp_path):
    """As R's own parser has it; nothing is run."""
    codes = BLOCKS + [schema_code(table, layout, "it's \"here\"") for table in TABLES for layout in ("flat", "hive")]
    for number, code in enumerate(codes):
        (tmp_path / f"{number}.txt").write_text(code, encoding="utf-8")
    told = run_r('for (path in commandArgs(TRUE)) cat(length(parse(path, encoding = "UTF-8")), "\\n")', tmp_path,
                 *(f"{number}.txt" for number in range(len(codes))))
    assert all(int(line) > 0 for line in told.splitlines()) and len(told.splitlines()) == len(codes)


@needs_r
@pytest.mark.parametrize("packages", [("duckdb",), ("arrow", "dplyr")], ids=" ".join)
def test_document_runs(packages, folder, tmp_path):
    for name in packages:
        if not has_package(name, tmp_path):
            pytest.skip(f"R has no package {name}")
    [block] = (block for block in BLOCKS if block.startswith(f"library({packages[0]})"))
    (tmp_path / "out").symlink_to(folder, target_is_directory=True)
    run_r(block, tmp_path)


@needs_r
@pytest.mark.parametrize("table", ["revisions", "pages", "reverts"])
def test_schemas_run(table, folder, tmp_path):
    """The data set that the code opens has the rows and columns of the files."""
    for name in ("arrow", "dplyr"):
        if not has_package(name, tmp_path):
            pytest.skip(f"R has no package {name}")
    code = schema_code(table, "flat", folder)
    told = run_r(f"{code}\ncat(nrow({table}), ncol({table}))\n", tmp_path).split()[-2:]
    expected = helpers.table(folder, table)
    assert [int(number) for number in told] == [expected.num_rows, expected.num_columns]
