"""What is learned is the same as in Rust, whichever way the records come."""

from __future__ import annotations

import copy
import pickle

import driftsphere
import numpy as np
import pytest
from conftest import GOLDEN, some
from driftsphere import Codebook, Profile, Profiler

# The records that `tests/profile_golden.rs` logs in Rust.
N = 24
_i, _j = np.indices((N, 4))
_near = (_i * 5 + _j * 3) % 7
ROWS = np.where(_i % 2 == _j % 2, 8.0 + _near, _near / 8).astype(np.float32)
ROWS[-1] = 0
RECORDS = {
    "ids": [f"{i % 20:02}.jpg" for i in range(N)],
    "labels": [["cat", "dog"][i % 2] for i in range(N)],
    "groups": [f"video {i % 3}" for i in range(N)],
    "times": np.arange(N) * 1000,
    "values": {
        "score": [float("nan") if i == 3 else i / 4 for i in range(N)],
        "camera": [["left", "right", ""][i % 3] for i in range(N)],
    },
}
SPACE = {
    "distance": "angular",
    "model": "example-net@1",
    "sample": 8,
    "sample_bytes": 4000,
    "tags": {"camera": "3"},
}


def test_records_are_learned_as_in_rust() -> None:
    learned = driftsphere.profile(**RECORDS, tags={"camera": "3"})
    assert learned.to_bytes() == (GOLDEN / "records.dsp").read_bytes()
    angle = driftsphere.profile(**RECORDS, tags={"camera": "3"}, angles={"score": 6})
    assert angle.to_bytes() == (GOLDEN / "angles.dsp").read_bytes()


def test_embeddings_are_learned_as_in_rust() -> None:
    learned = driftsphere.profile(ROWS, **RECORDS, **SPACE)
    assert learned.to_bytes() == (GOLDEN / "plain.dsp").read_bytes()


def test_centres_are_fitted_as_in_rust() -> None:
    plain = Profile.load(GOLDEN / "plain.dsp")
    book = driftsphere.fit(plain, 2)
    assert book.to_bytes() == (GOLDEN / "centres.dsb").read_bytes()
    assert book == Codebook.load(GOLDEN / "centres.dsb")


def test_a_reference_is_learned_as_in_rust() -> None:
    stored = (GOLDEN / "reference.dsp").read_bytes()
    assert driftsphere.profile(ROWS, **RECORDS, **SPACE, fit=2).to_bytes() == stored
    # The same with the two passes apart, as the parts of a large reference are learned.
    settings = {name: SPACE[name] for name in ("sample", "sample_bytes", "tags")}
    book = driftsphere.fit(driftsphere.profile(ROWS, **RECORDS, **SPACE), 2)
    apart = driftsphere.profile(ROWS, **RECORDS, **settings, codebook=book, reference=True)
    assert apart.to_bytes() == stored


def test_golden_files_are_read_back() -> None:
    for path in sorted(GOLDEN.glob("*.dsp")):
        profile = Profile.load(path)
        assert profile.to_bytes() == path.read_bytes(), path.name
        assert profile.is_sealed == (path.name == "sealed.dsp")
    records = Profile.load(GOLDEN / "records.dsp")
    assert (records.records, records.times) == (24, (0, 23_000))
    assert records.features == ["camera", "label", "score"]
    assert records.spaces == []
    assert records.tags == {"camera": {"3"}}


@pytest.mark.parametrize("threads", [1, 3])
def test_batches_order_and_threads_leave_no_trace(rows, columns, threads) -> None:
    whole = driftsphere.profile(rows, **columns)
    order = np.random.default_rng(3).permutation(len(rows))
    profiler = Profiler(threads=threads)
    for part in np.array_split(order, 7):
        profiler.log(rows[part], **some(columns, part))
    assert profiler.profile().to_bytes() == whole.to_bytes()


def test_profiles_of_parts_merge_into_that_of_the_whole(rows, columns) -> None:
    reference = driftsphere.profile(rows[:150], **some(columns, slice(0, 150)), fit=3)
    book = driftsphere.fit(driftsphere.profile(rows, **columns), 3)
    for settings in [{}, {"like": reference}, {"codebook": book, "reference": True}]:
        whole = driftsphere.profile(rows, **columns, **settings)
        parts = [
            driftsphere.profile(rows[part], **some(columns, part), **settings)
            for part in np.array_split(np.arange(300), 8)
        ]
        merged = parts[0].merge(*parts[1:])
        assert merged == whole
        assert merged.to_bytes() == whole.to_bytes()
        tree = parts[7].merge(parts[6]).merge(parts[5].merge(parts[4], parts[3]))
        assert tree.merge(parts[2].merge(parts[1]).merge(parts[0])) == whole
        assert parts[0].records == 38, "a merge must leave its parts as they were"


def test_a_profile_is_a_snapshot(rows) -> None:
    profiler = Profiler()
    profiler.log(rows[:100])
    first = profiler.profile()
    profiler.log(rows[100:])
    assert first == driftsphere.profile(rows[:100])
    assert profiler.profile() == driftsphere.profile(rows)


def test_a_closed_profiler_learns_no_more(rows) -> None:
    with Profiler() as profiler:
        profiler.log(rows)
    assert profiler.close() == profiler.profile() == driftsphere.profile(rows)
    for more in (lambda: profiler.log(rows), lambda: profiler.skip("late")):
        with pytest.raises(driftsphere.ArgumentError, match="was closed"):
            more()


def test_pickles_and_copies_have_the_same_bytes(rows, columns) -> None:
    profile = driftsphere.profile(rows, **columns, fit=3)
    book = driftsphere.fit(profile, 3)
    for original in (profile, book):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(original, protocol))
            assert again == original and again.to_bytes() == original.to_bytes()
        assert copy.deepcopy(original) == copy.copy(original) == original


def test_files_and_bytes_come_back(tmp_path, rows) -> None:
    profile = driftsphere.profile(rows)
    profile.save(tmp_path / "a.dsp")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dsp"]
    assert Profile.load(str(tmp_path / "a.dsp")) == profile
    assert Profile.from_bytes(profile.to_bytes()) == profile
    assert profile != driftsphere.profile(rows[1:])


def test_smaller_samples_are_those_that_would_have_been_learned(rows) -> None:
    profile = driftsphere.profile(rows)
    assert profile.shrink(20) == driftsphere.profile(rows, sample=20)
    assert len(profile.shrink(20).to_bytes()) < len(profile.to_bytes())


def test_a_sealed_profile_keeps_no_id(rows, columns) -> None:
    profile = driftsphere.profile(rows, **columns, fit=3)
    assert b"17.jpg" in profile.to_bytes()
    sealed = profile.seal()
    assert sealed.is_sealed and not profile.is_sealed
    assert b".jpg" not in sealed.to_bytes()
    with pytest.raises(driftsphere.IncompatibleError, match="sealed"):
        sealed.merge(profile)
    unnamed = driftsphere.profile(rows, **columns, keep_ids="none")
    assert b".jpg" not in unnamed.to_bytes()
