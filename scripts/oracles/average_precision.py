"""Average precision from pycocotools: tests/vectors/average_precision.json.

    python scripts/oracles/average_precision.py > tests/vectors/average_precision.json

The detections in darkened photographs against those in the photographs as they are with a score
of at least 0.5, taken for annotations; and made-up boxes among crowds, more of them than are judged.
"""

import contextlib
import importlib.metadata
import io
import json
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

DATA = Path(__file__).resolve().parents[2] / "tests/data/outputs"


def evaluated(drawn, found):
    """By class: what COCOeval says at an overlap of 0.5 of at most 100 detections a class and image."""
    with contextlib.redirect_stdout(io.StringIO()):
        found = drawn.loadRes(found)
        run = COCOeval(drawn, found, "bbox")
        run.params.iouThrs = np.array([0.5])
        run.params.maxDets = [100]
        run.params.areaRng = [[0, 1e10]]
        run.params.areaRngLbl = ["all"]
        run.evaluate()
        run.accumulate()
    classes = {}
    for k, category in enumerate(run.params.catIds):
        precision = run.eval["precision"][0, :, k, 0, 0]
        images = [e for e in run.evalImgs if e and e["category_id"] == category]
        judged = [~e["dtIgnore"][0].astype(bool) for e in images]
        matched = [e["dtMatches"][0] > 0 for e in images]
        classes[drawn.cats[category]["name"]] = {
            "ap50": float(np.mean(precision)),
            "annotated": int(sum((e["gtIgnore"] == 0).sum() for e in images)),
            "detected": len(found.getAnnIds(catIds=[category])),
            "true_positives": int(sum((m & j).sum() for m, j in zip(matched, judged))),
            "false_positives": int(sum((~m & j).sum() for m, j in zip(matched, judged))),
        }
    return classes


def crowded(seed):
    """Few large objects, crowds among them, and more detections than are judged."""
    rng = np.random.default_rng(seed)
    images = [{"id": i, "width": 200, "height": 200} for i in range(4)]
    categories = [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]
    annotations, results = [], []
    for image in images:
        for _ in range(12):
            x, y = (int(v) for v in rng.integers(0, 150, 2))
            w, h = (int(v) for v in rng.integers(10, 50, 2))
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image["id"],
                    "category_id": int(rng.integers(1, 3)),
                    "bbox": [x, y, w, h],
                    "area": w * h,
                    "iscrowd": int(rng.random() < 0.3),
                }
            )
        for _ in range(240):
            near = annotations[-1 - int(rng.integers(12))]
            x, y, w, h = near["bbox"]
            moved = rng.integers(-8, 9, 2) if rng.random() < 0.7 else rng.integers(-60, 61, 2)
            results.append(
                {
                    "image_id": image["id"],
                    "category_id": near["category_id"],
                    "bbox": [x + int(moved[0]), y + int(moved[1]), w, h],
                    # No two alike: equal ones are told apart by their order alone.
                    "score": (len(results) * 7919 % 9973) / 10000,
                }
            )
    return {"images": images, "categories": categories, "annotations": annotations}, results


with contextlib.redirect_stdout(io.StringIO()):
    drawn = COCO(str(DATA / "multi_instances_pseudo.json"))
    synthetic = COCO()
    synthetic.dataset, results = crowded(5)
    synthetic.createIndex()
classes = evaluated(drawn, str(DATA / "multi_results_dark.json"))
print(
    json.dumps(
        {
            "pycocotools": importlib.metadata.version("pycocotools"),
            "classes": classes,
            "crowded": {
                "annotations": json.dumps(synthetic.dataset),
                "results": json.dumps(results),
                "classes": evaluated(synthetic, results),
            },
        },
        indent=1,
    )
)
