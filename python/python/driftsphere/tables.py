"""Tables of Arrow as records: those of pyarrow, Polars, DuckDB, pandas and whatever else
hands itself over by `__arrow_c_stream__`. pyarrow must be installed.

>>> import pyarrow, driftsphere
>>> table = pyarrow.table({"file": ["a.jpg", "b.jpg"], "clip": [[0.5, 1.0], None]})
>>> profiler = driftsphere.Profiler()
>>> profiler.log_table(table, embedding="clip", id="file")
>>> profiler.profile().records        # the other has no embedding, and is counted so
1
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ._driftsphere import Profiler

__all__ = ["log_table"]

# The reasons of the command for records that lack what every record needs.
_NO_VECTOR = "no embedding"
_OTHER_LENGTH = "embedding of another length"
_NOT_NUMBERS = "embedding that is no list of numbers"
_NO_TIME = "no readable time"

_DAY = 86_400_000
# Units in a millisecond, or milliseconds in a unit where that is negative.
_UNITS = {"s": -1000, "ms": 1, "us": 1000, "ns": 1_000_000}


def log_table(
    profiler: Profiler,
    table: Any,
    *,
    embedding: str | Mapping[str, str] | None = None,
    id: str | None = None,
    label: str | None = None,
    prediction: str | None = None,
    score: str | None = None,
    group: str | None = None,
    time: str | None = None,
    image: str | None = None,
    values: Iterable[str] = (),
) -> None:
    """Logs the rows of a table; the arguments name its columns.

    See `Profiler.log_table`.
    """
    # None: the only space.
    embeddings: dict[Any, str] = (
        {None: embedding} if isinstance(embedding, str) else dict(embedding or {})
    )
    single = {
        "ids": id,
        "labels": label,
        "predictions": prediction,
        "groups": group,
    }
    for batch in _batches(table):
        lost: Counter[str] = Counter()
        known = profiler.spaces
        for space, name in embeddings.items():
            if space is None and len(known) == 1:
                (space,) = known
            lacks = _vectors_lack(_column(batch, name), known.get(space or "embedding"))
            batch = _keep(batch, lacks, lost)
        if time is not None:
            batch = _keep(batch, _times_lack(_column(batch, time)), lost)
        columns: dict[str, Any] = {
            role: _scalars(_column(batch, name))
            for role, name in single.items()
            if name is not None
        }
        if time is not None:
            columns["times"] = _times(_column(batch, time))
        if score is not None:
            scores = _column(batch, score)
            columns["scores"] = _matrix(scores) if _is_list(scores) else _scalars(scores)
        if image is not None:
            columns["images"] = _pictures(_column(batch, image))
        columns["values"] = {name: _scalars(_column(batch, name)) for name in values}
        vectors: dict[Any, Any] = {
            space: _matrix(_column(batch, name)) for space, name in embeddings.items()
        }
        if batch.num_rows > 0:
            profiler.log(vectors[None] if None in vectors else vectors or None, **columns)
        for reason, records in lost.items():
            profiler.skip(reason, records)


def _batches(table: Any) -> Iterator[Any]:
    import pyarrow

    if isinstance(table, pyarrow.RecordBatch):
        return iter([table])
    if hasattr(table, "__arrow_c_array__"):
        return iter([pyarrow.record_batch(table)])
    if not hasattr(table, "__arrow_c_stream__"):
        name = type(table).__name__
        raise ArgumentError(f"a table has __arrow_c_stream__, a {name} has not")
    return iter(pyarrow.RecordBatchReader.from_stream(table))


def _column(batch: Any, name: str) -> Any:
    if batch.schema.get_field_index(name) < 0:
        names = ", ".join(batch.schema.names)
        raise ArgumentError(f"there is no column `{name}`, or several; the table has {names}")
    column = batch.column(name)
    if hasattr(column, "storage"):
        column = column.storage
    return column.dictionary_decode() if hasattr(column, "dictionary_decode") else column


def _keep(batch: Any, lacks: np.ndarray[Any, Any], lost: Counter[str]) -> Any:
    """The rows that lack nothing; the others are counted by what they lack."""
    is_lost = lacks != ""
    if not is_lost.any():
        return batch
    reasons, counts = np.unique(lacks[is_lost], return_counts=True)
    for reason, count in zip(reasons, counts, strict=True):
        lost[str(reason)] += int(count)
    return batch.take(np.flatnonzero(~is_lost))


def _is_list(column: Any) -> bool:
    import pyarrow.types as types

    kinds = (types.is_list, types.is_large_list, types.is_fixed_size_list)
    return any(kind(column.type) for kind in kinds)


def _vectors_lack(column: Any, dimension: int | None) -> np.ndarray[Any, Any]:
    """Why rows have no embedding that can be used; the empty text for those that have. The
    first says how long they are where that is not known."""
    import pyarrow.compute as compute

    if not _is_list(column):
        raise ArgumentError(f"embeddings are lists of numbers, not of the type {column.type}")
    lengths = compute.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    lacks = np.full(len(column), "", object)
    lacks[lengths == 0] = _NO_VECTOR
    items = column.flatten()
    if items.null_count:
        parents = np.repeat(np.arange(len(column)), lengths)
        lacks[parents[items.is_null().to_numpy(zero_copy_only=False)]] = _NOT_NUMBERS
    usable = lacks == ""
    if dimension is None and usable.any():
        dimension = lengths[usable][0]
    lacks[usable & (lengths != dimension)] = _OTHER_LENGTH
    return lacks


def _times_lack(column: Any) -> np.ndarray[Any, Any]:
    lacks = np.full(len(column), "", object)
    lacks[column.is_null().to_numpy(zero_copy_only=False)] = _NO_TIME
    return lacks


def _matrix(column: Any) -> np.ndarray[Any, Any]:
    """Lists of one length as an array, which shares their memory."""
    items = column.flatten().to_numpy(zero_copy_only=False)
    matrix: np.ndarray[Any, Any] = items.reshape(len(column), -1 if len(column) else 0)
    return matrix


def _times(column: Any) -> np.ndarray[Any, Any]:
    """Milliseconds since 1970 UTC, rounded down."""
    import pyarrow.types as types

    kind = column.type
    if not (types.is_timestamp(kind) or types.is_date(kind) or types.is_integer(kind)):
        raise ArgumentError(f"times are timestamps, dates or milliseconds, not of the type {kind}")
    if types.is_date32(kind):
        column = column.cast("int32")
    whole: np.ndarray[Any, Any]
    whole = column.cast("int64").fill_null(0).to_numpy(zero_copy_only=False)
    if types.is_date32(kind):
        whole = whole * _DAY
    elif types.is_timestamp(kind):
        unit = _UNITS[kind.unit]
        whole = whole * -unit if unit < 0 else whole // unit
    return whole


def _scalars(column: Any) -> Any:
    import pyarrow.types as types

    kind = column.type
    if types.is_timestamp(kind) or types.is_date(kind):
        missing = column.is_null().to_pylist()
        times = _times(column).tolist()
        return [None if gone else time for time, gone in zip(times, missing, strict=True)]
    is_plain = types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)
    if is_plain and column.null_count == 0:
        return column.to_numpy(zero_copy_only=False)
    return column.to_pylist()


def _pictures(column: Any) -> list[Any]:
    """Bytes, paths, or structures with bytes; nothing where there is no picture."""
    import pyarrow.types as types

    if types.is_struct(column.type):
        column = column.field("bytes")
    return [b"" if picture is None else picture for picture in column.to_pylist()]
