"""Profiles of data frames of Spark, which must be installed, with pyarrow, on all workers.

Each partition is profiled where it lies, and the profiles are merged in a tree on the
workers. The result has the bytes of the profile that one machine would have made of all
rows, however they are divided. Only the API of data frames is used, so that Spark Connect
will do::

    reference = driftsphere.spark.profile(march, embedding="clip", id="file", fit=8)
    days = driftsphere.spark.profile(april, embedding="clip", id="file", like=reference, by=["day"])
    for (day,), profile in sorted(days.items()):
        print(day, driftsphere.compare(reference, profile).headline)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from . import _listening
from ._driftsphere import ImageOptions, Profile, Profiler, fit as fit_centres
from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyspark.sql import DataFrame
    from typing_extensions import Unpack

    from ._driftsphere import PartSettings, Settings, TableColumns

    class _Given(TableColumns, Settings, total=False):
        pass


__all__ = ["profile"]

# Partial profiles that one task merges: two levels are enough for a few thousand partitions.
_BRANCH = 64
# Rows that say how long embeddings are.
_LOOKED_AT = 100
_PROFILE, _PART = "driftsphere profile", "driftsphere part"


@overload
def profile(df: DataFrame, *, by: None = None, **given: Unpack[_Given]) -> Profile: ...
@overload
def profile(
    df: DataFrame, *, by: Sequence[str], **given: Unpack[_Given]
) -> dict[tuple[Any, ...], Profile]: ...
def profile(
    df: DataFrame,
    *,
    embedding: str | Mapping[str, str] | None = None,
    id: str | None = None,
    label: str | None = None,
    prediction: str | None = None,
    score: str | None = None,
    group: str | None = None,
    time: str | None = None,
    image: str | None = None,
    values: Iterable[str] | None = None,
    by: Sequence[str] | None = None,
    fit: int | None = None,
    method: str | None = None,
    **settings: Unpack[PartSettings],
) -> Profile | dict[tuple[Any, ...], Profile]:
    """The profile of the rows of a data frame; with `by`, one of each group of rows that
    agree in these columns, by their values.

    The arguments name columns, as those of `Profiler.log_table` do; `image` is one of bytes,
    or of paths that all workers can open. All else are the settings of `Profiler`. With
    `fit`, the data frame is read twice (cache it where that is dear): centres are fitted on
    all rows, groups or not.

    Raises `ArgumentError` for a column that is not there. What goes wrong on a worker is
    raised by Spark, and says so.
    """
    keys = list(by or [])
    roles: dict[str, Any] = {
        "embedding": embedding,
        "id": id,
        "label": label,
        "prediction": prediction,
        "score": score,
        "group": group,
        "time": time,
        "image": image,
    }
    roles = {role: column for role, column in roles.items() if column is not None}
    roles["values"] = [] if values is None else list(values)
    needed = _needed(roles, keys)
    missing = [column for column in needed if column not in df.columns]
    if missing:
        raise ArgumentError(
            f"there is no column `{missing[0]}`; the data frame has {', '.join(df.columns)}"
        )
    df = df.select(*(_quoted(column) for column in needed))
    if embedding is not None and not {"like", "codebook", "spaces"} & settings.keys():
        settings["spaces"] = _dimensions(df, embedding)
    if image is not None and "like" not in settings:
        settings.setdefault("image_options", ImageOptions())
    if fit is not None:
        # What the settings of the first pass say, the codebook keeps.
        found = _learn(df, roles, [], settings).get((), None) or Profiler(**settings).profile()
        options: dict[str, Any] = {"seed": settings.get("seed"), "method": method}
        options = {name: value for name, value in options.items() if value is not None}
        settings.pop("spaces", None)
        settings["codebook"] = fit_centres(found, fit, **options)
        settings["reference"] = True
    elif method is not None:
        raise ArgumentError("it says how centres are fitted, and none are; give fit, too")
    groups = _learn(df, roles, keys, settings)
    if by is not None:
        return groups
    whole = groups.get((), None) or Profiler(**settings).profile()
    _listening.tell(whole)
    return whole


def _needed(roles: dict[str, Any], keys: list[str]) -> list[str]:
    """The columns that are read, each once."""
    needed = dict.fromkeys(keys)
    for columns in roles.values():
        if isinstance(columns, str):
            columns = [columns]
        elif not isinstance(columns, list):
            columns = columns.values()
        needed |= dict.fromkeys(columns)
    return list(needed)


def _quoted(column: str) -> str:
    return f"`{column.replace('`', '``')}`"


def _dimensions(df: DataFrame, embedding: str | Mapping[str, str]) -> dict[str, int]:
    """The lengths of embeddings: all partitions need to know them, even those of no row."""
    from pyspark.sql import functions

    spaces = {"embedding": embedding} if isinstance(embedding, str) else embedding
    dimensions = {}
    for space, column in spaces.items():
        length = functions.size(_quoted(column)).alias("length")
        # One of another length may come first.
        rows = df.select(length).where("length > 0").limit(_LOOKED_AT).collect()
        if not rows:
            raise ArgumentError(f"no row of the column `{column}` holds an embedding")
        ((dimensions[space], _),) = Counter(row["length"] for row in rows).most_common(1)
    return dimensions


def _learn(
    df: DataFrame, roles: dict[str, Any], keys: list[str], settings: PartSettings
) -> dict[tuple[Any, ...], Profile]:
    """The profile of each group."""
    from pyspark.sql import functions
    from pyspark.sql.types import BinaryType, LongType, StructField, StructType

    groups, learned = [df.schema[key] for key in keys], StructField(_PROFILE, BinaryType())
    schema = StructType([*groups, learned])
    merged_schema = StructType([*groups, StructField(_PART, LongType()), learned])
    partial = df.mapInArrow(_profiling(roles, keys, settings), schema)
    partial = partial.withColumn(_PART, functions.spark_partition_id().cast("long"))
    for _ in range(2):
        part = functions.floor(functions.col(_quoted(_PART)) / _BRANCH).alias(_PART)
        columns = [_quoted(name) for name in [*keys, _PROFILE]]
        partial = partial.select(*columns, part)
        # Rows of one group and part come to one task.
        partial = partial.repartition(*map(_quoted, [*keys, _PART]))
        partial = partial.mapInArrow(_merging(keys), merged_schema)
    profiles: dict[tuple[Any, ...], list[Profile]] = {}
    for row in partial.collect():
        key = tuple(row[column] for column in keys)
        profiles.setdefault(key, []).append(Profile.from_bytes(bytes(row[_PROFILE])))
    return {key: first.merge(*others) for key, (first, *others) in profiles.items()}


def _profiling(
    roles: dict[str, Any], keys: list[str], settings: PartSettings
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What a task does with its partition: a profile of each group in it."""

    def learn(batches: Iterator[Any]) -> Iterator[Any]:
        learning: dict[tuple[Any, ...], tuple[Any, Profiler]] = {}
        for batch in batches:
            for key, group, rows in _groups(batch, keys):
                if key not in learning:
                    learning[key] = group, Profiler(**settings)
                learning[key][1].log_table(rows, **roles)
        for group, profiler in learning.values():
            yield _row(group, profiler.profile())

    return learn


