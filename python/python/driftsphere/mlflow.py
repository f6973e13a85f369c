"""Profiles and comparisons in runs of MLflow, which must be installed.

A profile is an artifact, `driftsphere/NAME.dsp`; a comparison is three, HTML, Markdown and JSON,
and metrics whose names stay the same from step to step. After one line, what is profiled
in a run is logged to it::

    driftsphere.mlflow.autolog(reference=driftsphere.Profile.load("march.dsp"))
    with mlflow.start_run(), driftsphere.Profiler(like=reference) as profiler:
        for images, labels, ids in loader:
            profiler.log(model.embed(images), labels=labels, ids=ids)
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow

from . import _listening
from ._driftsphere import Profile
from .answers import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["autolog", "compare_runs", "load_profile", "log_comparison", "log_profile"]

_FOLDER = "driftsphere"
# What MLflow lets the names of metrics hold on every system, but for the slash, which divides.
_NOT_IN_NAMES = re.compile(r"[^\w\-. ]")
# Letters of a name, of which so many are left to the last part.
_LONGEST, _LAST = 250, 50
# To what each other part of a longer name is cut: with three slashes, four of them fit.
_CUT = 45
# Metrics that a store takes at once.
_BATCH = 1000


def autolog(reference: Profile | None = None, *, disable: bool = False) -> None:
    """From now on, what is complete while a run is active is logged to that run: profilers
    that are closed, what `driftsphere.profile` and `driftsphere.spark.profile` return, and
    the windows of each `RollingProfiler` that was made in the run.

    Profiles are named `profile`, `profile-2`, ... in the order of a run, windows by when
    they began. With a `reference`, each is compared with it and the comparison is logged:
    the first as step 1. So are comparisons that a `RollingProfiler` makes by itself. What
    MLflow refuses is logged by `logging`, and costs nothing but that. `disable=True` ends
    it.
    """

    def source() -> _listening.Listener | None:
        run = mlflow.active_run()
        return None if run is None else _Run(run.info.run_id, reference)

    _listening.listen("mlflow", None if disable else source)


class _Run:
    """Logs to one run what is complete."""

    # What runs have, and comparisons by their name, as several may listen for one run.
    _logged: Counter[tuple[str, str]] = Counter()
    _lock = threading.Lock()

    def __init__(self, run_id: str, reference: Profile | None) -> None:
        self._run_id = run_id
        self._reference = reference

    def __call__(
        self, profile: Profile, name: str | None, comparison: Comparison | None
    ) -> None:
        stem = name or "profile"
        number = self._next(stem)
        log_profile(profile, stem if number == 1 else f"{stem}-{number}", run_id=self._run_id)
        if comparison is None and self._reference is not None:
            comparison = compare(self._reference, profile, names=("reference", stem))
        if comparison is not None:
            step = self._next("comparison")
            log_comparison(comparison, step=step, run_id=self._run_id)

    def _next(self, name: str) -> int:
        with self._lock:
            self._logged[self._run_id, name] += 1
            return self._logged[self._run_id, name]


def log_profile(profile: Profile, name: str = "profile", *, run_id: str | None = None) -> None:
    """Logs a profile to a run, the active one unless it is named."""
    _log_files({f"{name}.dsp": profile.to_bytes()}, run_id)


def load_profile(run_id: str, name: str = "profile") -> Profile:
    """The profile that was logged to a run.

    Raises what MLflow raises for a run or artifact that is not there, and `FormatError`
    for what is no profile.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path=f"{_FOLDER}/{name}.dsp", dst_path=folder
        )
        return Profile.load(path)


def log_comparison(
    comparison: Comparison,
    name: str = "comparison",
    *,
    step: int | None = None,
    run_id: str | None = None,
) -> None:
    """Logs a comparison to a run: the report (`NAME.html`), a page (`NAME.md`), the JSON
    document (`NAME.json`), and metrics.

    Metrics: `NAME/drift` is 1 for drift, else 0; of each finding that was tested
    `NAME/GROUP/FEATURE/SCOPE/EFFECT` is its effect and `.../p_adjusted` its p-value. A part
    with what MLflow refuses in names, or of a name that is too long for it, is changed and
    cut, and ends in a hash of what it was: `b/c` is `b_c-b9e2beb9`.
    With a `step`, such as the number of the window, so do the files' names (`NAME-7.md`).
    """
    stem = name if step is None else f"{name}-{step}"
    files = {
        f"{stem}.html": comparison.to_html().encode(),
        f"{stem}.md": comparison.to_markdown().encode(),
        f"{stem}.json": comparison.to_json().encode(),
    }
    _log_files(files, run_id)
    metrics = list(_metrics(comparison, name))
    for first in range(0, len(metrics), _BATCH):
        mlflow.log_metrics(dict(metrics[first : first + _BATCH]), step=step, run_id=run_id)


def compare_runs(
    reference: str, target: str, name: str = "profile", **options: Any
) -> Comparison:
    """Compares the profiles of two runs by their ids; `options` are those of `compare`."""
    options.setdefault("names", (reference, target))
    return compare(load_profile(reference, name), load_profile(target, name), **options)


def _log_files(files: dict[str, bytes], run_id: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        mlflow.log_artifacts(folder, artifact_path=_FOLDER, run_id=run_id)


def _metrics(comparison: Comparison, name: str) -> Iterator[tuple[str, float]]:
    yield f"{_path([name])}/drift", float(comparison.verdict == "drift")
    for finding in comparison.findings:
        scope = " ".join(filter(None, finding["scope"].values()))
        path = _path([name, finding["group"], finding["feature"], scope])
        effect = finding["effect"]
        if effect and effect["value"] is not None:
            yield f"{path}/{_part(effect['name'], _CUT)}", effect["value"]
        if finding["p_adjusted"] is not None:
            yield f"{path}/p_adjusted", finding["p_adjusted"]


def _path(parts: list[str]) -> str:
    """Parts of a name that are told apart whatever they hold. What is written depends on
    them alone, so that it stays from step to step."""
    written = [_part(part, _LONGEST) for part in parts]
    path = "/".join(written)
    # A store may make each part a folder, whose name has at most 255 bytes.
    is_long = len(path) >= _LONGEST - _LAST or any(len(p.encode()) > _LONGEST for p in written)
    return "/".join(_part(part, _CUT) for part in parts) if is_long else path


def _part(part: str, longest: int) -> str:
    written = _NOT_IN_NAMES.sub("_", part)
    if written in ("", ".", ".."):
        written = "_"
    if written == part and len(part) <= longest:
        return part
    mark = hashlib.sha256(part.encode()).hexdigest()[:8]
    return f"{written[: longest - len(mark) - 1]}-{mark}"
