"""One process at a time for each name in a folder."""

from __future__ import annotations

import logging
import os
import weakref
from pathlib import Path

from .errors import ArgumentError

try:
    import fcntl
except ImportError:  # Windows, where nothing is locked.
    fcntl = None  # type: ignore[assignment]

__all__ = ["WorkerLock"]

_log = logging.getLogger(__name__)


class WorkerLock:
    """A lock file that is held from when it is made until `release`, or until the process
    ends, however it does.

    Raises `ArgumentError` with `refusal` where another holds it, in this process or not.
    """

    def __init__(self, path: Path, refusal: str) -> None:
        self._path = path
        self._close: weakref.finalize[..., WorkerLock] | None = None
        if fcntl is not None:
            # Also when nobody releases it.
            self._close = weakref.finalize(self, os.close, _taken(path, refusal))
            _held.add(self)

    def release(self) -> None:
        """Lets go, and leaves no file behind. A second call does nothing."""
        if self._close is not None and self._close.alive:
            # Before it is let go: later, it might be another's.
            self._path.unlink(missing_ok=True)
            self._close()


def _taken(path: Path, refusal: str) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise ArgumentError(refusal) from None
        except OSError as error:
            # Some file systems of networks have no locks.
            _log.warning("no lock of %s, so that names of workers may be the same: %s", path, error)
            return descriptor
        # Whoever had it may have removed it meanwhile, and another made it anew.
        try:
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        os.close(descriptor)


_held: weakref.WeakSet[WorkerLock] = weakref.WeakSet()


def _let_go() -> None:
    """A child that was forked holds the lock as well, and would after its parent is gone."""
    for lock in list(_held):
        if lock._close is not None:
            lock._close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
