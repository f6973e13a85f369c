"""Vectors for tests/sphere_sketch_vectors/, from scikit-learn, SciPy, NumPy
and exact arithmetic.

Made with the versions that the file names under "made_by":

    python scripts/oracles/sphere_sketch.py > tests/vectors/sphere_sketch.json

Long inputs are not stored: both sides make them from SplitMix64 (rows() and
stream() here and in the test), exactly. Where the last bit matters, vectors are
stored as whole multiples of 2^-52 and values as the bits of a double: serde_json
reads a decimal to within one unit in the last place only.
"""

import json
import math
import platform
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq
from scipy.spatial.distance import cdist
from scipy.stats import chi2, ncx2
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin_min

getcontext().prec = 60
M64 = (1 << 64) - 1
# 64 bits of mantissa on x86: the 11 bits more are the margin of the answers.
WIDE = np.longdouble
assert np.finfo(WIDE).nmant > 52, "needs a long double wider than a double"


def mix(x):
    x = (x * 0x9E3779B97F4A7C15) & M64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & M64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & M64
    return x ^ (x >> 31)


def rows(n, dim, seed, lean=0.0):
    """f32 rows in [-1/2, 1/2) around `lean`, at scales 1/32, 1 and 32 in turn."""
    out = np.empty((n, dim), dtype=np.float32)
    for i in range(n):
        for j in range(dim):
            x = (mix((seed << 40) + i * dim + j) >> 42) / 2**22 - 0.5 + lean
            out[i, j] = np.float32(x * 32.0 ** (i % 3 - 1))
            assert float(out[i, j]) == x * 32.0 ** (i % 3 - 1)
    return out


def unit(x):
    x = x.astype(WIDE)
    return x / np.sqrt((x * x).sum(axis=1, keepdims=True))


def floats(x):
    return [float(v) for v in x]


def bits(x):
    """The doubles as integers, where the last bit decides."""
    return np.asarray(x, dtype=np.float64).view(np.int64).tolist()


def nearest_vectors():
    out = []
    for n, k, dim, seed in [(150, 5, 2, 1), (150, 25, 17, 2), (100, 40, 64, 3), (60, 12, 300, 4)]:
        x, c = unit(rows(n, dim, seed)), unit(rows(k, dim, seed + 100))
        index, distance = pairwise_distances_argmin_min(x.astype(float), c.astype(float))
        # The class of row i is i mod k; c' is the nearest other centre.
        full = cdist(x.astype(float), c.astype(float))
        own = np.arange(n) % k
        other = full.copy()
        other[np.arange(n), own] = np.inf
        between = c[own] - c[other.argmin(1)]
        gap = np.sqrt((between * between).sum(1))
        out.append({
            "n": n, "k": k, "dim": dim, "seed": seed,
            "index": index.tolist(), "half_chord": floats(distance / 2),
            "own": floats(full[np.arange(n), own] / 2),
            "boundary": floats((x * between).sum(1) / gap),
            "smallest_gap": float(gap.min()),
        })
    return out


def close_centres():
    """Centres that an f32 product cannot tell apart: decided in f64 by cdist,
    which sums squares of differences, and checked in long double. Some 2^-23
    apart the products differ and mostly point to the wrong one; 2^-31 apart all
    centres are the same in f32."""
    out = []
    for exponent in [28, 36]:
        n, k, dim, seed = 200, 8, 24, 9
        x = unit(rows(n, dim, seed))
        base, noise = rows(1, dim, seed + 100), rows(k, dim, seed + 101)
        noise = np.array([noise[i].astype(float) * 32.0 ** (1 - i % 3) for i in range(k)])
        # The base has scale 1/32.
        c = unit(base.astype(float) + noise * 2.0**-exponent)
        index = cdist(x.astype(float), c.astype(float)).argmin(1)
        squares = ((x[:, None, :] - c[None]) ** 2).sum(2)
        order = np.sort(squares, axis=1)
        assert (squares.argmin(1) == index).all()
        assert (order[:, 1] - order[:, 0]).min() > 2e-14
        out.append({"n": n, "k": k, "dim": dim, "seed": seed, "exponent": exponent,
                    "index": index.tolist()})
    return out


def cluster_vectors(rng):
    centres = rng.normal(size=(4, 5))
    sizes = [34, 27, 21, 14]
    x = np.concatenate([c + 0.15 * rng.normal(size=(s, 5)) for c, s in zip(centres, sizes)])
    x = np.round(rng.permutation(x), 3).astype(np.float32)
    model = KMeans(n_clusters=4, n_init=20, random_state=0).fit(unit(x).astype(float))
    assert sorted(np.bincount(model.labels_)) == sorted(sizes)
    return {"rows": [[round(float(v), 3) for v in row] for row in x],
            "labels": model.labels_.tolist(), "inertia": float(model.inertia_),
            "centres": [floats(c) for c in model.cluster_centers_]}


