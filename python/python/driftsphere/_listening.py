"""Who is told of each profile that is complete: `driftsphere.mlflow.autolog`, for one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._driftsphere import Profile
    from .answers import Comparison

_log = logging.getLogger(__name__)

Listener = Callable[["Profile", "str | None", "Comparison | None"], None]
# By the name of who listens: what gives a listener for what is complete from now on.
_sources: dict[str, Callable[[], "Listener | None"]] = {}


def listen(name: str, source: Callable[[], Listener | None] | None) -> None:
    """From now on `source` is asked for a listener; None: no longer."""
    if source is None:
        _sources.pop(name, None)
    else:
        _sources[name] = source


def listeners() -> Listener:
    """All who would listen now, as one. What goes wrong with one is logged: it costs
    neither the profile nor the others."""
    found = [listener for source in list(_sources.values()) if (listener := source())]

    def tell_all(profile: Profile, name: str | None, comparison: Comparison | None) -> None:
        for listener in found:
            try:
                listener(profile, name, comparison)
            except Exception:
                _log.exception("a profile that is complete could not be passed on")

    return tell_all


def tell(profile: Profile) -> None:
    """Tells those who listen of a profile."""
    if _sources:
        listeners()(profile, None, None)
