"""Vectors for tests/stats_vectors/choices.rs: divergences, circles, Frechet distances.

Made with Python 3.11.7, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, astropy 8.0.2:

    python scripts/oracles/choices.py > tests/vectors/choices.json
"""

import itertools
import json
import sys

import numpy as np
from astropy.stats import circmean, kuiper_false_positive_probability, rayleightest
from scipy import stats
from scipy.linalg import sqrtm
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from sklearn.covariance import OAS

from stats import rows


def smoothed(f, s):
    """Half a record of the smaller window in every cell of both."""
    c = 0.5 / min(f.sum(), s.sum())
    share = lambda v: (v / v.sum() + c) / (1 + c * len(v))
    return share(f), share(s)


def divergences(f, s):
    r, t = smoothed(f, s)
    p, q = f / f.sum(), s / s.sum()
    return {"psi": rel_entr(t, r).sum() + rel_entr(r, t).sum(),
            "kl": rel_entr(t, r).sum(),
            "js": jensenshannon(p, q, base=2),
            "hellinger": np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)}


def divergence_vectors(rng):
    out = []
    for n, m, k in [(100, 80, 4), (1000, 30, 10), (50, 5000, 12), (20, 20, 25)]:
        f = rng.multinomial(n, rng.dirichlet(np.full(k, 1.0)))
        s = rng.multinomial(m, rng.dirichlet(np.full(k, 1.0)))
        keep = f + s > 0
        f, s = f[keep], s[keep]
        out.append({"first": f.tolist(), "second": s.tolist()}
                   | {k: float(v) for k, v in divergences(f, s).items()})
    return out


def exact(first, second, statistic):
    """P of the statistic over every table with these margins."""
    f, s = np.array(first), np.array(second)
    pooled, n = f + s, f.sum()
    seen, p = statistic(f, s), 0.0
    for table in itertools.product(*(range(c + 1) for c in pooled)):
        table = np.array(table)
        if table.sum() == n and statistic(table, pooled - table) >= seen - 1e-9:
            p += stats.multivariate_hypergeom(pooled, n).pmf(table)
    return float(p)


def exact_vectors():
    out = []
    for first, second in [([9, 3, 4], [4, 8, 6]), ([12, 0, 5, 3], [6, 4, 5, 1])]:
        x = np.array([0.0, 1.0, 4.0, 5.0])[:len(first)]
        case = {"first": first, "second": second, "midpoints": x.tolist(),
                "w1": exact(first, second, lambda f, s: stats.wasserstein_distance(x, x, f, s)),
                "kuiper": exact(first, second, kuiper_v)}
        for name in ["psi", "kl", "js", "hellinger"]:
            case[name] = exact(first, second, lambda f, s: divergences(f, s)[name])
        out.append(case)
    return out


def kuiper_v(f, s):
    gap = np.append(0.0, np.cumsum(f / f.sum() - s / s.sum()))
    return gap.max() - gap.min()


def circle_w1(angles, f, s):
    """Plain search over the constant, on the steps of F - G."""
    gap = np.cumsum(f / f.sum() - s / s.sum())
    arc = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return min(float((np.abs(gap - a) * arc).sum()) for a in gap)


def circle_vectors(rng):
    out = []
    for n, m, k, turn in [(300, 200, 240, 0.4), (150, 900, 360, 0.0), (40, 25, 8, 1.0)]:
        angles = np.sort(rng.uniform(0, 2 * np.pi, k))
        law = lambda t: (lambda w: w / w.sum())(np.exp(1.5 * np.cos(angles - 6.0 - t)))
        f, s = rng.multinomial(n, law(0.0)), rng.multinomial(m, law(turn))
        keep = f + s > 0
        a, f, s = angles[keep], f[keep], s[keep]
        first, second = np.repeat(a, f), np.repeat(a, s)
        # From the samples themselves, at every place.
        cdf = lambda x: np.searchsorted(second, x, side="right") / m
        place = np.unique(np.concatenate([first, second]))
        up = np.searchsorted(first, place, side="right") / n - cdf(place)
        v = max(up.max(), 0) - min(up.min(), 0)
        case = {"angles": a.tolist(), "first": f.tolist(), "second": s.tolist(),
                "kuiper": float(v), "w1": circle_w1(a, f, s),
                "mean": float(circmean(first) % (2 * np.pi)),
                "resultant": float(np.abs(np.exp(1j * first).mean())),
                "rayleigh": float(rayleightest(first))}
        out.append(case)
    return out


def kuiper_law():
    """astropy's law: the same limit, with Kuiper's own correction in place of Stephens'."""
    out = []
    for n in [60.0, 500.0, 1e14]:
        for x in [1.2, 1.6, 1.747, 2.0, 2.4, 3.0]:
            v = x / (np.sqrt(n) + 0.155 + 0.24 / np.sqrt(n))
            out.append({"n_e": n, "v": float(v), "p": float(kuiper_false_positive_probability(v, n)), "x": x})
    return out


def frechet_vectors():
    out = []
    for n, dim, shift_from in [(30, 6, 30), (12, 40, 12), (60, 60, 60), (128, 300, 256)]:
        x = rows(2 * n, dim, 11, shift_from).astype(np.float64)
        a, b = x[:n], x[n:]
        s, t = (OAS().fit(v).covariance_ for v in (a, b))
        root = np.trace(sqrtm(s @ t)).real
        value = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * root
        out.append({"n": n, "dim": dim, "seed": 11, "shift_from": shift_from, "value": float(value)})
    return out


def main():
    rng = np.random.default_rng(20261124)
    json.dump({
        "divergences": divergence_vectors(rng),
        "exact": exact_vectors(),
        "circles": circle_vectors(rng),
        "kuiper_law": kuiper_law(),
        "frechet": frechet_vectors(),
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
