"""What a researcher writes today: every revision with its text to Parquet, by mwxml and pyarrow.

    python mwxml_to_parquet.py FILE.xml FOLDER

Prints the number of revisions.
"""
import os
import sys

import mwxml
import pyarrow as pa
import pyarrow.parquet as pq

BATCH_BYTES = 32 << 20
SCHEMA = pa.schema([
    ("page_id", pa.int64()), ("page_namespace_id", pa.int32()), ("page_title", pa.string()),
    ("revision_id", pa.int64()), ("revision_parent_id", pa.int64()), ("revision_dt", pa.string()),
    ("user_id", pa.int64()), ("user_text", pa.string()), ("revision_is_minor_edit", pa.bool_()),
    ("revision_comment", pa.string()), ("content_sha1", pa.string()), ("content_size", pa.int64()),
    ("content_text", pa.string()),
])


def row(page, revision):
    """A revision as a row."""
    user = revision.user
    main = revision.slots["main"] if revision.slots and "main" in revision.slots else None
    return (page.id, page.namespace, page.title, revision.id, revision.parent_id, str(revision.timestamp),
            user and user.id, user and user.text, revision.minor, revision.comment,
            main and main.sha1, main and main.bytes, main and main.text)


def batches(dump):
    """The rows of a dump, some MiB at a time."""
    rows, held = [], 0
    for page in dump:
        for revision in page:
            rows.append(row(page, revision))
            held += len(rows[-1][-1] or "")
            if held >= BATCH_BYTES:
                yield rows
                rows, held = [], 0
    yield rows


def main():
    path, folder = sys.argv[1:]
    os.makedirs(folder)
    count = 0
    with open(path, "rb") as file, pq.ParquetWriter(os.path.join(folder, "revisions.parquet"), SCHEMA,
                                                    compression="zstd", compression_level=3) as writer:
        for rows in batches(mwxml.Dump.from_file(file)):
            columns = [pa.array(column, kind.type) for column, kind in zip(zip(*rows), SCHEMA)]
            if columns:
                writer.write_batch(pa.record_batch(columns, schema=SCHEMA))
            count += len(rows)
    print(count)


if __name__ == "__main__":
    main()
