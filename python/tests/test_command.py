"""The command, run by Python."""

from __future__ import annotations

import subprocess
import sys

import driftsphere
import numpy as np
import pytest


def run(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "driftsphere", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_command_answers_as_the_package_does(tmp_path, rows) -> None:
    day = driftsphere.profile(rows, fit=3)
    night = driftsphere.profile(rows + np.linspace(0, 4, 12, dtype=np.float32), like=day)
    for name, profile in {"day": day, "night": night}.items():
        profile.save(tmp_path / f"{name}.dsp")
    compared = run("compare", tmp_path / "day.dsp", tmp_path / "night.dsp")
    assert compared.returncode == 1
    assert compared.stdout.startswith("DRIFT")
    assert run("compare", tmp_path / "day.dsp", tmp_path / "day.dsp").returncode == 0
    shown = run("show", tmp_path / "day.dsp", "--json")
    assert '"records": 300' in shown.stdout


def test_trouble_and_wrong_usage_end_with_2() -> None:
    missing = run("show", "no-such.dsp")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.startswith("driftsphere: ") and "no-such.dsp" in missing.stderr
    assert run("show").returncode == 2
    version = run("--version")
    assert version.stdout == f"driftsphere {driftsphere.__version__}\n"


def test_openmetrics_is_read_by_prometheus(tmp_path, rows) -> None:
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    day = driftsphere.profile(rows, fit=3, values={'a "b"\\c\n': rows[:, 0]})
    night = driftsphere.profile(rows + 1, like=day, values={'a "b"\\c\n': rows[:, 0] + 1})
    day.save(tmp_path / "day.dsp")
    night.save(tmp_path / "night.dsp")
    file = tmp_path / "out.prom"
    compared = run("compare", tmp_path / "day.dsp", tmp_path / "night.dsp", "--openmetrics", file)
    assert compared.returncode == 1, compared.stderr
    families = parser.text_string_to_metric_families(file.read_text())
    samples = {family.name: family.samples for family in families}
    verdicts = {s.labels["verdict"]: s.value for s in samples["driftsphere_verdict"]}
    assert verdicts.pop("drift") == 1 and set(verdicts.values()) == {0}
    findings = samples["driftsphere_finding_drift"]
    assert 'a "b"\\c\n' in {sample.labels["feature"] for sample in findings}
    assert {sample.value for sample in findings} == {0, 1}