def direction_vectors():
    out = []
    for n, dim, seed, lean in [(400, 3, 21, 0.0), (300, 16, 22, 0.25), (250, 64, 23, 2.0), (1, 5, 24, 0.0),
                              (1, 2, 26, 0.0), (1, 64, 27, 0.0)]:
        x = unit(rows(n, dim, seed, lean))
        mean = x.mean(axis=0)
        length = np.sqrt((mean * mean).sum())
        concentration = length * (dim - length**2) / (1 - length**2) if n > 1 else None
        out.append({"n": n, "dim": dim, "seed": seed, "lean": lean, "mean": floats(mean),
                    "resultant_length": float(length), "direction": floats(mean / length),
                    "concentration": None if n == 1 else float(concentration)})
    return out


def stream(kind, n, seed):
    out = np.empty(n)
    for i in range(n):
        x = mix((seed << 40) + i)
        u = (x >> 11) / 2.0**53
        out[i] = {
            "uniform": 1.0 + (x >> 12) / 2.0**52,
            "unit": u,
            "signed": u - 0.5,
            "octaves": math.ldexp(u + 1.0, (x & 63) - 32) * (1 if x & 64 else -1),
            "far": math.ldexp(u + 1.0, (x & 1023) - 511),
            "few": (x % 301 - 150) / 8.0,
            "one": 0.1,
        }[kind]
    return out


def part(value, m):
    """Sign, octave and which of its 2^m parts a normal value lies in; for m < 0,
    2^-m octaves lie together. Zero lies below all octaves."""
    if value == 0.0:
        return (False, 0, 0)
    mantissa, exponent = math.frexp(value)
    octave = exponent + 1022
    if m < 0:
        return (value < 0 and octave >> -m > 0, octave >> -m, 0)
    return (value < 0, octave, math.floor((abs(mantissa) * 2 - 1) * 2**m))


