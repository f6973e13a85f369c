"""Tables of Arrow say what arrays and files say."""

from __future__ import annotations

import datetime

import driftsphere
import numpy as np
import pandas
import polars
import pyarrow
import pytest
from conftest import by_command
from driftsphere import ArgumentError, Profile, Profiler
from pyarrow import parquet

ROLES = {
    "embedding": "clip",
    "id": "file",
    "label": "kind",
    "score": "sure",
    "group": "video",
    "time": "taken",
    "values": ["camera", "count", "night"],
}


class Stream:
    """A table that speaks the protocol of streams only."""

    def __init__(self, table: object) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@pytest.fixture
def table(rows, columns) -> pyarrow.Table:
    return pyarrow.table(
        {
            "clip": pyarrow.FixedSizeListArray.from_arrays(rows.ravel(), rows.shape[1]),
            "file": columns["ids"],
            "kind": columns["labels"],
            "sure": columns["scores"],
            "video": columns["groups"],
            "taken": columns["times"],
            "camera": columns["values"]["camera"],
            "count": columns["values"]["count"],
            "night": columns["values"]["night"],
        }
    )


def learned(table: object, **settings: object) -> Profile:
    profiler = Profiler(**settings)
    for _ in profiler.passes():
        profiler.log_table(table, **ROLES)
    return profiler.profile()


@pytest.mark.parametrize("fit", [None, 3])
def test_a_table_is_learned_as_arrays_are(rows, columns, table, fit) -> None:
    expected = driftsphere.profile(rows, **columns, fit=fit).to_bytes()
    kinds = table.schema
    long = kinds.set(0, pyarrow.field("clip", pyarrow.large_list(pyarrow.float32())))
    coded = kinds.set(2, pyarrow.field("kind", pyarrow.dictionary(pyarrow.int8(), pyarrow.string())))
    tables = [
        table,
        table.cast(long),
        table.cast(coded),
        Stream(table),
        table.to_reader(max_chunksize=37) if fit is None else table,
        pyarrow.Table.from_batches(table.slice(0, 290).to_batches(max_chunksize=100) + table.slice(290).to_batches()),
        table.combine_chunks().to_batches()[0],
        polars.from_arrow(table),
        pandas.DataFrame({name: table[name].to_pylist() for name in table.column_names}),
    ]
    for form in tables:
        assert learned(form, fit=fit).to_bytes() == expected, type(form)


@pytest.mark.parametrize("width", ["float16", "float64", "int32"])
def test_embeddings_of_other_types_are_rounded_as_arrays_are(rows, width) -> None:
    array = rows.astype(width)
    table = pyarrow.table({"v": list(array)})
    assert str(table.schema.field("v").type.value_type) in (width, "halffloat", "double")
    profiler = Profiler()
    profiler.log_table(table, embedding={"clip": "v"})
    assert profiler.profile() == driftsphere.profile({"clip": array})


def test_rows_that_lack_something_are_skipped_as_by_the_command(tmp_path) -> None:
    start = datetime.datetime(2025, 3, 3, 12, 0, 0, 1999)
    table = pyarrow.table(
        {
            "v": pyarrow.array(
                [[1.0, 2.0], None, [], [3.0, None], [1.0], [2.0, 1.0], [5.0, 5.0]],
                pyarrow.list_(pyarrow.float32()),
            ),
            "at": [start, start, start, start, start, None, start - datetime.timedelta(days=30000)],
            "day": pyarrow.array([1, None, 3, 4, 5, 6, 7], pyarrow.date32()),
            "n": pyarrow.array([1, None, 3, 4, 5, 6, 7], pyarrow.uint8()),
            "name": list("abcdefg"),
        }
    )
    parquet.write_table(table, tmp_path / "t.parquet")
    stored = by_command(
        tmp_path, tmp_path / "t.parquet", "--embeddings", "v", "--ids", "name", "--time", "at",
        "--features", "n", "--features", "day",
    )
    profiler = Profiler()
    profiler.log_table(table, embedding="v", id="name", time="at", values=["n", "day"])
    profile = profiler.profile()
    assert profile.records == 2
    assert profile.to_bytes() == stored


def test_scores_and_pictures_stand_in_tables_too() -> None:
    from test_images import NAMES, PATHS

    scores = np.array([[0.25, 0.75], [0.5, 0.5]])
    table = pyarrow.table({"p": list(scores), "y": [1, 0]})
    profiler = Profiler()
    profiler.log_table(table, score="p", label="y")
    assert profiler.profile() == driftsphere.profile(scores=scores, labels=[1, 0])
    data = [path.read_bytes() for path in PATHS[:4]]
    expected = driftsphere.profile(images=[*data, b""], ids=NAMES[:5])
    columns = {
        "bytes": [*data, None],
        "both": [*({"bytes": one, "path": "x"} for one in data), None],
    }
    for column in columns.values():
        profiler = Profiler()
        profiler.log_table(pyarrow.table({"photo": column, "id": NAMES[:5]}), image="photo", id="id")
        assert profiler.profile() == expected


def test_an_empty_table_is_an_empty_window(table) -> None:
    profiler = Profiler(spaces={"embedding": 12})
    profiler.log_table(table.slice(0, 0), **ROLES)
    assert profiler.profile().records == 0


WRONG = [
    ({"embedding": "none"}, "no column `none`.*the table has v, s"),
    ({"embedding": "s"}, "lists of numbers, not of the type string"),
    ({"time": "s"}, "timestamps, dates or milliseconds, not of the type string"),
    ({"values": ["d"]}, "row 0 holds a Decimal"),
]


@pytest.mark.parametrize("columns,says", WRONG)
def test_a_wrong_column_is_named(columns, says) -> None:
    from decimal import Decimal

    table = pyarrow.table({"v": [[1.0]], "s": ["a"], "d": [Decimal("1.5")]})
    with pytest.raises(ArgumentError, match=says):
        Profiler().log_table(table, **columns)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ArgumentError, match="__arrow_c_stream__, a dict has not"):
        Profiler().log_table({"v": [1]}, id="v")
