"""Examples in docs run, and the types are those of the code."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import driftsphere
import pytest
from driftsphere import _driftsphere, answers, errors, learning, rolling, tables, torch

PACKAGE = Path(__file__).parents[1]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize(
    "module,examples",
    [(driftsphere, 1), (_driftsphere, 3), (answers, 1), (errors, 1), (learning, 1), (rolling, 1), (tables, 1), (torch, 1)],
)
def test_examples_of_docstrings_run(module, examples) -> None:
    finder = doctest.DocTestFinder()
    found = [test for test in finder.find(module) if test.examples]
    assert len(found) == examples, [test.name for test in found]
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in found:
        runner.run(test)
    assert runner.failures == 0


def test_examples_of_the_readme_run(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(
        str(PACKAGE / "README.md"), module_relative=False, optionflags=FLAGS
    )
    assert result.attempted > 5 and result.failed == 0


def test_everything_public_has_docs() -> None:
    for name in driftsphere.__all__:
        if name == "__version__":
            continue
        thing = getattr(driftsphere, name)
        assert thing.__doc__, name
        if isinstance(thing, type):
            members = [m for m in vars(thing) if not m.startswith("_")]
            for member in members:
                assert getattr(thing, member).__doc__, f"{name}.{member}"


@pytest.mark.parametrize(
    "command",
    [
        ["mypy.stubtest", "driftsphere", "--mypy-config-file", "pyproject.toml",
         "--allowlist", "tests/stubtest_allowlist.txt"],
        ["mypy", "-p", "driftsphere"],
    ],
)
def test_types_hold(command) -> None:
    pytest.importorskip("mypy")
    run = [sys.executable, "-m", *command]
    result = subprocess.run(run, cwd=PACKAGE, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
