"""driftsphere beside its peers in Python, in one process, back to back.

    python3 -m venv venv && venv/bin/pip install PEER ./python
    venv/bin/python benches/peers/python_drift.py PEER

`whylogs` ('numpy<2' 'whylogs[embeddings]' 'setuptools<81'): `EmbeddingMetric` with 10
reference vectors of 512 numbers, 20,000 rows in batches of 1,000, 32 and 1, beside a
`Profiler` with 10 clusters of the same rows. `evidently` ('evidently==0.6.7' 'pandas<3'):
embedding drift of two windows of 1,000 rows by its default method, `model`; beside it
`compare` of two profiles, and profiling both windows and comparing them. `alibi-detect`
('alibi-detect[tensorflow]' 'tensorflow-cpu<2.17' 'tf-keras<2.17'
'tensorflow-probability<0.25'): `MMDDrift` of the same windows, 100 permutations as by default.

Prints medians and quartiles of CPU time, so that other work on the machine counts little;
importing is not counted.
"""

import statistics
import sys
import time
import warnings
from importlib.metadata import version

import driftsphere
import numpy as np

warnings.simplefilter("ignore")
DIM, ROWS, ROUNDS = 512, 20_000, 5


def spread(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.4g} [{low:.4g}, {high:.4g}]"


def turns(ours, theirs):
    """CPU seconds of each, one after the other, after a round that warms up."""
    times = {work: [] for work in (ours, theirs)}
    for _ in range(1 + ROUNDS):
        for work, seconds in times.items():
            start = time.process_time()
            work()
            seconds.append(time.process_time() - start)
    return times[ours][1:], times[theirs][1:]


def report(what, ours, theirs):
    ratios = [b / a for a, b in zip(ours, theirs)]
    print(f"{what}: driftsphere {spread(ours)}, peer {spread(theirs)} s of CPU time, {spread(ratios)} x")


def whylogs(random):
    from whylogs.core.preprocessing import PreprocessedColumn
    from whylogs.experimental.extras.embedding_metric import (
        DistanceFunction,
        EmbeddingConfig,
        EmbeddingMetric,
    )

    centres = random.normal(size=(10, DIM))
    rows = (centres[random.integers(10, size=ROWS)] + random.normal(size=(ROWS, DIM))).astype("f4")
    reference = driftsphere.profile(rows, fit=10)

    def ours(batch):
        profiler = driftsphere.Profiler(like=reference)
        for start in range(0, ROWS, batch):
            profiler.log(rows[start : start + batch])
        profiler.profile()

    def theirs(batch):
        config = EmbeddingConfig(
            references=centres,
            labels=[str(i) for i in range(10)],
            distance_fn=DistanceFunction.euclidean,
        )
        metric = EmbeddingMetric.zero(config)
        for start in range(0, ROWS, batch):
            column = PreprocessedColumn()
            column.list.tensors = [rows[start : start + batch]]
            metric.columnar_update(column)
        metric.to_summary_dict()

    for batch in (1000, 32, 1):
        spent = turns(lambda: ours(batch), lambda: theirs(batch))
        report(f"20,000 rows, 10 references, batches of {batch}", *spent)


def windows(random):
    first, second = random.normal(size=(2, 1000, DIM)).astype("f4")
    profiled = driftsphere.profile(first, fit=8)
    target = driftsphere.profile(second, like=profiled)

    def compared():
        driftsphere.compare(profiled, target)

    def whole():
        reference = driftsphere.profile(first, fit=8)
        driftsphere.compare(reference, driftsphere.profile(second, like=reference))

    return first, second, compared, whole


def evidently(random):
    import pandas
    from evidently import ColumnMapping
    from evidently.metrics import EmbeddingsDriftMetric
    from evidently.metrics.data_drift.embedding_drift_methods import model
    from evidently.report import Report

    first, second, compared, whole = windows(random)
    names = [f"e{i}" for i in range(DIM)]
    frames = [pandas.DataFrame(rows, columns=names) for rows in (first, second)]
    mapping = ColumnMapping(embeddings={"e": names})

    def theirs():
        metric = EmbeddingsDriftMetric("e", drift_method=model())
        result = Report(metrics=[metric])
        result.run(reference_data=frames[0], current_data=frames[1], column_mapping=mapping)
        result.as_dict()

    report("compare, 1,000 rows a side", *turns(compared, theirs))
    report("profile both and compare", *turns(whole, theirs))


def alibi_detect(random):
    from alibi_detect.cd import MMDDrift

    first, second, compared, whole = windows(random)
    detector = MMDDrift(first, backend="tensorflow")
    report("compare, 1,000 rows a side", *turns(compared, lambda: detector.predict(second)))
    both = lambda: MMDDrift(first, backend="tensorflow").predict(second)  # noqa: E731
    report("profile both and compare", *turns(whole, both))


PEERS = {"whylogs": whylogs, "evidently": evidently, "alibi-detect": alibi_detect}

if __name__ == "__main__":
    peer = sys.argv[1]
    print(f"driftsphere {driftsphere.__version__}, {peer} {version(peer)}, NumPy {version('numpy')}")
    PEERS[peer](np.random.default_rng(0))
