"""Errors by kind, and what they say."""

from __future__ import annotations

import driftsphere
import numpy as np
import pytest
from driftsphere import (
    ArgumentError,
    Codebook,
    DriftsphereError,
    FileError,
    FormatError,
    IncompatibleError,
    Profile,
    Profiler,
    VersionError,
)

ROWS = np.ones((4, 3), np.float32)

ARGUMENTS = [
    (lambda: Profiler().log(), "nothing to log"),
    (lambda: Profiler().log(ROWS[0]), r"not the shape \(3\)"),
    (lambda: Profiler().log(ROWS.astype(complex)), "not complex128"),
    (lambda: Profiler().log(np.array([["a"]])), "not <U1"),
    (lambda: Profiler().log([[1.0], [1.0, 2.0]]), "no array can be made of it"),
    (lambda: Profiler().log(ROWS, ids=["a"]), r"1 values for 4 rows.*\(column ids\)"),
    (lambda: Profiler().log(ROWS, ids="abcd"), r"write \[text\]"),
    (lambda: Profiler().log(ids=[["a"], ["b"]]), "row 0 holds a list"),
    (lambda: Profiler().log(ids=np.ones((2, 2))), r"not the shape \(2, 2\)"),
    (lambda: Profiler().log(ids=[b"\xff"]), "not UTF-8"),
    (lambda: Profiler().log(ids=[2**63]), "give such ids as texts"),
    (lambda: Profiler().log(ids=np.array([2**63], np.uint64)), "give such ids as texts"),
    (lambda: Profiler().log(values={"label": [1]}), "`label` is taken"),
    (lambda: Profiler().log(values={1: [1]}), "names are texts, not 1"),
    (lambda: Profiler().log(values=[1]), "a mapping from names to columns"),
    (lambda: Profiler().log(values={"t": np.array(["2025"], "M8[s]")}), "not datetime64"),
    (lambda: Profiler().log(times=["2025-03-03"]), "times are datetime64"),
    (lambda: Profiler().log(times=np.array(["NaT"], "M8[s]")), "row 0 has no time"),
    (lambda: Profiler().log(times=[None]), "row 0 holds a NoneType"),
    (lambda: Profiler(spaces={"clip": 3}).log({"dino": ROWS}), "space dino"),
    (lambda: Profiler(spaces={"a": 3, "b": 3}).log(ROWS), r"several spaces \(a, b\)"),
    (lambda: Profiler(spaces={"a": 0}), "space a"),
    (lambda: Profiler(distance="euclid"), "half-chord, angular and cosine"),
    (lambda: Profiler(fit=2, method="magic"), "kmeans"),
    (lambda: Profiler(method="kmeans"), "give fit, too"),
    (lambda: Profiler(reference=True), "argument reference"),
    (lambda: Profiler(keep_ids="some"), "plain"),
    (lambda: Profiler(angles={"hue": 0}), "angle hue"),
    (lambda: Profiler(threads=0), "at least one thread"),
    (lambda: Profiler(like=driftsphere.profile(ROWS), seed=1), "argument seed"),
    (lambda: Profiler(like=driftsphere.profile(ROWS), fit=2), "from like and fit"),
    (lambda: driftsphere.profile(ids=["a"], fit=2), "no embeddings to fit centres on"),
    (lambda: driftsphere.profile(ROWS * 0, fit=2), "no row to fit centres on"),
    (lambda: driftsphere.profile(ROWS).score(ROWS), "profile it with --fit|no centres"),
    (lambda: driftsphere.profile(ids=["a"]).score(ROWS), "no embeddings"),
]


@pytest.mark.parametrize("wrong,says", ARGUMENTS)
def test_a_wrong_argument_says_what_and_where(wrong, says) -> None:
    with pytest.raises(ArgumentError, match=says) as caught:
        wrong()
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, DriftsphereError)


def test_nothing_of_a_refused_batch_is_learned(rows) -> None:
    profiler = Profiler()
    with pytest.raises(ArgumentError):
        profiler.log(rows[:, :4], ids=["too few"])
    # Not even what spaces there are.
    profiler.log(rows)
    with pytest.raises(IncompatibleError, match="12"):
        profiler.log(rows[:, :4])
    with pytest.raises(ArgumentError):
        profiler.log({"other": rows})
    assert profiler.profile() == driftsphere.profile(rows)


def test_what_does_not_fit_together_names_both_values(rows) -> None:
    a = driftsphere.profile(rows, model="a")
    with pytest.raises(IncompatibleError, match="unlike model: a and b"):
        a.merge(driftsphere.profile(rows, model="b"))
    with pytest.raises(IncompatibleError, match="seed"):
        driftsphere.compare(a, driftsphere.profile(rows, seed=1))


def test_both_passes_need_the_same_records(rows) -> None:
    profiler = Profiler(fit=2)
    with pytest.raises(ArgumentError, match="goes round twice"):
        profiler.profile()
    for number in profiler.passes():
        profiler.log(rows[: 100 * number])
    with pytest.raises(IncompatibleError, match="has 200 records, the first had 100"):
        profiler.profile()


def test_damaged_files_are_no_profiles(tmp_path, rows) -> None:
    data = driftsphere.profile(rows).to_bytes()
    for broken in (b"", data[:-1], data + b"x", data[:40] + b"\xff" + data[41:], b"PK" + data):
        with pytest.raises(FormatError):
            Profile.from_bytes(broken)
    with pytest.raises(VersionError):
        # The version stands behind the eight bytes of the magic number.
        Profile.from_bytes(data[:8] + b"\xff\xff" + data[10:])
    with pytest.raises(FormatError):
        Codebook.from_bytes(data)
    (tmp_path / "a.dsp").write_bytes(data[:100])
    with pytest.raises(FormatError, match="a.dsp"):
        Profile.load(tmp_path / "a.dsp")
    with pytest.raises(FileError, match="none.dsp") as caught:
        Profile.load(tmp_path / "none.dsp")
    assert isinstance(caught.value, OSError)
    with pytest.raises(FileError):
        Profile.from_bytes(data).save(tmp_path / "none" / "a.dsp")


def test_wrong_types_are_type_errors(rows) -> None:
    profile = driftsphere.profile(rows)
    for wrong in (lambda: profile.merge(3), lambda: driftsphere.compare(profile, None)):
        with pytest.raises(TypeError):
            wrong()
