"""Profiles and comparisons in runs of MLflow, which must be installed.

A profile is an artifact, `driftsphere/NAME.dsp`; a comparison is two, Markdown and JSON,
and metrics whose names stay the same from step to step.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow

from ._driftsphere import Profile
from .answers import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["compare_runs", "load_profile", "log_comparison", "log_profile"]

_FOLDER = "driftsphere"
# What the names of metrics may hold in every store, but for the slash, which divides.
_NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z_\-. ]")
# Metrics that a store takes at once.
_BATCH = 1000


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
    """Logs a comparison to a run: a page (`NAME.md`), the JSON document (`NAME.json`),
    and metrics.

    Metrics: `NAME/drift` is 1 for drift, else 0; of each finding that was tested
    `NAME/GROUP/FEATURE/SCOPE/EFFECT` is its effect and `.../p_adjusted` its p-value.
    With a `step`, such as the number of the window, so do the files' names (`NAME-7.md`).
    """
    stem = name if step is None else f"{name}-{step}"
    files = {
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
    yield f"{name}/drift", float(comparison.verdict == "drift")
    for finding in comparison.findings:
        scope = " ".join(filter(None, finding["scope"].values()))
        parts = [name, finding["group"], finding["feature"], scope]
        path = "/".join(_NOT_IN_NAMES.sub("_", part) for part in parts)
        effect = finding["effect"]
        if effect and effect["value"] is not None:
            yield f"{path}/{_NOT_IN_NAMES.sub('_', effect['name'])}", effect["value"]
        if finding["p_adjusted"] is not None:
            yield f"{path}/p_adjusted", finding["p_adjusted"]
