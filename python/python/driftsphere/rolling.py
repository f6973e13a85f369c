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
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _listening
from ._driftsphere import Profile, Profiler, window_of
from .answers import Comparison, compare
from .errors import ArgumentError

if TYPE_CHECKING:
    from os import PathLike

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


class RollingProfiler:
    """Learns one profile for each window of time, and writes it to a folder.

    Records belong to the window in which they are logged. Windows begin at whole
    multiples of `every` (`30m`, `1h`, `1d`, `1w`) in UTC, and end by themselves, also
    when nothing is logged. The file of a window appears whole or not at all. Until
    then, what was learned is saved every `checkpoint`: a process that is killed loses
    no more than was logged in such an interval, and finds the rest again at its next
    start. A window in which nothing was logged has no file.

    With a `reference`, each window is profiled like it and compared with it;
    `on_result` is called with a `Window`. What goes wrong there is logged, and costs
    neither the window nor those after it.

    Processes that share a folder need a `worker` name each, and each makes its own
    profiler after it was forked; `windows` merges what they wrote. All else are the
    settings of `Profiler` but `fit`. Threads may share a rolling profiler.

    Raises `ArgumentError` for lengths that cannot be and for settings that `Profiler`
    does not take.
    """

    # The window that is open.
    _start: datetime
    _end: float
    _due: float
    _profiler: Profiler
    _is_dirty: bool

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
        **settings: Any,
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
        # Guards what is open; never held while files are written or results told.
        self._lock = threading.Lock()
        # Lets one thread at a time end windows and write files.
        self._work = threading.RLock()
        # Windows that are over, with what they learned since it was last saved.
        self._ended: list[tuple[datetime, Profiler | None]] = []
        self._is_closed = False
        self._stop = threading.Event()
        self._store.mkdir(parents=True, exist_ok=True)
        self._begin(self._clock())
        self._recover()
        self._timer = threading.Thread(
            target=self._run, name="driftsphere-rolling", daemon=True
        )
        # A test that sets the clock itself ends windows by `tick`.
        if clock is time.time:
            self._timer.start()

    def log(self, embeddings: Any = None, **columns: Any) -> None:
        """Learns records; the arguments are those of `Profiler.log`."""
        self._learn(lambda profiler: profiler.log(embeddings, **columns))

    def log_table(self, table: Any, **columns: Any) -> None:
        """Learns the rows of a table; the arguments are those of `Profiler.log_table`."""
        self._learn(lambda profiler: profiler.log_table(table, **columns))

    def skip(self, reason: str, records: int = 1) -> None:
        """Counts records that were left out on purpose, by a short fixed reason."""
        self._learn(lambda profiler: profiler.skip(reason, records))

    def fail(self, reason: str, records: int = 1) -> None:
        """Counts records that could not be read, by a short fixed reason."""
        self._learn(lambda profiler: profiler.fail(reason, records))

    def _learn(self, learn: Callable[[Profiler], None]) -> None:
        self._try_tick()
        with self._lock:
            if self._is_closed:
                raise ArgumentError("the profiler was closed; nothing more can be logged")
            learn(self._profiler)
            self._is_dirty = True

    def tick(self) -> None:
        """Does what is due: ends the window, or saves what is open. A thread does so
        by itself. Raises `FileError`; it is tried again then."""
        now = self._clock()
        if now < min(self._end, self._due):
            return
        with self._work:
            with self._lock:
                if self._is_closed:
                    return
                self._due = now + self._checkpoint
                if now >= self._end:
                    self._end_window()
                    self._begin(now)
                profiler = self._profiler if self._is_dirty else None
                self._is_dirty = False
            self._finish_ended()
            if profiler is not None:
                try:
                    profiler.profile().save(self._part(self._start))
                except BaseException:
                    self._is_dirty = True
                    raise

    def close(self) -> None:
        """Ends the open window early and writes its file; what is logged after the next
        start, if that falls into the same window, has a file of its own."""
        with self._work:
            with self._lock:
                if not self._is_closed:
                    self._end_window()
                self._is_closed = True
            self._stop.set()
            self._finish_ended()

    def __enter__(self) -> RollingProfiler:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self, now: float) -> None:
        start, end = window_of(self._every, int(now * 1000))
        self._start = _EPOCH + timedelta(milliseconds=start)
        self._end = end / 1000
        self._due = now + self._checkpoint
        self._profiler = Profiler(**self._settings)
        self._is_dirty = False

    def _end_window(self) -> None:
        self._ended.append((self._start, self._profiler if self._is_dirty else None))

    def _finish_ended(self) -> None:
        """Writes what ended. What cannot be written waits for the next time."""
        while self._ended:
            start, profiler = self._ended[0]
            if profiler is not None:
                profiler.profile().save(self._part(start))
            self._ended.pop(0)
            self._finish(start)

    def _run(self) -> None:
        while not self._stop.wait(max(0.05, min(self._end, self._due) - self._clock())):
            self._try_tick()

    def _try_tick(self) -> None:
        try:
            self.tick()
        except Exception:
            # A full disk now must neither refuse records nor end later windows.
            _log.exception("a window could not be saved; it is tried again")

    def _part(self, start: datetime) -> Path:
        """The file of a window that is still open."""
        return self._store / f"{start.strftime(_STAMP)}{self._suffix}.part"

    def _finish(self, start: datetime) -> None:
        """Gives what was saved of a window its name, in one step: a crash leaves it once,
        under the old name or the new. Then tells the result."""
        part = self._part(start)
        if part.exists():
            part.replace(self._files(part)[-1])
        files = [path for path in self._files(part) if path.exists()]
        if files:
            self._tell(start, files)

    @staticmethod
    def _files(part: Path) -> list[Path]:
        """The files of a window of this worker, and the next one that is free: a window
        has several where it went on after a restart."""
        files = [part.with_suffix(".dsp")]
        while files[-1].exists():
            files.append(part.with_name(f"{part.stem}+{len(files) + 1}.dsp"))
        return files

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
        except Exception:
            _log.exception("no result of the window %s, which is kept in its file", files[-1])

    def _recover(self) -> None:
        """Takes over what a process of this name that was killed had saved."""
        for part in sorted(self._store.glob(f"*{self._suffix}.part")):
            stamp = part.name.removesuffix(f"{self._suffix}.part")
            try:
                start = datetime.strptime(stamp, _STAMP).replace(tzinfo=timezone.utc)
            except ValueError:
                continue  # another worker's
            if start < self._start:
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
