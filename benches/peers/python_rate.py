"""Whether Python profiles as fast as Rust, without a copy, and in two threads twice as much.

    cargo build --release --workspace --lib --example embedding_rate
    pip install ./python          # into the environment that runs this
    python benches/peers/python_rate.py target/release/examples/embedding_rate

20,000 rows of 512 float32 against a reference with 8 clusters, in one batch on one thread,
by Rust (the example `embedding_rate`) and by NumPy in turn; the bytes must be equal. Then the
time that a batch of one record takes more than its record, peak memory, and two threads.
Prints medians and quartiles.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import driftsphere
import numpy as np

ROWS, DIM, ROUNDS, TIMES, BATCHES = 20_000, 512, 9, 50, 20


def spread(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.4g} [{low:.4g}, {high:.4g}]"


def log(rows, reference):
    profiler = driftsphere.Profiler(like=reference)
    start = time.process_time()
    profiler.log(rows)
    return time.process_time() - start, profiler


def children():
    """CPU seconds of processes that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def against_rust(program, rows, reference):
    """CPU time, so that other work on the machine counts little: of a profiler, a batch, the
    profile and its file. What Rust needs once, such as reading the rows, is taken off."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("rows.npy", "reference.dsp", "out.dsp")]
        np.save(files[0], rows)
        reference.save(files[1])
        rust, python = [], []
        for _ in range(ROUNDS):
            used = []
            for times in (1, 1 + TIMES):
                before = children()
                subprocess.run([program, *map(str, files), str(times)], check=True, stdout=subprocess.DEVNULL)
                used.append(children() - before)
            rust.append((used[1] - used[0]) / TIMES)
            start = time.process_time()
            for _ in range(TIMES):
                _, profiler = log(rows, reference)
                profiler.profile().save(Path(folder) / "python.dsp")
            python.append((time.process_time() - start) / TIMES)
        assert files[2].read_bytes() == (Path(folder) / "python.dsp").read_bytes()
    print(f"Rust      {spread([ROWS / s for s in rust])} rows/s of CPU time")
    print(f"Python    {spread([ROWS / s for s in python])} rows/s of CPU time")
    print(f"Python / Rust, round by round: {spread([r / p for r, p in zip(rust, python)])}")


def per_batch(rows, reference):
    times = []
    for _ in range(ROUNDS):
        profiler = driftsphere.Profiler(like=reference)
        start = time.process_time()
        for row in rows[:2000]:
            profiler.log(row[None])
        singly = time.process_time() - start
        whole, _ = log(rows[:2000], reference)
        times.append(1e6 * (singly - whole) / 2000)
    print(f"a batch of one record takes {spread(times)} microseconds more than the record")


def log_long(rows, reference):
    """One profiler, some batches: long enough that starting a thread counts little."""
    profiler = driftsphere.Profiler(like=reference)
    for _ in range(BATCHES):
        profiler.log(rows)


def two_threads(rows, reference):
    ratios = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        log_long(rows, reference)
        one = time.perf_counter() - start
        workers = [threading.Thread(target=log_long, args=(rows, reference)) for _ in range(2)]
        start = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        ratios.append(2 * one / (time.perf_counter() - start))
    print(f"two threads do {spread(ratios)} times the work of one")


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def ten_million(random):
    """Peak memory after one million rows, and how much nine more add to it."""
    reference = driftsphere.profile(random.normal(size=(2000, 64)).astype("f4"), fit=8)
    profiler = driftsphere.Profiler(like=reference)
    for batch in range(1000):
        rows = random.standard_normal((10_000, 64), np.float32)
        profiler.log(rows, labels=random.integers(10, size=10_000))
        if batch == 99:
            before = peak()
    size = len(profiler.profile().to_bytes()) >> 10
    print(f"peak after 1 million rows of 64 {before >> 10} MiB, 9 million more add "
          f"{peak() - before} KiB; the profile has {size} KiB")


def main():
    print(f"driftsphere {driftsphere.__version__}, NumPy {version('numpy')}, {sys.version.split()[0]}")
    random = np.random.default_rng(0)
    rows = random.normal(size=(ROWS, DIM)).astype(np.float32)
    reference = driftsphere.profile(random.normal(size=(2000, DIM)).astype(np.float32), fit=8)
    log(rows, reference)
    before = peak()
    log(rows, reference)
    grown = peak() - before
    print(f"the batch has {rows.nbytes >> 10} KiB; logging it again raised the peak by {grown} KiB")
    against_rust(sys.argv[1], rows, reference)
    per_batch(rows, reference)
    two_threads(rows, reference)
    ten_million(random)


if __name__ == "__main__":
    main()
