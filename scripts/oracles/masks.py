"""Numbers of masks from pycocotools and scikit-image: tests/vectors/masks.json.

    python scripts/oracles/masks.py > tests/vectors/masks.json

Areas and bounding boxes of the run-length encoded masks come from pycocotools; parts
(8-connected), holes (parts less the Euler number) and contour length (`perimeter`,
4-neighbourhood) from scikit-image. Polygons are laid out by pycocotools, rings of one mask merged as
its annotations are; random masks are thresholded smooth noise.
"""

import importlib.metadata
import json
from pathlib import Path

import numpy as np
import skimage
from pycocotools import mask as coco
from skimage import measure

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests/data/outputs/masks_results_clean.json"


def numbers(pixels):
    parts = int(measure.label(pixels, connectivity=2).max())
    euler = int(measure.euler_number(pixels, connectivity=2))
    border = pixels.copy()
    border[1:-1, 1:-1] = False
    return {
        "area": int(pixels.sum()),
        "parts": parts,
        "holes": parts - euler,
        "contour_length": float(measure.perimeter(pixels, neighborhood=4)),
        "at_border": int(border.sum()),
    }


def real():
    for result in json.loads(RESULTS.read_text()):
        rle = result["segmentation"]
        found = numbers(coco.decode(rle).astype(bool))
        assert found["area"] == int(coco.area(rle))
        yield found


def random(seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(3, 40, 2)
    noise = rng.normal(size=(height, width))
    smooth = skimage.filters.gaussian(noise, rng.uniform(0.3, 2.0))
    pixels = smooth > np.quantile(smooth, rng.uniform(0.2, 0.9))
    pixels[rng.integers(height), rng.integers(width)] = True
    rle = coco.encode(np.asfortranarray(pixels.astype(np.uint8)))
    plain = np.diff(np.flatnonzero(np.diff(np.r_[2, pixels.ravel("F"), 2])))
    counts = plain.tolist() if not pixels.ravel("F")[0] else [0, *plain.tolist()]
    assert sum(counts) == pixels.size
    return {
        "size": [int(height), int(width)],
        "compressed": rle["counts"].decode(),
        "counts": counts,
        **numbers(pixels),
    }


def polygons(seed):
    """Rings of corners of any order, so many cross themselves; some lie partly outside."""
    rng = np.random.default_rng(1000 + seed)
    height, width = (int(side) for side in rng.integers(5, 60, 2))
    rings = []
    for _ in range(rng.integers(1, 4)):
        corners = rng.integers(3, 9)
        ring = rng.uniform(-0.2, 1.2, (corners, 2)) * [width, height]
        if seed % 3 == 0:
            ring = ring.round()
        rings.append(ring.ravel().round(2).tolist())
    rle = coco.merge(coco.frPyObjects(rings, height, width))
    pixels = coco.decode(rle).astype(bool)
    assert pixels.any()
    return {"size": [height, width], "rings": rings, **numbers(pixels)}


print(
    json.dumps(
        {
            "versions": {
                "pycocotools": importlib.metadata.version("pycocotools"),
                "scikit-image": skimage.__version__,
            },
            "real": list(real()),
            "random": [random(seed) for seed in range(40)],
            "polygons": [polygons(seed) for seed in range(60)],
        },
        indent=1,
    )
)
