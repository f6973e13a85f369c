"""Examples in docs run, and the types are those of the code."""

from __future__ import annotations

import doctest
import inspect
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


# What mypy refuses; with `warn_unused_ignores`, what it lets pass is an error.
WRONG = """
def wrong(df: Any, rolling: RollingProfiler, watched: Watched) -> None:
    profile([[1.0]], fti=8)  # type: ignore[call-arg]
    profile([[1.0]], fit="8")  # type: ignore[arg-type]
    RollingProfiler("store", fit=8)  # type: ignore[call-arg]
    rolling.log([[1.0]], label=["cat"])  # type: ignore[call-arg]
    rolling.log_table(df, labels="kind")  # type: ignore[call-arg]
    watched.log(label=["cat"])  # type: ignore[call-arg]
    spark.profile(df, fti=8)  # type: ignore[call-overload]
    spark.profile(df, labels="kind")  # type: ignore[call-overload]
    spark.profile(df, by=["day"], fti=8)  # type: ignore[call-overload]
"""


def test_types_know_every_keyword(tmp_path) -> None:
    pytest.importorskip("mypy")
    profiler = driftsphere.Profiler
    known = {"Settings": profiler, "Columns": profiler.log, "TableColumns": profiler.log_table}
    lines = [
        "from typing import Any",
        "from driftsphere import profile, spark",
        f"from driftsphere._driftsphere import {', '.join(known)}",
        "from driftsphere.rolling import RollingProfiler",
        "from driftsphere.torch import Watched",
    ]
    for name, takes in known.items():
        lines.append(f"def keywords_of_{name}(given: {name}) -> None:")
        parameters = inspect.signature(takes).parameters.values()
        lines += [f"    given['{p.name}']" for p in parameters if p.kind is p.KEYWORD_ONLY]
    program = tmp_path / "program.py"
    program.write_text("\n".join(lines) + WRONG)
    run = [sys.executable, "-m", "mypy", str(program)]
    result = subprocess.run(run, cwd=PACKAGE, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