def quantile_vectors():
    ranks = [0.0, 1 / 4096, 0.001, 1 / 64, 0.02, 0.1, 0.25, 1 / 3, 0.5, 0.625, 0.7, 0.9, 63 / 64, 0.999, 1.0]
    out = []
    for kind, n, cap, seed in [
        ("uniform", 16384, 512, 31), ("unit", 16384, 4096, 32), ("signed", 16384, 512, 33),
        ("octaves", 16384, 4096, 34), ("octaves", 16384, 64, 35), ("far", 4096, 32, 36),
        ("few", 4096, 512, 37), ("few", 4096, 64, 38), ("one", 64, 2, 39), ("unit", 500, 512, 40),
        ("unit", 512, 512, 41), ("unit", 513, 512, 41), ("unit", 100, 512, 42),
    ]:
        x = stream(kind, n, seed)
        x_sorted = np.sort(x)
        quantiles = np.quantile(x, ranks, method="inverted_cdf")
        if n == 100:
            # The rank i / 100 is that of the i-th value, although 100 * 0.07 > 7
            # in doubles and NumPy takes the 8th: the definition word by word.
            ranks = [i / n for i in range(n + 1)]
            quantiles = [next(v for i, v in enumerate(x_sorted, 1) if i / n >= rank) for rank in ranks]
        # Values of the stream, values between two of them, and both outsides.
        asked = np.unique(np.concatenate([
            x_sorted[:: n // 12], (x_sorted[:-1:n // 9] + x_sorted[1::n // 9]) / 2,
            [x_sorted[0] - 1, x_sorted[0], x_sorted[-1], x_sorted[-1] + 1, 0.0]]))
        below = [int((x <= value).sum()) for value in asked]
        # The finest parts of octaves that fit the cap: more than that would
        # not be kept, fewer would break the promise.
        distinct = len(np.unique(x))
        m = 52
        while len({part(v, m) for v in x}) > cap:
            m -= 1
        out.append({"kind": kind, "n": n, "cap": cap, "seed": seed, "distinct": distinct, "m": m,
                    "parts": len({part(v, m) for v in x}),
                    "ranks": bits(ranks), "quantiles": bits(quantiles),
                    "asked": bits(asked), "below": below,
                    "mean": math.fsum(x) / n, "sd": float(np.std(x.astype(WIDE), ddof=1))})
    return out


def detectable_vectors():
    out = []
    for cells, n, m in [
        (2, 1000, 1000), (3, 1000, 300), (4, 500, 2000), (5, 10**6, 10**4), (6, 1000, 1000), (10, 300, 10**5),
        (20, 1000, 1000), (50, 3000, 1000), (100, 10**4, 10**4), (200, 10**4, 3000), (1000, 10**5, 10**5),
        (10**4, 10**6, 10**6),
    ]:
        k = cells - 1
        point = chi2.ppf(0.95, k)
        excess = brentq(lambda v: ncx2.sf(point, k, v) - 0.8, 1e-3, 1e6, xtol=1e-9, rtol=1e-12)
        assert abs(ncx2.sf(point, k, excess) - 0.8) < 1e-9
        out.append({"cells": cells, "n": n, "m": m, "tv": 0.5 * math.sqrt(excess * (n + m) / (n * m))})
    return out


def whole(vector):
    """The unit vector along `vector` to the nearest multiples of 2^-52."""
    v = [Decimal(float(x)) for x in vector]
    norm = sum(x * x for x in v).sqrt()
    return [int((x / norm * 2**52).to_integral_value()) for x in v]


def squared(a, b):
    return Fraction(sum((x - y) ** 2 for x, y in zip(a, b)), 2**104)


def decimal(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def decimal_asin(x):
    """asin by its power series, to 50 digits; 0 <= x <= 1."""
    if x > Decimal("0.75"):  # asin x = 2 asin sqrt((1 - sqrt(1 - x^2)) / 2)
        return 2 * decimal_asin(((1 - (1 - x * x).sqrt()) / 2).sqrt())
    total = term = x
    n = 0
    while abs(term) > total * Decimal(10) ** -50:
        n += 1
        term = term * x * x * (2 * n - 1) * (2 * n - 1) / (2 * n * (2 * n + 1))
        total += term
    return total


PI = 6 * decimal_asin(Decimal("0.5"))


def pair_vectors(rng):
    """Unit vectors from apart to a few 2^-52 together, and antipodes."""
    out = []
    for dim in [2, 3, 33]:
        for apart in [None, 1.0, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15, "antipode"]:
            a = rng.normal(size=dim)
            a /= np.linalg.norm(a)
            turn = rng.normal(size=dim)
            turn -= turn @ a * a
            turn /= np.linalg.norm(turn)
            b = {None: turn, "antipode": -a}.get(apart)
            first = whole(a)
            if b is not None:
                second = whole(b)
            else:
                second = [x + round(y * apart * 2**52) for x, y in zip(first, turn)]
                if apart > 1e-7:  # the step along a tangent has left the sphere
                    second = whole([x / 2**52 for x in second])
            square = squared(first, second)
            half = min(decimal(square).sqrt() / 2, Decimal(1))
            out.append({"first": first, "second": second, "squared_chord": float(square),
                        "half_chord": float(half), "cosine": float(decimal(square) / 4),
                        "angular": float(2 * decimal_asin(half) / PI)})
    return out


def row_vectors(rng):
    """f32 rows against centres near and far: |v / |v| - c|^2, exactly."""
    out = []
    for dim in [2, 40]:
        for apart in [1.0, 1e-4, 1e-7, 1e-10, 1e-13]:
            row = rng.integers(-2**20, 2**20, size=dim)
            v = [Decimal(int(x)) for x in row]
            norm = sum(x * x for x in v).sqrt()
            centre = whole([x + apart * float(norm) * y for x, y in zip(row, rng.normal(size=dim))])
            square = sum((x / norm - Decimal(c) / 2**52) ** 2 for x, c in zip(v, centre))
            out.append({"row": row.tolist(), "centre": centre, "squared_chord": float(square),
                        "norm": float(norm)})
    return out


def boundary_vectors(rng):
    """x.(c - c') / |c - c'|, by the projection itself and not by chords."""
    out = []
    for dim in [2, 12]:
        for apart in [1.0, 1e-2, 1e-4, 1e-6]:
            c = rng.normal(size=dim)
            c /= np.linalg.norm(c)
            own, other = whole(c), whole(c + apart * rng.normal(size=dim))
            for row in [whole(rng.normal(size=dim)), own, other]:
                along = sum(x * (a - b) for x, a, b in zip(row, own, other))
                gap = decimal(squared(own, other)).sqrt()
                out.append({"row": row, "own": own, "other": other, "gap": float(gap),
                            "boundary": float(Decimal(along) / 2**104 / gap)})
    return out


def main():
    rng = np.random.default_rng(20261124)
    sections = {
        "made_by": {"python": platform.python_version(), "numpy": np.__version__,
                    "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "nearest": nearest_vectors(),
        "close_centres": close_centres(),
        "clusters": cluster_vectors(rng),
        "directions": direction_vectors(),
        "quantiles": quantile_vectors(),
        "detectable": detectable_vectors(),
        "pairs": pair_vectors(rng),
        "rows": row_vectors(rng),
        "boundaries": boundary_vectors(rng),
    }
    # One section a line: small, and a change shows where it is.
    lines = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in sections.items())
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
