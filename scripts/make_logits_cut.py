"""Cuts tests/data/outputs/photograph_logits.npz out of a model's outputs.

usage: make_logits_cut.py classification.npz tests/data/outputs/photograph_logits.npz

The input has, for each photograph in several variants, an id, the variant and the
logits of 1,000 classes (EfficientNet-Lite0). Kept are the logits of the 60 classes
that most clean photographs are taken for: numbers only.
"""

import sys

import numpy as np

CLASSES = 60


def main(source, target):
    data = np.load(source)
    names = [str(name) for name in data["variant_names"]]
    variant = np.array([names[v] for v in data["variant"]])
    photographs = sorted(set(data["id"]))
    number = {name: i for i, name in enumerate(photographs)}
    photograph = np.array([number[name] for name in data["id"]])
    logits = data["logits"]

    likeliest = logits[variant == "clean"].astype(np.float32).argmax(axis=1)
    times = np.bincount(likeliest, minlength=logits.shape[1])
    classes = np.sort(np.argsort(-times, kind="stable")[:CLASSES])

    # Every second photograph is of the reference, the others of all targets.
    is_reference = photograph % 2 == 0
    window = np.where(is_reference, "", variant).astype("U9")
    window[is_reference & (variant == "clean")] = "reference"
    kept = np.flatnonzero(window != "")
    np.savez_compressed(
        target,
        id=np.array([f"{window[i]}-{photograph[i]:03}" for i in kept]),
        window=window[kept],
        logits=logits[np.ix_(kept, classes)],
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
