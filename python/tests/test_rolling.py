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
from driftsphere import ArgumentError, FileError
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
    return sorted(path.name for path in store.iterdir() if path.suffix in (".dsp", ".part"))


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
    lost.tick()
    lost.log(rows[100:110])
    assert names(tmp_path) == ["2025-03-03T12-00-00Z.part"]
    # A process that was killed does nothing more. Its successor goes on in the same window.
    del lost
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
    del lost
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


def test_a_window_that_cannot_be_written_waits(tmp_path, rows, clock) -> None:
    store = tmp_path / "store"
    rolling = RollingProfiler(store, clock=clock)
    rolling.log(rows[:100])
    store.rename(tmp_path / "away")
    clock.now += HOUR
    rolling.log(rows[100:])
    for _ in range(2):
        with pytest.raises(FileError):
            rolling.tick()
        clock.now += 60
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
    for worker in ("b-1", ""):
        with RollingProfiler(tmp_path, clock=clock, worker=worker):
            assert names(tmp_path) == before


def test_a_name_is_used_once_at_a_time(tmp_path, rows, clock) -> None:
    first = RollingProfiler(tmp_path, clock=clock, worker="a")
    with RollingProfiler(tmp_path, clock=clock) as unnamed:
        for worker, says in [("a", "the worker a is open already.*its own|a name"), ("", "without a worker name")]:
            with pytest.raises(ArgumentError, match=says):
                RollingProfiler(tmp_path, clock=clock, worker=worker)
        first.log(rows[:100])
        unnamed.log(rows[100:])
    first.close()
    first.close()
    with RollingProfiler(tmp_path, clock=clock, worker="a"):
        pass
    assert list(windows(tmp_path).values()) == [driftsphere.profile(rows)]
    assert len(list(tmp_path.iterdir())) == len(names(tmp_path)), "no lock file is left"
    # What cannot be made holds no name.
    with pytest.raises(ArgumentError):
        RollingProfiler(tmp_path, clock=clock, distance="euclid")
    RollingProfiler(tmp_path, clock=clock).close()


def finishes(call) -> bool:
    """Whether a call returns though nothing that it could wait for goes on."""
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(60)
    return not thread.is_alive()


def test_results_that_take_long_hold_up_neither_records_nor_files(tmp_path, rows) -> None:
    told, go = [], threading.Event()
    asked = threading.Event()

    def on_result(window) -> None:
        asked.set()
        assert go.wait(120)
        told.append((window.start, window.profile.records))
        raise RuntimeError("the pager is down")

    rolling = RollingProfiler(tmp_path, every="1s", checkpoint="1s", on_result=on_result)
    rolling.log(rows[:100])
    assert asked.wait(60)
    assert finishes(lambda: rolling.log(rows[100:150]))
    pause = threading.Event()
    while len([name for name in names(tmp_path) if name.endswith(".dsp")]) < 2:
        pause.wait(0.05)
    assert finishes(lambda: rolling.log(rows[150:]))
    assert told == []
    closing = threading.Thread(target=rolling.close)
    closing.start()
    while not rolling._is_closed:
        pause.wait(0.05)
    assert closing.is_alive(), "it waits until all is told"
    go.set()
    closing.join(60)
    assert told == sorted(told) and sum(records for _, records in told) == 300
    assert len(told) == len(names(tmp_path)) >= 3
    assert sum(profile.records for profile in windows(tmp_path).values()) == 300


def test_a_disk_that_takes_long_holds_up_no_records(tmp_path, rows) -> None:
    rolling = RollingProfiler(tmp_path, every="1s", checkpoint="1s")
    saves, go, save = threading.Event(), threading.Event(), rolling._save

    def slow(window) -> None:
        saves.set()
        assert go.wait(120)
        save(window)

    rolling._save = slow
    rolling.log(rows[:100])
    assert saves.wait(60)
    pause = threading.Event()
    logged = 100
    for _ in range(2):
        start = rolling._open.start
        while rolling._open.start == start:
            pause.wait(0.05)
            assert finishes(lambda: rolling.log(rows[:7]))
            logged += 7
    assert names(tmp_path) == []
    go.set()
    rolling.close()
    assert sum(profile.records for profile in windows(tmp_path).values()) == logged
    assert len(names(tmp_path)) >= 3


