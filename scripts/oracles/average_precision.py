"""Average precision from pycocotools: tests/vectors/average_precision.json.

    python scripts/oracles/average_precision.py > tests/vectors/average_precision.json

The detections in darkened photographs against those in the photographs as they are with a score
of at least 0.5, taken for annotations: COCOeval's precision at an overlap of 0.5, all areas,
at most 1,000 detections an image, by class; true positives are counted without a limit on scores.
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

with contextlib.redirect_stdout(io.StringIO()):
    drawn = COCO(str(DATA / "multi_instances_pseudo.json"))
    found = drawn.loadRes(str(DATA / "multi_results_dark.json"))
    run = COCOeval(drawn, found, "bbox")
    run.params.iouThrs = np.array([0.5])
    run.params.maxDets = [1000]
    run.params.areaRng = [[0, 1e10]]
    run.params.areaRngLbl = ["all"]
    run.evaluate()
    run.accumulate()

classes = {}
for k, category in enumerate(run.params.catIds):
    precision = run.eval["precision"][0, :, k, 0, 0]
    images = [e for e in run.evalImgs if e and e["category_id"] == category]
    classes[drawn.cats[category]["name"]] = {
        "ap50": float(np.mean(precision)),
        "annotated": int(sum(len(e["gtIds"]) for e in images)),
        "detected": int(sum(len(e["dtIds"]) for e in images)),
        "true_positives": int(sum((e["dtMatches"][0] > 0).sum() for e in images)),
    }
print(
    json.dumps(
        {"pycocotools": importlib.metadata.version("pycocotools"), "classes": classes}, indent=1
    )
)
