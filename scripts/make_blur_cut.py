"""Cuts tests/data/blurred_photographs.npz out of a model's outputs.

usage: make_blur_cut.py classification.npz tests/data/blurred_photographs.npz

The input has, for each photograph in several variants, an id, the variant, the
logits and the pooled features (EfficientNet-Lite0). Kept are numbers only: the
probability of the likeliest class, and the features after a random projection
to 48 coordinates, which nearly keeps angles (Johnson and Lindenstrauss 1984).
"""

import sys

import numpy as np

DIM = 48


def main(source, target):
    data = np.load(source)
    names = [str(name) for name in data["variant_names"]]
    variant = np.array([names[v] for v in data["variant"]])
    photographs = sorted(set(data["id"]))
    number = {name: i for i, name in enumerate(photographs)}
    photograph = np.array([number[name] for name in data["id"]])

    # Every second photograph is of the reference, the others of both targets.
    is_reference = photograph % 2 == 0
    window = np.full(len(variant), "", dtype="U9")
    window[is_reference & (variant == "clean")] = "reference"
    window[~is_reference & (variant == "clean")] = "clean"
    window[~is_reference & (variant == "blur")] = "blurred"
    kept = np.flatnonzero(window != "")

    logits = data["logits"][kept].astype(np.float64)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    score = (shares / shares.sum(axis=1, keepdims=True)).max(axis=1)
    features = data["embedding"][kept].astype(np.float64)
    projection = np.random.Generator(np.random.PCG64(1)).normal(size=(features.shape[1], DIM))
    np.savez_compressed(
        target,
        id=np.array([f"{window[i]}-{photograph[i]:03}" for i in kept]),
        window=window[kept],
        score=score.astype(np.float32),
        features=(features @ projection / np.sqrt(DIM)).astype(np.float16),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
