"""Rank correlations and signed ranks from SciPy: tests/vectors/ranks.json.

    python scripts/oracles/ranks.py > tests/vectors/ranks.json

rho and p come from scipy.stats.spearmanr; the interval is written out here from
Bonett and Wright, Psychometrika 65 (2000), as SciPy has none. Signed ranks are those of
scipy.stats.wilcoxon: by all choices of signs where there are few differences with ties, by its exact law
where there are none, and by the normal law with its correction beyond 100.
"""

import json

import numpy as np
import scipy
from scipy import stats


def case(x, y):
    found = stats.spearmanr(x, y)
    rho, n = float(found.statistic), len(x)
    half = stats.norm.ppf(0.975) * np.sqrt((1 + rho * rho / 2) / (n - 3))
    low, high = np.tanh(np.arctanh(rho) + np.array([-half, half]))
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "rho": rho,
        "p_value": float(found.pvalue),
        "low": float(low),
        "high": float(high),
    }


def signed(differences, **how):
    found = stats.wilcoxon(differences, **how)
    return {"differences": differences.tolist(), "p_value": float(found.pvalue)}


def signed_cases(random):
    all_signs = stats.PermutationMethod(n_resamples=np.inf)
    tied = [random.integers(-3, 5, size=n).astype(float) for n in (8, 12, 16)]
    exact = [random.normal(0.3, size=n).round(9) for n in (20, 50, 100)]
    many = [random.integers(-4, 6, size=n).astype(float) for n in (160, 700)]
    return [
        *[signed(d, method=all_signs) for d in tied],
        *[signed(d, method="exact") for d in exact],
        *[signed(d, method="asymptotic", correction=True) for d in many],
    ]


def main():
    random = np.random.default_rng(11)
    cases = []
    for n, slope, digits in [(30, 0.0, 6), (40, 0.7, 6), (60, -1.5, 1), (100, 0.3, 0), (25, 4.0, 1)]:
        x = random.normal(size=n).round(digits)
        y = (slope * x + random.normal(size=n)).round(digits)
        cases.append(case(x, y))
    versions = {"scipy": scipy.__version__, "numpy": np.__version__}
    print(json.dumps({"versions": versions, "cases": cases, "signed": signed_cases(random)}))


main()
