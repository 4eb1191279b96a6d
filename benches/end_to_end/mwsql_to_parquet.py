"""What a researcher writes today: the rows of an SQL dump to Parquet, by mwsql and pyarrow.

    python mwsql_to_parquet.py FILE.sql.gz FOLDER

Prints the number of rows.
"""
import itertools
import os
import sys

import mwsql
import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 100_000


def main():
    path, folder = sys.argv[1:]
    os.makedirs(folder)
    dump = mwsql.Dump.from_file(path)
    schema = pa.schema([(name, pa.string()) for name in dump.col_names])
    rows, count = dump.rows(convert_dtypes=False), 0
    with pq.ParquetWriter(os.path.join(folder, "rows.parquet"), schema, compression="zstd",
                          compression_level=3) as writer:
        while batch := list(itertools.islice(rows, BATCH_ROWS)):
            columns = [pa.array(column, pa.string()) for column in zip(*batch)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            count += len(batch)
    print(count)


if __name__ == "__main__":
    main()