def test_what_is_due_is_done_once(tmp_path, rows, clock) -> None:
    rolling = RollingProfiler(tmp_path, clock=clock, checkpoint="30s")
    saves, save = [], rolling._save
    rolling._save = lambda window: (saves.append(window.start), save(window))
    rolling.log(rows)
    clock.now += 31
    waiting = threading.Semaphore(0)
    is_due = rolling._is_due

    def seen() -> bool:
        due = is_due()
        waiting.release()
        return due

    rolling._is_due = seen
    threads = [threading.Thread(target=rolling.tick) for _ in range(3)]
    with rolling._writing:
        for thread in threads:
            thread.start()
        for _ in threads:
            assert waiting.acquire(timeout=60)
    for thread in threads:
        thread.join(60)
    assert len(saves) == 1


def test_a_callable_may_use_the_profiler_and_cannot_end_the_process(tmp_path, rows, clock) -> None:
    told = []

    def on_result(window) -> None:
        told.append(window.profile.records)
        if len(told) == 1:
            rolling.log(rows[:5])
            rolling.close()
        sys.exit(1)

    rolling = RollingProfiler(tmp_path, clock=clock, on_result=on_result)
    rolling.log(rows)
    clock.now += HOUR
    rolling.tick()
    assert told == [300, 5]
    assert [profile.records for profile in windows(tmp_path).values()] == told


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
        with pytest.raises(ArgumentError, match="is open already"):
            RollingProfiler(tmp_path, every="400w")
        os.kill(process.pid, signal.SIGKILL)
    RollingProfiler(tmp_path, every="400w").close()
    expected = driftsphere.profile(np.eye(8, dtype=np.float32))
    assert list(windows(tmp_path).values()) == [expected]


KILLED_WHILE_TELLING = """
import sys, threading, numpy as np
from driftsphere.rolling import RollingProfiler
told = threading.Event()
def on_result(window):
    told.set()
    threading.Event().wait()
rolling = RollingProfiler(sys.argv[1], every="1s", checkpoint="1s", on_result=on_result)
rolling.log(np.eye(8, dtype=np.float32))
told.wait()
rolling.log(np.eye(8, dtype=np.float32))
print("logged", flush=True)
threading.Event().wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_process_that_is_killed_while_it_tells_loses_nothing_that_was_due(tmp_path) -> None:
    command = [sys.executable, "-c", KILLED_WHILE_TELLING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"logged\n"
        saved = threading.Event()
        while len(names(tmp_path)) < 2:
            assert process.poll() is None
            saved.wait(0.05)
        os.kill(process.pid, signal.SIGKILL)
    RollingProfiler(tmp_path, every="1s").close()
    assert sum(profile.records for profile in windows(tmp_path).values()) == 16


FORKED = """
import os, sys, time, numpy as np
from driftsphere import ArgumentError
from driftsphere.rolling import RollingProfiler
rows = np.eye(8, dtype=np.float32)
rolling = RollingProfiler(sys.argv[1], every="400w")
rolling.log(rows)
child = os.fork()
if child == 0:
    try:
        rolling.log(rows)
    except ArgumentError as error:
        assert "before this process was forked" in str(error)
    else:
        os._exit(1)
    rolling.close()
    with RollingProfiler(sys.argv[1], every="400w", worker="child") as own:
        own.log(rows[:3])
    print("logged", flush=True)
    time.sleep(600)
    os._exit(0)
rolling.log(rows[:2])
rolling.close()
again = RollingProfiler(sys.argv[1], every="400w")
print(child, flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked there")
def test_a_fork_neither_writes_for_its_parent_nor_holds_its_name(tmp_path) -> None:
    command = [sys.executable, "-c", FORKED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline().strip() for _ in range(2)]
        assert process.wait(60) == 0 and "logged" in lines
        lines.remove("logged")
        (child,) = lines
        try:
            RollingProfiler(tmp_path, every="400w").close()
        finally:
            os.kill(int(child), signal.SIGKILL)
    assert [profile.records for profile in windows(tmp_path).values()] == [13]


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
