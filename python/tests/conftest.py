"""Records that several tests log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
DATA = Path(__file__).parents[2] / "tests" / "data"


def by_command(folder: Path, *arguments: object) -> bytes:
    """The bytes of the profile that the command makes of some inputs."""
    path = folder / "by-command.dsp"
    typed = [str(argument) for argument in arguments]
    run = [sys.executable, "-m", "driftsphere", "profile", *typed, "-o", str(path)]
    result = subprocess.run(run, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return path.read_bytes()


@pytest.fixture
def rows() -> np.ndarray:
    """300 embeddings of 12 numbers in three heaps."""
    random = np.random.default_rng(7)
    heap = np.eye(12, dtype=np.float32)[np.arange(300) % 3] * 4
    return heap + random.normal(size=(300, 12)).astype(np.float32)


@pytest.fixture
def columns(rows: np.ndarray) -> dict:
    """Columns of every kind, for the same records."""
    n = len(rows)
    return {
        "ids": [f"{i}.jpg" for i in range(n)],
        "labels": np.array(["cat", "dog", "emu"])[np.arange(n) % 3],
        "scores": np.linspace(0, 1, n),
        "groups": np.arange(n) // 10,
        "times": np.datetime64("2025-03-03") + np.arange(n).astype("timedelta64[s]"),
        "values": {
            "camera": [["left", "right", None][i % 3] for i in range(n)],
            "count": np.arange(n) % 5,
            "night": np.arange(n) % 7 == 0,
        },
    }


def some(value: object, part: object) -> object:
    """The same rows of every column."""
    if isinstance(value, dict):
        return {name: some(column, part) for name, column in value.items()}
    if isinstance(value, list):
        return [value[i] for i in np.arange(len(value))[part]]
    return value[part]
