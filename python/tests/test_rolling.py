"""Windows of a stream: written whole, found again after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import driftsphere
import numpy as np
import pytest
from driftsphere import ArgumentError
from driftsphere.rolling import RollingProfiler, windows

HOUR = 3600.0
# 2025-03-03 12:00 UTC
NOON = 1_741_003_200.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON + 60

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def names(store) -> list[str]:
    return sorted(path.name for path in store.iterdir())


def test_windows_end_by_time_and_nothing_is_lost(tmp_path, rows, clock) -> None:
    results = []
    rolling = RollingProfiler(tmp_path, clock=clock, on_result=results.append)
    for hour, part in [(0, slice(0, 50)), (0, slice(50, 120)), (1, slice(120, 130)), (5, slice(130, 300))]:
        clock.now = NOON + hour * HOUR + 90
        rolling.log(rows[part])
    rolling.close()
    learned = windows(tmp_path)
    assert list(learned) == ["2025-03-03T12-00-00Z", "2025-03-03T13-00-00Z", "2025-03-03T17-00-00Z"]
    parts = [rows[:120], rows[120:130], rows[130:]]
    assert list(learned.values()) == [driftsphere.profile(part) for part in parts]
    assert names(tmp_path) == [f"{stamp}.dsp" for stamp in learned]
    assert [(r.start.hour, r.profile.records, r.comparison) for r in results] == [
        (12, 120, None), (13, 10, None), (17, 170, None),
    ]
    assert [r.path.name for r in results] == names(tmp_path)
    rolling.close()
    with pytest.raises(ArgumentError, match="was closed"):
        rolling.log(rows)


def test_a_window_ends_though_nothing_is_logged(tmp_path, rows, clock) -> None:
    rolling = RollingProfiler(tmp_path, clock=clock)
    rolling.log(rows)
    clock.now += HOUR
    rolling.tick()
    assert names(tmp_path) == ["2025-03-03T12-00-00Z.dsp"]
    clock.now += HOUR
    rolling.tick()
    rolling.close()
    assert names(tmp_path) == ["2025-03-03T12-00-00Z.dsp"], "empty windows have no file"


def test_what_was_saved_is_found_again(tmp_path, rows, clock) -> None:
    lost = RollingProfiler(tmp_path, clock=clock, checkpoint="30s")
    lost.log(rows[:100])
    clock.now += 31
    lost.log(rows[100:110])  # what was logged before is saved first
    assert names(tmp_path) == ["2025-03-03T12-00-00Z.part"]
    # A process that was killed does nothing more. Its successor goes on in the same window.
    results = []
    second = RollingProfiler(tmp_path, clock=clock, on_result=results.append)
    second.log(rows[110:])
    assert results == []
    clock.now += HOUR
    second.tick()
    assert windows(tmp_path) == {"2025-03-03T12-00-00Z": driftsphere.profile(np.delete(rows, slice(100, 110), 0))}
    assert [r.profile.records for r in results] == [290]


def test_a_window_that_is_over_is_told_at_the_next_start(tmp_path, rows, clock) -> None:
    lost = RollingProfiler(tmp_path, clock=clock, checkpoint="30s")
    lost.log(rows)
    clock.now += 31
    lost.tick()
    clock.now += 3 * HOUR
    results = []
    RollingProfiler(tmp_path, clock=clock, on_result=results.append)
    assert [(r.start.hour, r.profile.records) for r in results] == [(12, 300)]
    assert names(tmp_path) == ["2025-03-03T12-00-00Z.dsp"]


def test_windows_are_compared_and_a_fault_there_costs_none(tmp_path, rows, clock, caplog) -> None:
    reference = driftsphere.profile(rows, fit=3)
    verdicts = []

    def on_result(window) -> None:
        verdicts.append(window.comparison.verdict)
        raise RuntimeError("the pager is down")

    rolling = RollingProfiler(tmp_path, clock=clock, reference=reference, on_result=on_result)
    for shift in (0, 3):
        rolling.log(rows + shift * np.linspace(0, 1, 12, dtype=np.float32))
        clock.now += HOUR
        rolling.tick()
    assert verdicts[0] != "drift" and verdicts[1] == "drift"
    assert len(windows(tmp_path)) == 2
    assert caplog.text.count("RuntimeError: the pager is down") == 2
    learned = windows(tmp_path)["2025-03-03T12-00-00Z"]
    assert learned == driftsphere.profile(rows, like=reference)


def test_a_window_that_cannot_be_written_waits(tmp_path, rows, clock, caplog) -> None:
    store = tmp_path / "store"
    rolling = RollingProfiler(store, clock=clock)
    rolling.log(rows[:100])
    store.rename(tmp_path / "away")
    clock.now += HOUR
    rolling.log(rows[100:])
    assert "tried again" in caplog.text
    (tmp_path / "away").rename(store)
    clock.now += HOUR
    rolling.tick()
    assert [profile.records for profile in windows(store).values()] == [100, 200]


def test_workers_share_a_folder(tmp_path, rows, clock) -> None:
    for worker, part in [("", slice(0, 9)), ("a", slice(9, 40)), ("b-1", slice(40, 300))]:
        with RollingProfiler(tmp_path, clock=clock, worker=worker) as rolling:
            rolling.log(rows[part])
    assert len(names(tmp_path)) == 3
    assert list(windows(tmp_path).values()) == [driftsphere.profile(rows)]
    # One that starts again does not take over what others have open.
    other = RollingProfiler(tmp_path, clock=clock, worker="a", checkpoint="1s")
    other.log(rows)
    clock.now += 2
    other.tick()
    before = names(tmp_path)
    RollingProfiler(tmp_path, clock=clock, worker="b-1")
    RollingProfiler(tmp_path, clock=clock)
    assert names(tmp_path) == before


def test_a_timer_ends_windows_by_itself(tmp_path, rows) -> None:
    told = threading.Event()
    rolling = RollingProfiler(tmp_path, every="1s", on_result=lambda window: told.set())
    rolling.log(rows)
    assert told.wait(60)
    rolling.close()
    assert sum(profile.records for profile in windows(tmp_path).values()) == 300


KILLED = """
import sys, time, numpy as np
from driftsphere.rolling import RollingProfiler
rolling = RollingProfiler(sys.argv[1], every="400w", checkpoint="1s")
rolling.log(np.eye(8, dtype=np.float32))
print("logged", flush=True)
while True:
    time.sleep(1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_process_loses_no_more_than_an_interval(tmp_path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"logged\n"
        saved = threading.Event()
        while not any(name.endswith(".part") for name in names(tmp_path)):
            assert process.poll() is None
            saved.wait(0.05)
        os.kill(process.pid, signal.SIGKILL)
    RollingProfiler(tmp_path, every="400w").close()
    expected = driftsphere.profile(np.eye(8, dtype=np.float32))
    assert list(windows(tmp_path).values()) == [expected]


def test_what_cannot_be_is_refused(tmp_path, rows) -> None:
    for wrong, says in [
        ({"every": "soon"}, "no length of a window"),
        ({"checkpoint": "0s"}, "no length of a window"),
        ({"fit": 3}, "seen once"),
        ({"worker": "../a"}, "letters, digits"),
        ({"distance": "euclid"}, "half-chord"),
    ]:
        with pytest.raises(ArgumentError, match=says):
            RollingProfiler(tmp_path, **wrong)
