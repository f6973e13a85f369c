"""What models say, logged from arrays: the same as the command reads from files."""

from __future__ import annotations

import json

import driftsphere
import numpy as np
import pytest
from conftest import DATA, by_command
from driftsphere import ArgumentError, Profiler

SAID = DATA / "outputs"
LISTED = json.loads((SAID / "multi_instances_images.json").read_text())
IMAGES = LISTED["images"]
PERSONS = json.loads((SAID / "person_instances_images.json").read_text())["images"]
NAMES = {category["id"]: category["name"] for category in LISTED["categories"]}


def detections(results: str, images: list[dict] = IMAGES) -> list[dict]:
    """COCO results as a detector would have returned them, image by image."""
    found = {image["id"]: [] for image in images}
    for one in json.loads((SAID / results).read_text()):
        found[one["image_id"]].append(one)
    return [
        {
            "boxes": np.array([one["bbox"] for one in of_image], float).reshape(-1, 4),
            "scores": np.array([one["score"] for one in of_image]),
            "labels": [NAMES[one["category_id"]] for one in of_image],
        }
        for of_image in found.values()
    ]


def logged(found: list, **settings: object) -> driftsphere.Profile:
    return driftsphere.profile(
        ids=[image["file_name"] for image in IMAGES],
        boxes=found,
        image_sizes=[(image["width"], image["height"]) for image in IMAGES],
        **settings,
    )


@pytest.fixture(scope="module")
def boxes_by_command(tmp_path_factory) -> bytes:
    return by_command(
        tmp_path_factory.mktemp("boxes"),
        SAID / "multi_results_clean.json",
        "--coco-images",
        SAID / "multi_instances_images.json",
    )


def test_boxes_are_learned_as_by_the_command(boxes_by_command) -> None:
    found = detections("multi_results_clean.json")
    assert sum(len(image["boxes"]) for image in found) > 200
    profile = logged(found, box_format="xywh")
    assert profile.objects == ["box"]
    assert profile.to_bytes() == boxes_by_command


def test_classes_may_be_numbers_and_stand_in_the_array(boxes_by_command) -> None:
    index = {name: i for i, name in enumerate(NAMES.values())}
    found = [
        np.column_stack(
            [image["boxes"], image["scores"], [index[name] for name in image["labels"]]]
        )
        for image in detections("multi_results_clean.json")
    ]
    profile = logged(found, box_format="xywh", class_names=list(NAMES.values()))
    assert profile.to_bytes() == boxes_by_command
    # Without names, the numbers are the classes.
    unnamed = logged(found, box_format="xywh")
    assert unnamed != profile
    numbers = [str(i) for i in range(len(NAMES))]
    assert unnamed == logged(found, box_format="xywh", class_names=numbers)


def test_a_class_that_has_no_name_is_refused() -> None:
    box = [0, 0, 4, 4]
    by_name = driftsphere.profile(boxes=[{"boxes": [box], "labels": ["b"]}], image_sizes=[(9, 9)])

    def log(*classes: object, names=("a", "b"), rows: bool = True) -> driftsphere.Profile:
        found = [[[*box, 0.5, number] for number in classes]]
        if not rows:
            found = [{"boxes": [box] * len(classes), "labels": list(classes)}]
        return driftsphere.profile(boxes=found, image_sizes=[(9, 9)], class_names=names)

    for wrong, says in [
        (1.5, "image 0 has a box of class 1.5; .*a whole number"),
        (-1, "image 0 has a box of class -1; .*2 names, of classes 0 to 1"),
        (7, "image 0 has a box of class 7; .*2 names"),
        (float("inf"), "a whole number"),
        (1e300, "a whole number"),
    ]:
        for rows in (True, False):
            with pytest.raises(ArgumentError, match=says):
                log(0, wrong, rows=rows)
    assert log(1, rows=False) == log(1.0, rows=False) == by_name
    # Without names any number is a class, but half of one.
    assert log(7, names=None) == log(7, names=[str(i) for i in range(8)])
    with pytest.raises(ArgumentError, match="class 1.5"):
        log(1.5, names=None)


def test_the_formats_of_boxes_say_the_same() -> None:
    # Whole numbers, with which the sums are exact.
    sides = np.array([[8, 16, 32, 64], [100, 50, 20, 10]], float)
    left, top, width, height = sides.T
    forms = {
        "xywh": sides,
        "xyxy": np.column_stack([left, top, left + width, top + height]),
        "cxcywh": np.column_stack([left + width / 2, top + height / 2, width, height]),
    }
    profiles = [
        driftsphere.profile(boxes=[boxes], image_sizes=[(256, 128)], box_format=name)
        for name, boxes in forms.items()
    ]
    shares = forms["xyxy"] / [256, 128, 256, 128]
    profiles.append(
        driftsphere.profile(boxes=[shares], image_sizes=[(256, 128)], relative_boxes=True)
    )
    assert driftsphere.profile(boxes=[forms["xyxy"]], image_sizes=[(256, 128)]) == profiles[0]
    assert all(profile == profiles[0] for profile in profiles)
    # A tensor of the device, as torchvision has it.
    single = {"boxes": forms["xyxy"].astype(np.float32)}
    assert driftsphere.profile(boxes=[single], image_sizes=[(256, 128)]) == profiles[0]


