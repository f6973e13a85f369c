"""Training runs for examples, tests and the demo: small networks on handwritten digits.

Made with Python 3.11.7, numpy 2.4.6, scikit-learn 1.9.1:

    python scripts/make_runs.py examples/data

A network 64-64-32 is trained on 1,000 digits; each file holds what its last hidden
layer makes of 500 others, the same in every file. Two seeds, one run in which 1 and 7
are one class, and two earlier epochs of the first seed.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

TRAINED, SEEN = 1000, 500
# Name of the file: seed, epochs, classes trained as one.
RUNS = {
    "digits_seed_1": (1, 60, None),
    "digits_seed_2": (2, 60, None),
    "digits_merged": (2, 60, (1, 7)),
    "digits_epoch_04": (1, 4, None),
    "digits_epoch_16": (1, 16, None),
}


def digits():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return x[order] / 16, y[order]


def train(x, y, seed, epochs, merged):
    if merged:
        y = np.where(y == merged[1], merged[0], y)
    model = MLPClassifier((64, 32), random_state=seed, max_iter=epochs,
                          learning_rate_init=2e-3, alpha=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is stopped before it has settled
        return model.fit(x, y)


def last_hidden(model, x):
    for weights, bias in zip(model.coefs_[:-1], model.intercepts_[:-1]):
        x = np.maximum(0, x @ weights + bias)
    return x


def main():
    folder = Path(sys.argv[1])
    x, y = digits()
    seen = slice(TRAINED, TRAINED + SEEN)
    ids = np.array([f"digit-{i:04}" for i in range(TRAINED, TRAINED + SEEN)])
    for name, (seed, epochs, merged) in RUNS.items():
        model = train(x[:TRAINED], y[:TRAINED], seed, epochs, merged)
        np.savez_compressed(folder / f"{name}.npz", id=ids, label=y[seen].astype(np.int16),
                            embedding=last_hidden(model, x[seen]).astype(np.float16))
        print(name, round(model.score(x[seen], y[seen]), 3))


if __name__ == "__main__":
    main()
