"""Vectors for tests/stats_vectors/similarity.rs: spaces, partitions and classes compared.

Made with Python 3.11.7, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1:

    python scripts/oracles/stability.py > tests/vectors/stability.json

It reads examples/data/digits_*.npz. Given a folder of other runs, it prints what it finds for
each pair of their files instead:

    python scripts/oracles/stability.py run_a.npz run_b.npz
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist, squareform
from scipy.stats import wasserstein_distance
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_samples
from sklearn.neighbors import NearestNeighbors

DATA = Path(__file__).parents[2] / "examples" / "data"
K = 10


def load(path):
    with np.load(path) as file:
        rows = file["embedding"].astype(np.float64)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True), file["label"].astype(str)


def hsic(k, l):
    """Song et al. 2012, equation 5, as it stands there."""
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    one = np.ones(n)
    return (np.trace(k @ l) + (one @ k @ one) * (one @ l @ one) / ((n - 1) * (n - 2))
            - 2 / (n - 2) * (one @ k @ l @ one)) / (n * (n - 3))


def cka(x, y):
    k, l = x @ x.T, y @ y.T
    return hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l))


def neighbours(x):
    return NearestNeighbors(n_neighbors=K).fit(x).kneighbors(return_distance=False)


def kept(x, y):
    pairs = zip(neighbours(x), neighbours(y))
    return [len(set(a) & set(b)) / K for a, b in pairs]


def regions(x, labels):
    """The class whose centre is nearest, the own one taken without the record."""
    classes = np.unique(labels[labels != ""])
    sums = {c: x[labels == c].sum(0) for c in classes}
    def of(row, own):
        centres = np.array([sums[c] - row if c == own else sums[c] for c in classes])
        return classes[np.argmax(centres @ row / np.linalg.norm(centres, axis=1))]
    return np.array([of(row, own) for row, own in zip(x, labels)])


def separation(x, labels, a, b):
    """Fisher's criterion, with the means' own variance taken off."""
    a, b = x[labels == a], x[labels == b]
    va, vb = (((g - g.mean(0)) ** 2).sum() / (len(g) - 1) for g in (a, b))
    apart = ((a.mean(0) - b.mean(0)) ** 2).sum() - va / len(a) - vb / len(b)
    return apart / (va + vb)


def spectrum(x):
    return np.linalg.svd(x - x.mean(0), compute_uv=False) ** 2 / (len(x) - 1)


def shares(v, n):
    return np.pad(v / v.sum(), (0, n - len(v)))


def pair(x, y, labels):
    dx, dy = pdist(x) / 2, pdist(y) / 2
    vx, vy = spectrum(x), spectrum(y)
    axes = max(len(vx), len(vy))
    cx, cy = (KMeans(8, n_init=1, random_state=0).fit_predict(z) for z in (x, y))
    known = labels != ""
    rx, ry = regions(x[known], labels[known]), regions(y[known], labels[known])
    sx, sy = (silhouette_samples(z[known], labels[known]) for z in (x, y))
    classes = np.unique(labels[known])
    ratio = np.mean(dx)
    return {
        "cka": cka(x, y),
        "kept": float(np.mean(kept(x, y))),
        "distances": np.corrcoef(dx, dy)[0, 1],
        "procrustes": procrustes(x, y)[2] if x.shape == y.shape else None,
        "shape": wasserstein_distance(dx / ratio, dy / dy.mean()) / (dx / ratio).std(),
        "spectrum": np.abs(shares(vx, axes) - shares(vy, axes)).sum() / 2,
        "dimensions": [v.sum() ** 2 / (v ** 2).sum() for v in (vx, vy)],
        "clusters": [cx.tolist(), cy.tolist()],
        "ari": adjusted_rand_score(cx, cy),
        "ami": adjusted_mutual_info_score(cx, cy),
        "classes": [{
            "class": c,
            "jaccard": ((rx == c) & (ry == c)).sum() / ((rx == c) | (ry == c)).sum(),
            "in_own": [((r == c) & (labels[known] == c)).sum() / (labels[known] == c).sum()
                       for r in (rx, ry)],
            "compactness": [float(np.mean(pdist(z[labels == c]) / 2)) for z in (x, y)],
            "silhouettes": [s[labels[known] == c].mean() for s in (sx, sy)],
        } for c in classes],
        "separations": [[a, b, separation(x, labels, a, b), separation(y, labels, a, b)]
                        for i, a in enumerate(classes) for b in classes[:i]],
    }


def plain(value):
    return value.item() if isinstance(value, np.generic) else value


def main():
    if len(sys.argv) == 3:
        (x, labels), (y, _) = (load(path) for path in sys.argv[1:])
        found = pair(x, y, labels)
        found.pop("clusters")
        json.dump(found, sys.stdout, default=plain, indent=1)
        return
    first, labels = load(DATA / "digits_seed_1.npz")
    names = ["digits_seed_2", "digits_merged", "digits_epoch_04"]
    json.dump({name: pair(first, load(DATA / f"{name}.npz")[0], labels) for name in names},
              sys.stdout, default=plain)
    print()


if __name__ == "__main__":
    main()
