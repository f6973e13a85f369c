"""What detections say by photograph, from SciPy: tests/vectors/outputs.json.

    python scripts/oracles/outputs.py > tests/vectors/outputs.json

Each photograph counts once: how many boxes it has, and the means over its boxes of their score, relative
area, and of whether they touch the border (within 0.5 % of a side). The p-values are those of ks_2samp and
mannwhitneyu between the photographs as they are and zoomed or darkened, and that of wilcoxon (normal law with its
correction from 100 changes on, else all signs counted out) photograph by photograph, for those that have boxes in both. A change
of less than a tenth of what matters (0.2 sd, or for counts a tenth of the mean if that is less) is none.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

DATA = Path(__file__).resolve().parents[2] / "tests/data/outputs"


def read(name):
    return json.loads((DATA / f"{name}.json").read_text())


def by_image(task, variant):
    images = {image["id"]: image for image in read(f"{task}_instances_images")["images"]}
    boxes = {image: [] for image in images}
    for result in read(f"{task}_results_{variant}"):
        image = images[result["image_id"]]
        x, y, w, h = np.array(result["bbox"]) / ([image["width"], image["height"]] * 2)
        if w > 0 and h > 0:
            gap = min(x, y, 1 - x - w, 1 - y - h)
            boxes[image["id"]].append([result["score"], w * h, gap <= 0.005])
    names = ["box score", "box relative area", "box touches border"]
    means = {image: dict(zip(names, np.mean(own, axis=0))) for image, own in boxes.items() if own}
    columns = {name: {image: of[name] for image, of in means.items()} for name in names}
    return {"box count": {image: len(own) for image, own in boxes.items()}, **columns}


def record_by_record(name, clean, other):
    both = [image for image in clean if image in other]
    differences = np.array([other[image] - clean[image] for image in both], dtype=float)
    values = np.array(list(clean.values()))
    matters = 0.2 * np.std(values)
    if name == "box count":
        matters = min(matters, 0.1 * np.mean(values))
    differences[np.abs(differences) < matters / 10] = 0
    changed = int(np.count_nonzero(differences))
    if changed == 0:
        p = 1.0
    elif changed > 100:
        p = stats.wilcoxon(differences, method="asymptotic", correction=True).pvalue
    else:
        p = all_signs(differences[differences != 0])
    return {
        "wilcoxon": float(p),
        "both": len(both),
        "rose": int(np.sum(differences > 0)),
        "fell": int(np.sum(differences < 0)),
    }


def all_signs(differences):
    """The law of the sum of ranks, ties included, as a product of polynomials (SciPy draws it at random)."""
    ranks = np.rint(2 * stats.rankdata(np.abs(differences))).astype(int)
    law = np.array([1.0])
    for rank in ranks:
        step = np.zeros(rank + 1)
        step[[0, rank]] = 0.5
        law = np.convolve(law, step)
    up = ranks[differences > 0].sum()
    return min(1.0, 2 * min(law[: up + 1].sum(), law[up:].sum()))


def compared(task, variant):
    clean, other = by_image(task, "clean"), by_image(task, variant)

    def sides(name):
        return [np.array(list(side[name].values())) for side in (clean, other)]

    return {
        name: {
            "photographs": [len(clean[name]), len(other[name])],
            "means": [float(np.mean(side)) for side in sides(name)],
            "ks": float(stats.ks_2samp(*sides(name)).pvalue),
            "mann_whitney": float(stats.mannwhitneyu(*sides(name)).pvalue),
            **record_by_record(name, clean[name], other[name]),
        }
        for name in clean
    }


print(
    json.dumps(
        {
            "scipy": scipy.__version__,
            **{
                task: {variant: compared(task, variant) for variant in ("zoom", "dark")}
                for task in ("person", "multi", "haar")
            },
        },
        indent=1,
    )
)