def test_boxes_that_cannot_be_used_are_counted() -> None:
    boxes = np.array([[0, 0, 9, 9], [5, 5, 5, 9], [np.nan] * 4, [0, 0, np.inf, 1]])
    page = driftsphere.profile(boxes=[boxes, np.zeros((0, 4)), []]).page(verbose=True)
    assert "box without an area" in page
    assert "box with a side that is no finite number" in page
    objects = json.loads(driftsphere.profile(boxes=[boxes, [], []]).to_json())["objects"][0]
    assert objects["records"] == 3


def test_drifted_boxes_are_found() -> None:
    sizes = [(image["width"], image["height"]) for image in PERSONS]
    reference, zoomed = (
        driftsphere.profile(
            boxes=detections(f"person_results_{variant}.json", PERSONS),
            image_sizes=sizes,
            box_format="xywh",
        )
        for variant in ("clean", "zoom")
    )
    answer = driftsphere.compare(reference, zoomed)
    assert answer.verdict == "drift"
    assert any("larger" in finding["sentence"] for finding in answer.findings)


@pytest.fixture(scope="module")
def scored() -> dict:
    with np.load(SAID / "scores.npz") as file:
        return dict(file)


def test_score_vectors_are_learned_as_by_the_command(tmp_path, scored) -> None:
    stored = by_command(tmp_path, SAID / "scores.npz", "--scores", "proba", "--labels", "label")
    profile = driftsphere.profile(scores=scored["proba"], labels=scored["label"])
    assert {"top score", "margin", "entropy", "right"} <= set(profile.features)
    assert profile.objects == ["prediction"]
    assert profile.to_bytes() == stored
    in_batches = Profiler()
    for part in np.array_split(np.arange(len(scored["proba"])), 7):
        in_batches.log(scores=scored["proba"][part], labels=scored["label"][part])
    assert in_batches.profile().to_bytes() == stored


def test_logits_and_names_of_classes(tmp_path, scored) -> None:
    logits = np.log(scored["proba"].astype(np.float32) + 1e-3)
    names = [f"digit {i}" for i in range(10)]
    labels = np.array(names)[scored["label"].astype(int)]
    np.savez(tmp_path / "logits.npz", logits=logits, label=labels)
    (tmp_path / "names.txt").write_text("\n".join(names))
    stored = by_command(
        tmp_path, tmp_path / "logits.npz", "--scores", "logits", "--labels", "label",
        "--logits", "--classes", tmp_path / "names.txt",
    )
    profile = driftsphere.profile(scores=logits, labels=labels, logits=True, class_names=names)
    assert "energy" in profile.features
    assert profile.to_bytes() == stored
    # As lists, too.
    assert driftsphere.profile(
        scores=logits[:9].tolist(), labels=labels[:9], logits=True, class_names=names
    ) == driftsphere.profile(
        scores=logits[:9], labels=labels[:9], logits=True, class_names=names
    )


def test_vectors_that_are_no_probabilities_are_counted() -> None:
    some = np.array([[0.5, 0.5], [3.0, 1.0], [np.nan, 1.0]])
    page = driftsphere.profile(scores=some).page(verbose=True)
    assert "scores that are no probabilities" in page
    assert "scores with NaN or an infinity" in page
    # However they are divided, it is the same profile; a batch without any is worth a warning.
    whole, parts = Profiler(), Profiler()
    whole.log(scores=some)
    parts.log(scores=some[:1])
    with pytest.warns(UserWarning, match="logits=True"):
        parts.log(scores=some[1:])
    assert whole.profile().to_bytes() == parts.profile().to_bytes()
    # A class that was ruled out.
    masked = driftsphere.profile(scores=np.array([[1.0, -np.inf, 0.0]]), logits=True)
    assert "scores with NaN" not in masked.page(verbose=True)


WRONG = [
    (lambda: Profiler().log(boxes=[None]), "image 0 has no boxes; .* an empty array"),
    (lambda: Profiler().log(boxes=[np.zeros((2, 3))]), r"image 0 has boxes of shape \[2, 3\]"),
    (lambda: Profiler().log(boxes=[{"box": []}]), "image 0 has no `boxes`"),
    (
        lambda: Profiler().log(boxes=[{"boxes": np.ones((2, 4)), "scores": [1.0]}]),
        "2 boxes, and scores or labels of 1",
    ),
    (lambda: Profiler().log(boxes=[[]], image_sizes=[1]), r"\(width, height\)"),
    (lambda: Profiler().log(boxes=[[]], image_sizes=[[1, 2], [3, 4]]), "each of 1 images"),
    (lambda: Profiler().log(ids=["a"], image_sizes=[[1, 2]]), "for boxes, and there are none"),
    (lambda: Profiler().log(ids=["a"], boxes=[[], []]), "2 records for 1 rows|1 values for 2"),
    (lambda: Profiler(box_format="yolo"), "xyxy, xywh or cxcywh, not yolo"),
    (lambda: Profiler().log(scores=np.full((2, 2), 0.5), labels=["a"]), "1 labels for 2"),
]


@pytest.mark.parametrize("wrong,says", WRONG)
def test_a_wrong_argument_says_what_and_where(wrong, says) -> None:
    with pytest.raises(ArgumentError, match=says):
        wrong()
