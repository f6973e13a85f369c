"""Arrays, lists and tensors of every kind say the same."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import driftsphere
import numpy as np
import pandas
import polars
import pyarrow
import pytest
from driftsphere import ArgumentError, Profiler


class Tensor:
    """An array that speaks the protocol of tensors only."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def __dlpack__(self, **kwargs: object) -> object:
        return self._array.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple:
        return self._array.__dlpack_device__()


class Lazy:
    """Something that becomes an array when it is asked for one."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.asarray(self._array, dtype=dtype)


def unaligned(rows: np.ndarray) -> np.ndarray:
    data = np.zeros(rows.nbytes + 1, np.uint8)
    data[1:] = rows.view(np.uint8).ravel()
    return data[1:].view(rows.dtype).reshape(rows.shape)


VIEWS = {
    "fortran": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "backwards": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "read-only": lambda x: np.frombuffer(x.tobytes(), x.dtype).reshape(x.shape),
    "swapped bytes": lambda x: x.astype(">f4"),
    "unaligned": unaligned,
    "float64": lambda x: x.astype(np.float64),
    "float64 fortran": lambda x: np.asfortranarray(x, np.float64),
    "lists": lambda x: x.tolist(),
    "tensor": Tensor,
    "lazy": Lazy,
    "pandas": pandas.DataFrame,
    "polars": lambda x: polars.DataFrame(x),
}


@pytest.mark.parametrize("view", VIEWS)
def test_the_layout_of_embeddings_leaves_no_trace(rows, view) -> None:
    learned = driftsphere.profile(VIEWS[view](rows))
    assert learned.to_bytes() == driftsphere.profile(rows).to_bytes()


def test_other_types_are_rounded_to_float32(rows) -> None:
    half = rows.astype(np.float16)
    assert driftsphere.profile(half) == driftsphere.profile(half.astype(np.float32))
    double = rows.astype(np.float64) * (1 + 1e-12)
    assert driftsphere.profile(double) == driftsphere.profile(double.astype(np.float32))
    whole = np.arange(60, dtype=np.uint8).reshape(20, 3)
    assert driftsphere.profile(whole) == driftsphere.profile(whole.astype(np.float32))


def test_rows_without_a_direction_are_counted(rows) -> None:
    rows = rows.astype(np.float64)
    rows[3], rows[4, 2], rows[5, 0], rows[6, 1] = 0, np.nan, np.inf, 1e300
    page = str(driftsphere.profile(rows))
    assert "300 records" in page and "296 rows" in page
    masked = np.ma.masked_equal(rows, rows[9, 9])
    assert "295 rows" in str(driftsphere.profile(masked))


def test_a_batch_is_not_copied() -> None:
    rows = np.random.default_rng(0).normal(size=(2000, 256)).astype(np.float32)
    profiler = Profiler()
    before = rows.copy()
    profiler.log(rows)
    assert (rows == before).all() and rows.flags.writeable


def test_spaces_are_found_or_given(rows) -> None:
    both = {"clip": rows, "dino": rows[:, :5]}
    found = driftsphere.profile(both)
    assert found.spaces == ["clip", "dino"]
    assert found == driftsphere.profile(both, spaces={"dino": 5, "clip": 12})
    assert driftsphere.profile(rows).spaces == ["embedding"]
    # The only space need not be named.
    named = Profiler(spaces={"clip": 12})
    named.log(rows)
    assert named.profile() == driftsphere.profile({"clip": rows})
    # Batches before the first embeddings' must not say that there are none.
    partly = Profiler(spaces={"clip": 12})
    partly.log(values={"score": [1.0]})
    partly.log({"clip": rows})
    assert partly.profile().records == 301


TEXTS = ["a", "", "ä", "b"] * 5
NUMBERS = [1.5, float("nan"), -0.0, float("inf")] * 5
WHOLE = [3, -2, 0, 2**62] * 5
TRUTHS = [True, False, False, True] * 5
COLUMNS = {
    "texts": (TEXTS, [np.array, np.array(TEXTS, object).copy, tuple, pandas.Series, polars.Series]),
    "numbers": (NUMBERS, [np.array, tuple, pandas.Series, polars.Series, pyarrow.array]),
    "whole numbers": (WHOLE, [np.array, lambda x: np.array(x, np.uint64) if min(x) >= 0 else x,
                              lambda x: [np.int64(v) for v in x], pandas.Series]),
    "truths": (TRUTHS, [np.array, lambda x: [np.bool_(v) for v in x], polars.Series]),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_the_form_of_a_column_leaves_no_trace(kind) -> None:
    values, forms = COLUMNS[kind]
    expected = driftsphere.profile(ids=values, labels=values, values={"v": values})
    for form in forms:
        column = form(values) if form.__name__ != "copy" else form()
        learned = driftsphere.profile(ids=column, labels=column, values={"v": column})
        assert learned == expected, form


def test_what_is_missing_is_null_whatever_it_is_called() -> None:
    expected = driftsphere.profile(values={"v": [1, None, 3]})
    assert "missing in 1 of 3" in str(expected)
    columns = [
        pandas.array([1, None, 3], dtype="Int64"),
        pandas.Series([1, None, 3], dtype="Int64"),
        pandas.Series([1, pandas.NA, 3], dtype=object),
        np.ma.masked_equal([1, 2, 3], 2),
        [1, pandas.NaT, 3],
    ]
    for column in columns:
        assert driftsphere.profile(values={"v": column}) == expected


def test_mixed_types_stay_apart() -> None:
    profile = driftsphere.profile(values={"v": [1, "1", True, 2.5, b"x", None]})
    assert "2 numbers, 2 texts, 1 truth value" in str(profile)


def test_times_in_every_form_are_milliseconds() -> None:
    start = datetime(2025, 3, 3, 12, 0, 0, 1999)
    naive = [start + timedelta(hours=i) for i in range(3)]
    aware = [t.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=-7))) for t in naive]
    stamps = pandas.to_datetime(naive)
    forms = [
        naive,
        aware,
        np.array(naive, "datetime64[us]"),
        np.array(naive, "datetime64[ns]"),
        stamps,
        stamps.tz_localize("UTC").tz_convert("Asia/Tokyo"),
        pandas.Series(stamps),
        polars.Series(naive),
        [1741003200001, 1741006800001, 1741010400001],
    ]
    for times in forms:
        assert driftsphere.profile(times=times).times == (1741003200001, 1741010400001), times


def test_classes_are_predictions() -> None:
    a = driftsphere.profile(classes=["x", "y"])
    assert a == driftsphere.profile(predictions=["x", "y"])
    with pytest.raises(ArgumentError, match="give one of them"):
        driftsphere.profile(classes=["x"], predictions=["x"])


def test_skipped_and_failed_records_are_counted(rows) -> None:
    profiler = Profiler()
    profiler.fail("no image", 2)
    profiler.log(rows)
    profiler.skip("too small")
    profiler.fail("no image")
    page = str(profiler.profile())
    assert "3 records, no image" in page and "1 record, too small" in page
    assert profiler.profile().spaces == ["embedding"]
