"""Several threads, and processes that are forked."""

from __future__ import annotations

import os
import threading
import traceback

import driftsphere
import numpy as np
import pytest
from driftsphere import Profiler


def on_threads(*works) -> None:
    """Does all of it at once; an error of any is one of the test."""
    errors = []

    def caught(work) -> None:
        try:
            work()
        except BaseException:
            errors.append(traceback.format_exc())

    threads = [threading.Thread(target=caught, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]


def test_two_profilers_learn_in_two_threads(rows) -> None:
    profilers = [Profiler(), Profiler()]

    def learn(profiler: Profiler, of: np.ndarray) -> None:
        for part in np.array_split(np.arange(300), 60):
            profiler.log(of[part])

    on_threads(lambda: learn(profilers[0], rows), lambda: learn(profilers[1], rows[::-1] * 2))
    assert profilers[0].profile() == driftsphere.profile(rows)
    assert profilers[1].profile() == driftsphere.profile(rows * 2)


def test_threads_may_share_a_profiler(rows) -> None:
    profiler = Profiler()

    def learn(part: np.ndarray):
        def work() -> None:
            for row in part:
                profiler.log(rows[row : row + 1])
                repr(profiler)

        return work

    looks = []
    on_threads(
        *(learn(part) for part in np.array_split(np.arange(300), 4)),
        lambda: looks.extend(profiler.profile().records for _ in range(20)),
    )
    assert looks == sorted(looks)
    assert profiler.profile() == driftsphere.profile(rows)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_works_on(rows) -> None:
    profiler = Profiler(threads=2)
    profiler.log(rows[:100])
    reference = driftsphere.profile(rows, fit=3, threads=2)
    expected = driftsphere.compare(reference, reference).to_json()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever happens, the child must not run the other tests.
        try:
            profiler.log(rows[100:])
            alike = driftsphere.compare(reference, reference).to_json() == expected
            whole = profiler.profile() == driftsphere.profile(rows)
            os.write(writer, b"ok" if alike and whole else b"no")
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    assert answer == b"ok"
