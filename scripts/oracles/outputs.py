"""What detections say by photograph, from SciPy: tests/vectors/outputs.json.

    python scripts/oracles/outputs.py > tests/vectors/outputs.json

Each photograph counts once: how many boxes it has, and the means over its boxes of their score, relative
area, and of whether they touch the border (within 0.5 % of a side). The p-values are those of ks_2samp and
mannwhitneyu between the photographs as they are and zoomed or darkened; of counts, which each
photograph has, that of wilcoxon photograph by photograph as well.
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
    means = np.array([np.mean(own, axis=0) for own in boxes.values() if own])
    names = ["box score", "box relative area", "box touches border"]
    columns = {name: means[:, at] for at, name in enumerate(names)}
    return {"box count": np.array([len(own) for own in boxes.values()]), **columns}


def compared(task, variant):
    clean, other = by_image(task, "clean"), by_image(task, variant)
    return {
        name: {
            "photographs": [len(clean[name]), len(other[name])],
            "means": [float(np.mean(side[name])) for side in (clean, other)],
            "ks": float(stats.ks_2samp(clean[name], other[name]).pvalue),
            "mann_whitney": float(stats.mannwhitneyu(clean[name], other[name]).pvalue),
            **(
                {"wilcoxon": float(stats.wilcoxon(clean[name], other[name]).pvalue)}
                if name == "box count"
                else {}
            ),
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
