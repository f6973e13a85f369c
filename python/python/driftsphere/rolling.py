"""Profiles of a stream, window by window of time, that survive a crash.

>>> import driftsphere, tempfile
>>> from driftsphere.rolling import RollingProfiler, windows
>>> store = tempfile.mkdtemp()
>>> with RollingProfiler(store, every="1h") as profiler:
...     profiler.log(values={"brightness": [0.4, 0.5, 0.6]})
>>> [profile.records for profile in windows(store).values()]
[3]
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _listening
from ._driftsphere import Profile, Profiler, window_of
from ._worker_lock import WorkerLock
from .answers import Comparison, compare
from .errors import ArgumentError

if TYPE_CHECKING:
    from os import PathLike

    from typing_extensions import Unpack

    from ._driftsphere import Columns, Embeddings, StreamSettings, TableColumns

__all__ = ["RollingProfiler", "Window", "windows"]

_log = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# As in ISO 8601, but that a colon cannot stand in the name of every file.
_STAMP = "%Y-%m-%dT%H-%M-%SZ"
_STAMP_LENGTH = len("2025-03-03T12-00-00Z")


@dataclass(frozen=True)
class Window:
    """A window that ended, as `on_result` gets it."""

    start: datetime
    """When it began, in UTC."""
    path: Path
    """Its file."""
    profile: Profile
    """What was learned."""
    comparison: Comparison | None
    """With the reference; None where there is none, or it does not compare."""


@dataclass
class _Learning:
    """A window whose profile is in memory."""

    start: datetime
    end: float
    profiler: Profiler
    is_dirty: bool = False
    """Whether it learned anything since it was saved last."""


class RollingProfiler:
    """Learns one profile for each window of time, and writes it to a folder.

    Records belong to the window in which they are logged. Windows begin at whole
    multiples of `every` (`30m`, `1h`, `1d`, `1w`) in UTC, and end by themselves, also
    when nothing is logged. The file of a window appears whole or not at all. Until
    then, what was learned is saved every `checkpoint`: a process that is killed loses
    no more than was logged in such an interval, and finds the rest again at its next
    start. A window in which nothing was logged has no file.

    Files are written by one thread, and results told by another: `log` waits for neither,
    however slow disk, comparison or `on_result` are. `close` waits for both.

    With a `reference`, each window is profiled like it and compared with it;
    `on_result` is called with a `Window`, one after the other in the order of time. What
    goes wrong there is logged, and costs neither the window nor those after it.

    Processes that share a folder need a `worker` name each, which stays the same from start
    to start, such as the worker's number and not that of its process: by its name a worker
    finds what it had saved before it was killed. A second profiler of a name that is in use
    is refused (not on Windows, nor where the file system of a network has no locks). Each
    process makes its own after it was forked; one that was made before refuses records
    there. `windows` merges what all wrote. All else are the settings of `Profiler` but
    `fit`. Threads may share a rolling profiler.

    Raises `ArgumentError` for lengths that cannot be, for a `worker` that is at work
    already and for settings that `Profiler` does not take.
    """

    def __init__(
        self,
        store: str | PathLike[str],
        *,
        every: str = "1h",
        checkpoint: str = "1m",
        reference: Profile | None = None,
        on_result: Callable[[Window], object] | None = None,
        worker: str = "",
        clock: Callable[[], float] = time.time,
        **settings: Unpack[StreamSettings],
    ) -> None:
        if "fit" in settings:
            raise ArgumentError("a stream is seen once, and cannot be fitted; give reference")
        if not all(letter.isalnum() or letter in "-_" for letter in worker):
            raise ArgumentError(f"a worker is named by letters, digits, - and _, not {worker!r}")
        if reference is not None:
            settings.setdefault("like", reference)
        self._settings = settings
        self._reference = reference
        self._on_result = on_result
        self._listener = _listening.listeners()
        self._every = every
        self._store = Path(store)
        self._suffix = f".{worker}" if worker else ""
        self._clock = clock
        start, end = window_of(checkpoint, 0)
        self._checkpoint = (end - start) / 1000
        self._process = os.getpid()
        # Guards the windows; never held while files are written or results told.
        self._lock = threading.Lock()
        # Lets one thread at a time write files.
        self._writing = threading.RLock()
        # Lets one thread at a time tell results, in their order; never taken in `log`.
        self._telling = threading.RLock()
        self._ended: deque[_Learning] = deque()
        # Windows that are written, by their files.
        self._untold: deque[tuple[datetime, list[Path]]] = deque()
        self._is_closed = False
        self._to_write = threading.Event()
        self._to_tell = threading.Event()
        self._store.mkdir(parents=True, exist_ok=True)
        name = f"and the worker {worker}" if worker else "without a worker name"
        self._worker = WorkerLock(
            self._store / f"{self._suffix}.lock",
            f"a rolling profiler of {self._store} {name} is open already; close it, or give "
            "each a name of its own: worker='2'",
        )
        try:
            self._begin(self._clock())
            self._recover()
        except BaseException:
            self._worker.release()
            raise
        if clock is time.time:
            for run in (self._run_writer, self._run_teller):
                threading.Thread(target=run, name="driftsphere-rolling", daemon=True).start()
        else:
            # A test that sets the clock itself has no threads: `tick` does all.
            self._tell_all()

    def log(self, embeddings: Embeddings | None = None, **columns: Unpack[Columns]) -> None:
        """Learns records; the arguments are those of `Profiler.log`."""
        self._learn(lambda profiler: profiler.log(embeddings, **columns))

    def log_table(self, table: Any, **columns: Unpack[TableColumns]) -> None:
        """Learns the rows of a table; the arguments are those of `Profiler.log_table`."""
        self._learn(lambda profiler: profiler.log_table(table, **columns))

    def skip(self, reason: str, records: int = 1) -> None:
        """Counts records that were left out on purpose, by a short fixed reason."""
        self._learn(lambda profiler: profiler.skip(reason, records))

    def fail(self, reason: str, records: int = 1) -> None:
        """Counts records that could not be read, by a short fixed reason."""
        self._learn(lambda profiler: profiler.fail(reason, records))

    def _learn(self, learn: Callable[[Profiler], None]) -> None:
        self._expect_own_process()
        with self._lock:
            if self._is_closed:
                raise ArgumentError("the profiler was closed; nothing more can be logged")
            self._advance(self._clock())
            learn(self._open.profiler)
            self._open.is_dirty = True

    def tick(self) -> None:
        """Does what is due: ends the window or saves what is open, and tells results. Threads
        do so by themselves. Raises `FileError`; it is tried again then."""
        self._expect_own_process()
        try:
            self._write_due()
        finally:
            self._tell_all()

    def close(self) -> None:
        """Ends the open window early, writes its file and waits until all results are told;
        what is logged after the next start, if that falls into the same window, has a file of
        its own. In a process that was forked since, it does nothing.

        Raises `FileError` where a window cannot be written; call it again then."""
        if os.getpid() != self._process:
            return
        try:
            with self._writing:
                with self._lock:
                    if not self._is_closed:
                        self._ended.append(self._open)
                    self._is_closed = True
                self._to_write.set()
                self._write_ended()
                self._worker.release()
        finally:
            self._to_tell.set()
            self._tell_all()

    def __enter__(self) -> RollingProfiler:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _expect_own_process(self) -> None:
        # The threads did not come along, and the files are those of the parent.
        if os.getpid() != self._process:
            raise ArgumentError(
                "the rolling profiler was made before this process was forked; make one in "
                "each process, each with its own worker name"
            )

    def _begin(self, now: float) -> None:
        start, end = window_of(self._every, int(now * 1000))
        began = _EPOCH + timedelta(milliseconds=start)
        self._open = _Learning(began, end / 1000, Profiler(**self._settings))
        self._due = now + self._checkpoint

    def _advance(self, now: float) -> None:
        """Opens the window of now, under the lock; the one that ended is to be written."""
        if now >= self._open.end:
            ended = self._open
            self._begin(now)
            self._ended.append(ended)
            self._due = now
            self._to_write.set()

    def _is_due(self) -> bool:
        return self._clock() >= min(self._open.end, self._due)

    def _write_due(self) -> None:
        if not self._is_due():
            return
        with self._writing:
            with self._lock:
                # Looked at again: another may have done it while this one waited.
                if self._is_closed or not self._is_due():
                    return
                now = self._clock()
                self._advance(now)
                self._due = now + self._checkpoint
                window = self._open
            try:
                self._write_ended()
            finally:
                self._save(window)

    def _write_ended(self) -> None:
        """Writes what ended. What cannot be written waits for the next time."""
        while self._ended:
            self._save(self._ended[0])
            self._finish(self._ended[0].start)
            self._ended.popleft()

    def _save(self, window: _Learning) -> None:
        with self._lock:
            is_dirty, window.is_dirty = window.is_dirty, False
        if is_dirty:
            try:
                window.profiler.profile().save(self._part(window.start))
            except BaseException:
                window.is_dirty = True
                raise

    def _run_writer(self) -> None:
        while not self._is_closed:
            self._to_write.wait(max(0.05, min(self._open.end, self._due) - self._clock()))
            self._to_write.clear()
            try:
                self._write_due()
            except Exception:
                # A full disk now must neither refuse records nor end later windows.
                _log.exception("a window could not be saved; it is tried again")

    def _run_teller(self) -> None:
        while not self._is_closed:
            self._to_tell.wait()
            self._to_tell.clear()
            self._tell_all()

    def _part(self, start: datetime) -> Path:
        """The file of a window that is still open."""
        return self._store / f"{start.strftime(_STAMP)}{self._suffix}.part"

    def _finish(self, start: datetime) -> None:
        """Gives what was saved of a window its name, in one step: a crash leaves it once,
        under the old name or the new. Its result is told later."""
        part = self._part(start)
        if part.exists():
            part.replace(self._files(part)[-1])
        files = [path for path in self._files(part) if path.exists()]
        if files:
            self._untold.append((start, files))
            self._to_tell.set()

    @staticmethod
    def _files(part: Path) -> list[Path]:
        """The files of a window of this worker, and the next one that is free: a window
        has several where it went on after a restart."""
        files = [part.with_suffix(".dsp")]
        while files[-1].exists():
            files.append(part.with_name(f"{part.stem}+{len(files) + 1}.dsp"))
        return files

    def _tell_all(self) -> None:
        with self._telling:
            while self._untold:
                self._tell(*self._untold.popleft())

    def _tell(self, start: datetime, files: list[Path]) -> None:
        """Compares a window with the reference, and calls `on_result`."""
        try:
            profile = Profile.load(files[-1]).merge(*map(Profile.load, files[:-1]))
            comparison = None
            if self._reference is not None:
                names = ("reference", start.strftime(_STAMP))
                comparison = compare(self._reference, profile, names=names)
            self._listener(profile, start.strftime(_STAMP), comparison)
            if self._on_result is not None:
                self._on_result(Window(start, files[-1], profile, comparison))
        # A callable that would end the process must not end its thread instead.
        except (Exception, SystemExit):
            _log.exception("no result of the window %s, which is kept in its file", files[-1])

    def _recover(self) -> None:
        """Takes over what a process of this name that was killed had saved."""
        for part in sorted(self._store.glob(f"*{self._suffix}.part")):
            stamp = part.name.removesuffix(f"{self._suffix}.part")
            try:
                start = datetime.strptime(stamp, _STAMP).replace(tzinfo=timezone.utc)
            except ValueError:
                continue  # another worker's
            if start < self._open.start:
                self._finish(start)
            else:
                # Told with the rest of the window, when it is over.
                part.replace(self._files(part)[-1])


def windows(store: str | PathLike[str]) -> dict[str, Profile]:
    """The windows in a folder by the time they began, in its order, as `series` takes
    them: of each, what all workers learned, merged.

    Raises `IncompatibleError` where they had different settings.
    """
    files: dict[str, list[Path]] = {}
    for path in sorted(Path(store).glob("*.dsp")):
        files.setdefault(path.name[:_STAMP_LENGTH], []).append(path)
    merged = {}
    for stamp, paths in files.items():
        first, *others = map(Profile.load, paths)
        merged[stamp] = first.merge(*others)
    return merged
