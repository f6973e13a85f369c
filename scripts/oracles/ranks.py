"""Rank correlations from SciPy: tests/vectors/ranks.json.

    python scripts/oracles/ranks.py > tests/vectors/ranks.json

rho and p come from scipy.stats.spearmanr; the interval is written out here from
Bonett and Wright, Psychometrika 65 (2000), as SciPy has none.
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


def main():
    random = np.random.default_rng(11)
    cases = []
    for n, slope, digits in [(30, 0.0, 6), (40, 0.7, 6), (60, -1.5, 1), (100, 0.3, 0), (25, 4.0, 1)]:
        x = random.normal(size=n).round(digits)
        y = (slope * x + random.normal(size=n)).round(digits)
        cases.append(case(x, y))
    print(json.dumps({"versions": {"scipy": scipy.__version__, "numpy": np.__version__}, "cases": cases}))


main()
