"""Small Parquet files of every column type that is read, by pyarrow.

    python scripts/oracles/parquet.py tests/vectors

Written with pyarrow 26.0.1; `tests/ingest_records/parquet.rs` states what they hold.
"""

import datetime
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(sys.argv[1])
utc = datetime.timezone.utc
vectors = [[0.5, 1.0, -2.0], [3.0, 4.0, 0.25], None, [8.0, 0.0, 1.0], [1.0, 1.0, 1.0]]


def halves(values):
    return [None if v is None else [np.float16(x) for x in v] for v in values]


table = pa.table(
    {
        "id": pa.array(["007", "b", "c", "ä", "e"]).dictionary_encode(),
        "note": pa.array(["x", None, "", "y", "x"], pa.large_string()),
        "view": pa.array(["p", "q", None, "p", "p"], pa.string_view()),
        "flag": pa.array([True, None, False, True, True]),
        "count": pa.array([1, None, -3, 4, 5], pa.int32()),
        "byte": pa.array([1, 2, 3, 4, 255], pa.uint8()),
        "big": pa.array([1, 2, 3, 4, 2**64 - 1], pa.uint64()),
        "half": pa.array([np.float16(v) for v in [0.5, 1, 2, 4, -0.25]], pa.float16()),
        "ratio": pa.array([0.1, float("nan"), None, 1e300, -1.5]),
        "day": pa.array([datetime.date(1969, 12, 31), None] + [datetime.date(2025, 3, 3)] * 3),
        "seen": pa.array(
            [datetime.datetime(2025, 3, 3, 7, 42, 32, 999999, utc)] * 4
            + [datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, utc)],
            pa.timestamp("us", tz="UTC"),
        ),
        "fixed": pa.array(vectors, pa.list_(pa.float32(), 3)),
        "large": pa.array(vectors, pa.large_list(pa.float64())),
        "halves": pa.array(halves(vectors), pa.list_(pa.float16())),
        "ragged": pa.array([[1.0, 2.0], [3.0], [4.0, None], [], [5.0, 6.0]], pa.list_(pa.float32())),
        "pair": pa.array([{"a": 1, "b": 2}] * 5),
        "cents": pa.array([1, 2, 3, 4, 5], pa.decimal128(9, 2)),
    }
)
for codec in ["snappy", "gzip", "lz4", "zstd"]:
    pq.write_table(table, folder / f"kinds_{codec}.parquet", compression=codec, row_group_size=2)
