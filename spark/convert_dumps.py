#!/usr/bin/env python3
"""Convert MediaWiki dumps to Parquet on a Spark cluster, with the rows of one machine.

    spark-submit --master spark://host:7077 spark/convert_dumps.py INPUT... --output DIR \\
        [--split-size 128MiB] [--ship] [-- --tables revisions,content ...]
    spark-submit --master spark://host:7077 spark/convert_dumps.py --root MIRROR --wiki enwiki,dewiki \\
        --date 20260101 [--kind pages-meta-history] --output DIR

The driver has `mwparquet plan` cut the inputs into splits; each task runs `mwparquet convert --split` on
one of them and writes its parts into the tables' folders, under names of its own; the driver commits.
Tasks that are repeated, killed or run twice neither double nor lose a row.  If the job is ended, the same
command goes on with the splits that are left.

Inputs and output have to be seen by driver and executors under the same paths.  What stands behind `--`
goes to `mwparquet convert`.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

# What mwparquet ends with when a split is done, without rejects and with some.
DONE = (0, 1)


class SplitFailed(RuntimeError):
    """A split that was not converted: its message says where and why."""


def end_with_parent():
    """Has the program end when the task's process is killed (on Linux; run in the child)."""
    try:
        import ctypes
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    except (OSError, AttributeError):
        pass


def program_here(program, is_shipped):
    """The program on this machine, or an error that says what to do."""
    if is_shipped:
        from pyspark import SparkFiles
        return SparkFiles.get(os.path.basename(program))
    found = shutil.which(program)
    if not found:
        raise SplitFailed(f"{socket.gethostname()}: there is no program {program}: install it on each machine, "
                          "name it with --mwparquet, or send it along with --ship")
    return found


def convert_split(split, program, is_shipped, arguments):
    """Convert a split, on an executor; what was seen in it."""
    command = [program_here(program, is_shipped), "convert", "--split", json.dumps(split), "--progress", "json",
               *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, preexec_fn=end_with_parent, check=False)
    except OSError as error:
        raise SplitFailed(f"{socket.gethostname()}: {command[0]} cannot be run: {error.strerror}") from error
    told = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode not in DONE:
        why = told[-1] if told else f"exit code {done.returncode}"
        raise SplitFailed(f"{socket.gethostname()}: split {split['number']} failed: {why}")
    events = [json.loads(line) for line in told if line.startswith('{"event":"split"')]
    return events[-1] if events else {}


def run(command):
    """Run the program on the driver; end with its words and its exit code if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode not in DONE:
        sys.exit(done.returncode)
    return done


def arguments_of(words):
    """The driver's arguments, and those of `mwparquet convert`."""
    words, further = (words[:words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="*", metavar="INPUT", help="dump files, folders or patterns")
    runs = parser.add_argument_group("runs of a mirror, instead of INPUT or of folders")
    runs.add_argument("--wiki", help="runs of these wikis, by name or pattern, with commas")
    runs.add_argument("--date", help="of this date [latest]")
    runs.add_argument("--kind", help="only these kinds of dumps, with commas")
    runs.add_argument("--root", help="the mirror")
    runs.add_argument("--incomplete", action="store_true", help="take what is there of runs that are not complete")
    parser.add_argument("--output", required=True, help="folder to write, new or with splits of the same job")
    parser.add_argument("--split-size", default="128MiB", help="about how much of a file makes a split [128MiB]")
    parser.add_argument("--mwparquet", default="mwparquet", help="the program, by name or path")
    parser.add_argument("--ship", action="store_true", help="send the driver's program to the executors")
    arguments = parser.parse_args(words)
    if not arguments.inputs and not arguments.wiki:
        parser.error("what is to be converted? Name an INPUT, or a --wiki")
    owned = {"--output", "-o", "--split", "--commit", "--overwrite", "--resume", "--dry-run", "--progress"}
    for word in further:
        if word.split("=")[0] in owned:
            parser.error(f"{word.split('=')[0]} is this job's own: it cannot stand behind --")
    return arguments, further


def plan_of(program, arguments):
    """The splits, as the program tells them."""
    chosen = [word for name in ("wiki", "date", "kind", "root") if (value := getattr(arguments, name))
              for word in (f"--{name}", value)]
    if arguments.incomplete:
        chosen.append("--incomplete")
    return run([program, "plan", *arguments.inputs, *chosen, "--split-size", arguments.split_size]).stdout


def main():
    """The driver."""
    arguments, further = arguments_of(sys.argv[1:])
    try:
        program = program_here(arguments.mwparquet, False)
    except SplitFailed as error:
        sys.exit(f"convert_dumps: {error}")
    planned = plan_of(program, arguments)
    splits = json.loads(planned)["splits"]

    from pyspark.sql import SparkSession
    spark = SparkSession.builder.appName(f"mwparquet: {arguments.output}").getOrCreate()
    context = spark.sparkContext
    if arguments.ship:
        context.addFile(program)
    output = os.path.abspath(arguments.output)
    to_convert = ["--output", output, *further]
    if "--threads" not in further:
        to_convert += ["--threads", context.getConf().get("spark.task.cpus", "1")]
    name, is_shipped = arguments.mwparquet, arguments.ship
    files = {name for split in splits for name in [split["file"], *(one["file"] for one in split.get("following", ()))]}
    print(f"{len(splits)} splits of {len(files)} files", file=sys.stderr)
    try:
        tasks = context.parallelize(splits, len(splits))
        done = tasks.map(lambda split: convert_split(split, name, is_shipped, to_convert)).collect()
    except Exception as error:  # Spark wraps what a task raises into errors of its own.
        failed = re.search(r"SplitFailed: (.*)", str(error))
        if not failed:
            raise
        sys.exit(f"convert_dumps: {failed.group(1)}\nThe same command goes on with the splits that are left.")
    finally:
        spark.stop()
    earlier = sum(bool(event.get("was_done")) for event in done)
    if earlier:
        print(f"{earlier} splits were done before", file=sys.stderr)
    with tempfile.NamedTemporaryFile(suffix=".json") as plan:
        plan.write(planned)
        plan.flush()
        committed = run([program, "convert", "--commit", plan.name, "--output", output, *further])
    sys.exit(committed.returncode)


if __name__ == "__main__":
    main()