def _merging(keys: list[str]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What a task does with profiles of parts: one of each group and part among them."""

    def merge(batches: Iterator[Any]) -> Iterator[Any]:
        merged: dict[tuple[Any, ...], tuple[Any, Profile]] = {}
        for batch in batches:
            for key, group, rows in _groups(batch, [*keys, _PART]):
                profiles = [Profile.from_bytes(data) for data in rows.column(_PROFILE).to_pylist()]
                if key in merged:
                    profiles.append(merged[key][1])
                merged[key] = group, profiles[0].merge(*profiles[1:])
        for group, profile in merged.values():
            yield _row(group, profile)

    return merge


def _groups(batch: Any, keys: list[str]) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """The groups of a batch: their values, these as a batch of one row, and the rows."""
    import pyarrow.compute as compute

    if batch.num_rows == 0:
        return
    codes = np.zeros(batch.num_rows, np.int64)
    for key in keys:
        coded = compute.dictionary_encode(batch.column(key), null_encoding="encode")
        codes = codes * len(coded.dictionary) + coded.indices.to_numpy()
        # Small again before the next column.
        codes = np.unique(codes, return_inverse=True)[1]
    for code in np.unique(codes):
        rows = batch.take(np.flatnonzero(codes == code)) if keys else batch
        group = rows.select(keys).slice(0, 1)
        yield tuple(column[0].as_py() for column in group.columns), group, rows


def _row(group: Any, profile: Profile) -> Any:
    """A profile as a batch of one row, after what its group is."""
    import pyarrow

    columns = dict(zip(group.schema.names, group.columns, strict=True))
    columns[_PROFILE] = pyarrow.array([profile.to_bytes()], pyarrow.binary())
    return pyarrow.RecordBatch.from_pydict(columns)
