"""Vectors for tests/stats_vectors/statistics.rs, from SciPy, scikit-learn and plain NumPy.

Made with Python 3.11.7, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1:

    python scripts/oracles/stats.py > tests/vectors/stats.json

Rows of the space tests are not stored: both sides make them from SplitMix64
(see rows() here and in the test), exactly, in f32.
"""

import itertools
import json
import platform
import sys

import numpy as np
import scipy
import sklearn
from scipy import integrate, special, stats
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

M64 = (1 << 64) - 1


def mix(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & M64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & M64
    return x ^ (x >> 31)


def rows(n, dim, seed, shift_from):
    """Uniform columns of halving width; one column of later rows is moved."""
    out = np.empty((n, dim), dtype=np.float32)
    for i in range(n):
        for j in range(dim):
            x = mix((seed * 0x9E3779B97F4A7C15 + i * dim + j) & M64) >> 40
            out[i, j] = np.float32(x / 2**24 * 2.0 ** -(j % 6))
            if i >= shift_from and j == 2:
                out[i, j] += np.float32(0.125)
    return out


def histogram_vectors(rng):
    cases = []
    for n, m, k, shift in [
        (120, 80, 150, 0.0), (500, 300, 200, 0.2), (1000, 1000, 400, 0.05),
        (30, 40, 12, 0.5), (10**6, 3 * 10**5, 120, 0.004),
    ]:
        x = np.sort(rng.normal(size=k))
        p = rng.dirichlet(np.full(k, 3.0))
        q = p * np.exp(shift * x)
        q /= q.sum()
        f, s = rng.multinomial(n, p), rng.multinomial(m, q)
        keep = (f + s) > 0
        f, s, x = f[keep], s[keep], x[keep]
        cum = np.abs(np.cumsum(f) / n - np.cumsum(s) / m)
        cases.append({
            "midpoints": x.tolist(), "first": f.tolist(), "second": s.tolist(),
            "ks": float(cum.max()),
            "w1": float(stats.wasserstein_distance(x, x, f, s)),
            "total_variation": float(np.abs(f / n - s / m).sum() / 2),
        })
    return cases


def table_vectors():
    """Pooled by Cochran's rule as the library states it, then SciPy's test."""
    out = []
    for first, second in [
        ([100, 200, 300], [120, 190, 290]),
        ([60, 80, 70, 90, 50, 3, 2, 1, 4], [75, 60, 66, 80, 72, 1, 6, 0, 5]),
        ([300] * 12 + [4] * 5, [100] * 6 + [120] * 6 + [2] * 5),
    ]:
        f, s = np.array(first), np.array(second)
        small = (f + s) * min(f.sum(), s.sum()) / (f.sum() + s.sum()) < 5
        table = [np.append(v[~small], v[small].sum()) for v in (f, s)]
        if not small.any():
            table = [f, s]
        chi = stats.chi2_contingency(table, correction=False)
        out.append({"first": first, "second": second, "statistic": float(chi.statistic),
                    "degrees": int(chi.dof), "p": float(chi.pvalue)})
    return out


def few_vectors():
    """Exact conditional p of Pearson's statistic in 2 x 2 tables."""
    out = []
    for (a, b), (c, d) in [((9, 3), (4, 8)), ((40, 2), (30, 8)), ((3, 17), (2, 58))]:
        n, m, k = a + b, c + d, a + c
        x = np.arange(max(0, k - m), min(n, k) + 1)
        weight = stats.hypergeom(n + m, k, n).pmf(x)
        gap = np.abs(x * m - (k - x) * n)
        seen = abs(a * m - c * n)
        out.append({"first": [a, b], "second": [c, d], "p": float(weight[gap >= seen].sum())})
    return out


def ks_vectors():
    """Exact two-sided p of D for data without ties, and the limit law."""
    out = []
    for n, m in [(100, 100), (100, 300), (101, 103), (300, 1000), (1000, 1000)]:
        lcm = n * m // np.gcd(n, m)
        for target in [1.1, 1.36, 1.63, 2.0]:
            d = round(target / np.sqrt(n * m / (n + m)) * lcm) / lcm
            exact = stats._stats_py._attempt_exact_2kssamp(n, m, int(np.gcd(n, m)), d, "two-sided")
            out.append({"n": n, "m": m, "d": float(d), "exact": float(exact[2])})
    law = [{"x": x, "p": float(stats.kstwobign.sf(x))} for x in [0.2, 0.5, 0.9, 1.17, 1.18, 1.36, 2.5, 5.0]]
    # Distinct values, few rows: the resampled p estimates this exact one.
    small = []
    for n, m, d in [(12, 15, 0.45), (40, 60, 0.25), (99, 50, 0.2)]:
        g = int(np.gcd(n, m))
        lcm = n * m // g
        d = round(d * lcm) / lcm
        small.append({"n": n, "m": m, "d": d,
                      "exact": float(stats._stats_py._attempt_exact_2kssamp(n, m, g, d, "two-sided")[2])})
    return {"large": out, "law": law, "small": small}


def share_tail(k_r, n_r, k_t, n_t, upper):
    """P(K <= k_t) or P(K >= k_t) of the beta-binomial law, integrated over the share."""
    law = stats.beta(k_r + 1, n_r - k_r) if upper else stats.beta(k_r, n_r - k_r + 1)
    edges = law.mean() + law.std() * np.linspace(-12, 14, 53)
    # The second factor is nearly a step: pieces around it as well.
    share = k_t / n_t
    step = share + np.sqrt(share * (1 - share) / n_t) * np.linspace(-10, 10, 41)
    edges = np.sort(np.clip(np.concatenate([edges, step]), 0, 1))
    if upper:
        tail = lambda p: special.betainc(k_t, n_t - k_t + 1.0, p)
    else:
        tail = lambda p: special.betaincc(k_t + 1.0, n_t - k_t, p)
    pieces = (integrate.fixed_quad(lambda p: law.pdf(p) * tail(p), left, right, n=60)[0]
              for left, right in zip(edges[:-1], edges[1:]) if right > left)
    return sum(pieces)


def share_vectors():
    out = []
    for k_r, n_r, k_t, n_t in [
        (10, 1000, 4, 300), (10, 1000, 9, 300), (0, 50, 3, 40), (50, 1000, 30, 300),
        (10, 10**6, 25, 10**6), (500, 1000, 5000, 9000), (3, 20, 20, 20), (20, 20, 0, 5),
    ]:
        # Fisher's exact tails: the sum of both counts given.
        law = stats.hypergeom(n_r + n_t, k_r + k_t, n_t)
        support = np.arange(max(0, k_r + k_t - n_r), min(n_t, k_r + k_t) + 1)
        terms = np.exp(law.logpmf(support))
        out.append({"counts": [k_r, n_r, k_t, n_t],
                    "lower": float(terms[support <= k_t].sum()), "upper": float(terms[support >= k_t].sum())})
    # Up to 1e9 rows: P(K >= k) is the mean over Beta of I_p(k, n - k + 1).
    for k_r, n_r, k_t, n_t in [
        (10, 10**9, 22, 10**9), (10**6, 10**9, 1_003_000, 10**9),
        (4 * 10**8, 10**9, 399_950_000, 10**9), (30, 3000, 6 * 10**6, 10**9),
        (5 * 10**7, 10**9, 52_000, 10**6),
    ]:
        low, total = (share_tail(k_r, n_r, k_t, n_t, upper) for upper in (False, True))
        out.append({"counts": [k_r, n_r, k_t, n_t], "lower": float(low), "upper": float(total)})
    return out


def combination_vectors(rng):
    out = []
    for k in [1, 2, 7, 40]:
        p = rng.uniform(size=k) ** 3
        capped = np.minimum(p, 0.9)
        order = np.argsort(p)
        holm = np.empty(k)
        holm[order] = np.minimum(np.maximum.accumulate((k - np.arange(k)) * p[order]), 1)
        out.append({
            "p": p.tolist(),
            "cauchy": float(stats.cauchy.sf(np.mean(np.tan((0.5 - capped) * np.pi)))),
            "weighted_cauchy": float(stats.cauchy.sf(
                np.average(np.tan((0.5 - capped) * np.pi), weights=np.arange(1, k + 1)))),
            "simes": float(min(1.0, (k * np.sort(p) / np.arange(1, k + 1)).min())),
            "holm": holm.tolist(),
            "bh": stats.false_discovery_control(p, method="bh").tolist(),
        })
    return out


def space_vectors():
    out = []
    for n, m, dim, seed in [(40, 25, 7, 1), (70, 90, 12, 2), (130, 60, 40, 3), (150, 140, 160, 4)]:
        x = rows(n + m, dim, seed, n).astype(np.float64)
        d = cdist(x, x)
        lower = d[np.tril_indices(n + m, -1)]
        unit = np.sort(lower)[len(lower) // 2]
        k = np.exp(-4 * d / unit)
        xx, yy, xy = k[:n, :n], k[n:, n:], k[:n, n:]
        biased = xx.mean() + yy.mean() - 2 * xy.mean()
        unbiased = ((xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * xy.mean())
        # The row itself comes first.
        near = NearestNeighbors(n_neighbors=11).fit(x).kneighbors(x, return_distance=False)[:, 1:]
        label = np.arange(n + m) < n
        pca = PCA(n_components=min(100, n + m - 1, dim), svd_solver="full").fit(x)
        ev = pca.explained_variance_
        damping = ev[min(32, len(ev)) - 1]
        along = pca.components_ @ (x[:n].mean(0) - x[n:].mean(0))
        n_e = n * m / (n + m)
        first = d[:n, :n][np.tril_indices(n, -1)] / 2
        second = d[n:, n:][np.tril_indices(m, -1)] / 2
        out.append({
            "n": n, "m": m, "dim": dim, "seed": seed,
            "mmd_biased": float(biased), "mmd_unbiased": float(unbiased),
            "neighbours": float((label[near] == label[:, None]).mean()),
            "eigenvalues": ev.tolist(),
            "spectral": float(n_e * (along**2 / (ev + damping)).sum()),
            "spectral_expected": float((ev / (ev + damping)).sum()),
            "pair_sd": float(first.std(ddof=1)),
            "pair_medians": [float(np.median(first)), float(np.median(second))],
            # Area between the quantile curves, middle 90 %, by plain quantiles.
            "pair_area": float(np.abs(np.quantile(first, np.linspace(0.05, 0.95, 2001))
                                      - np.quantile(second, np.linspace(0.05, 0.95, 2001))).mean() * 0.9
                               / first.std(ddof=1)),
        })
    return out


def exact_vectors():
    """All labellings of a small pool: what the permutation p estimates."""
    n, m, dim = 6, 6, 3
    x = rows(n + m, dim, 9, n).astype(np.float64)
    d = cdist(x, x)
    lower = d[np.tril_indices(n + m, -1)]
    k = np.exp(-4 * d / np.sort(lower)[len(lower) // 2])
    values = []
    for first in itertools.combinations(range(n + m), n):
        w = np.full(n + m, -1 / m)
        w[list(first)] = 1 / n
        values.append(w @ k @ w)
    observed = values[0]
    p = np.mean(np.array(values) >= observed - 1e-9)
    return {"n": n, "m": m, "dim": dim, "seed": 9, "mmd_p": float(p)}


def main():
    rng = np.random.default_rng(20261101)
    json.dump({
        "made_by": {"python": platform.python_version(), "numpy": np.__version__,
                    "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "histograms": histogram_vectors(rng),
        "tables": table_vectors(),
        "few": few_vectors(),
        "ks": ks_vectors(),
        "shares": share_vectors(),
        "combinations": combination_vectors(rng),
        "spaces": space_vectors(),
        "exact": exact_vectors(),
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
