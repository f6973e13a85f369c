"""Pictures, logged from paths, bytes, Pillow and arrays."""

from __future__ import annotations

import io
import json
from pathlib import Path

import driftsphere
import numpy as np
import pytest
from conftest import DATA, by_command
from driftsphere import ArgumentError, ImageOptions, IncompatibleError, InputError, Profiler
from PIL import Image, ImageOps

FOLDER = DATA / "images"
PATHS = sorted(
    path for path in FOLDER.iterdir() if path.suffix not in (".csv", ".md")
)
NAMES = [path.name for path in PATHS]


def feature(profile: driftsphere.Profile, name: str) -> dict:
    """What a profile says of a feature."""
    (found,) = [f for f in json.loads(profile.to_json())["features"] if f["name"] == name]
    return found


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> Path:
    """A folder of pictures, three of them damaged in different ways."""
    folder = tmp_path_factory.mktemp("photos")
    for path in PATHS[:8]:
        (folder / path.name).write_bytes(path.read_bytes())
    moon = (FOLDER / "skimage__moon.png").read_bytes()
    (folder / "cut.png").write_bytes(moon[:5000])
    (folder / "header.png").write_bytes(moon[:20])
    (folder / "empty.png").write_bytes(b"")
    return folder


def test_pictures_are_learned_as_by_the_command(tmp_path) -> None:
    stored = by_command(tmp_path, FOLDER)
    # The command counts what is no picture in the folder; a list of paths has none.
    whole = driftsphere.profile(images=PATHS, ids=NAMES, threads=2)
    profiler = Profiler()
    for path in PATHS:
        profiler.log(images=[path.read_bytes()], ids=[path.name])
    others = [path for path in FOLDER.iterdir() if path not in PATHS]
    for learned in (whole, profiler.profile()):
        profiler = Profiler(like=learned)
        profiler.skip("picture of unknown format", len(others))
        assert learned.merge(profiler.profile()).to_bytes() == stored


def test_pictures_that_cannot_be_read_are_counted_as_by_the_command(tmp_path, broken) -> None:
    paths = sorted(broken.iterdir())
    listed = tmp_path / "list.csv"
    listed.write_text("path\n" + "\n".join(str(path) for path in paths))
    stored = by_command(tmp_path, listed, "--as", "images")
    profile = driftsphere.profile(images=[str(path) for path in paths])
    assert profile.records == len(paths) - 2
    assert "picture of no bytes" in str(profile)
    assert profile.to_bytes() == stored


def test_options_are_those_of_the_command(tmp_path) -> None:
    stored = by_command(
        tmp_path, PATHS[0], PATHS[1], "--model-input", "224x224", "--sample-pixels", "4096",
        "--exif-deny", "make",
    )
    options = ImageOptions(model_input=(224, 224), sample_pixels=4096, exif_deny=["make"])
    images = [str(PATHS[0]), str(PATHS[1])]
    profile = driftsphere.profile(images=images, image_options=options)
    assert "exif.make" not in profile.features
    assert profile.to_bytes() == stored
    headers = driftsphere.profile(images=images, image_options=ImageOptions(pixels=False))
    assert not any(name.startswith("pixels.") for name in headers.features)
    # Followed without being named again.
    assert driftsphere.profile(images=images, like=profile) == profile
    with pytest.raises(IncompatibleError, match="sample pixels: 4096; asked for: 8192"):
        Profiler(like=profile, image_options=ImageOptions(sample_pixels=8192))


def test_pillow_and_arrays_have_the_pixels_of_the_file() -> None:
    for name in ["skimage__moon.png", "made__rgba.png", "made__rgb16.png", "made__palette.png"]:
        path = FOLDER / name
        of_file = driftsphere.profile(images=[path])
        with Image.open(path) as image:
            of_pillow = driftsphere.profile(images=[image])
            forms = [of_pillow] if name != "made__rgb16.png" else []
            array = np.asarray(image)
            if image.mode in ("L", "RGB", "RGBA") and name != "made__rgb16.png":
                forms.append(driftsphere.profile(images=[array]))
                forms.append(driftsphere.profile(images=array[None]))
        for learned in forms:
            for measure in ["file.width", "pixels.brightness", "pixels.entropy", "pixels.noise"]:
                assert feature(learned, measure) == feature(of_file, measure), (name, measure)


def test_an_image_of_pillow_brings_its_exif_and_is_turned() -> None:
    path = FOLDER / "pillow__hopper_orientation_6.jpg"
    of_file = driftsphere.profile(images=[path])
    with Image.open(path) as image:
        learned = driftsphere.profile(images=[image])
        turned = driftsphere.profile(images=[ImageOps.exif_transpose(image)])
    for profile in (learned, turned):
        for measure in ["file.width", "file.height"]:
            assert feature(profile, measure) == feature(of_file, measure)
    exif = {name for name in of_file.features if name.startswith("exif.")}
    assert exif and exif <= set(learned.features)
    assert "exif.gps_latitude" not in learned.features


def stored(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


def states(profile: driftsphere.Profile) -> dict[str, int]:
    return {v["name"]: v["count"] for v in feature(profile, "file.pixels")["values"]}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "BMP"])
def test_an_image_of_pillow_that_ends_too_early_is_counted_as_its_bytes_are(form) -> None:
    whole = stored(Image.fromarray(noise(60, 40, 3)), form)
    cut = whole[: len(whole) * 2 // 3]
    of_bytes = driftsphere.profile(images=[whole, cut])
    of_pillow = driftsphere.profile(images=[Image.open(io.BytesIO(b)) for b in (whole, cut)])
    assert of_pillow.records == of_bytes.records == 2
    assert states(of_pillow) == states(of_bytes) == {"read": 1, "truncated": 1}
    for measure in ("file.width", "file.height", "file.aspect"):
        assert feature(of_pillow, measure) == feature(of_bytes, measure)
    assert not {"file.format", "file.bytes", "file.bit_depth"} & set(of_pillow.features)
    assert feature(of_pillow, "pixels.brightness")["missing"] == 1


def test_damaged_images_of_pillow_cost_themselves_alone(tmp_path, monkeypatch) -> None:
    damaged = bytearray(stored(Image.fromarray(noise(60, 40, 3)), "PNG"))
    damaged[200:240] = bytes(40)
    profile = driftsphere.profile(images=[Image.open(io.BytesIO(damaged)), noise(9, 9)])
    assert profile.records == 2 and states(profile) == {"damaged": 1}
    # Bombs, and a disk that fails.
    path = tmp_path / "a.png"
    Image.fromarray(noise(60, 40, 3)).save(path)
    for error, state in [
        (Image.DecompressionBombError("too large"), "too many pixels"),
        (OSError(5, "Input/output error"), "unreadable"),
        (SyntaxError("broken PNG file"), "damaged"),
        (EOFError("no more"), "truncated"),
    ]:
        image = Image.open(path)

        def load(error=error) -> None:
            raise error

        monkeypatch.setattr(image, "load", load)
        with image:
            assert states(driftsphere.profile(images=[image])) == {state: 1}
    closed = Image.open(path)
    closed.close()
    with pytest.raises(ArgumentError, match="picture 1 cannot be read: .*closed") as caught:
        Profiler().log(images=[noise(9, 9), closed])
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_truncated_image_of_pillow_keeps_its_exif_and_is_turned() -> None:
    cut = (FOLDER / "pillow__hopper_orientation_6.jpg").read_bytes()[:-3000]
    of_bytes = driftsphere.profile(images=[cut])
    of_pillow = driftsphere.profile(images=[Image.open(io.BytesIO(cut))])
    assert states(of_pillow) == states(of_bytes) == {"truncated": 1}
    exif = {name for name in of_bytes.features if name.startswith("exif.")}
    assert exif and exif == {name for name in of_pillow.features if name.startswith("exif.")}
    for name in (*exif, "file.width", "file.height"):
        assert feature(of_pillow, name) == feature(of_bytes, name)


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_tiff_of_pillow_brings_its_exif(orientation) -> None:
    tags = {271: "Driftcam", 272: "DC-2", 274: orientation}
    exif = Image.Exif()
    exif.update(tags)
    whole = stored(Image.fromarray(noise(60, 40, 3)), "TIFF", exif=exif)
    for data in (whole, whole[:-900]):
        of_bytes = driftsphere.profile(images=[data])
        image = Image.open(io.BytesIO(data))
        of_pillow = driftsphere.profile(images=[image])
        again = driftsphere.profile(images=[image])  # which is loaded by now
        for name in ("exif.make", "exif.model", "file.width", "file.height"):
            expected = feature(of_bytes, name)
            assert feature(of_pillow, name) == feature(again, name) == expected
        if data is whole:
            measure = "pixels.brightness"
            assert feature(of_pillow, measure) == feature(of_bytes, measure)


def test_floats_beyond_their_range_are_refused() -> None:
    bright = np.random.default_rng(0).random((30, 30, 3)) * 255
    with pytest.raises(ArgumentError, match=r"beyond the range 0 to 1 .*float_range.*picture 1"):
        driftsphere.profile(images=[bright / 255, bright])
    learned = driftsphere.profile(images=[bright], image_options=ImageOptions(float_range=(0, 255)))
    mean = feature(learned, "pixels.brightness")["numbers"]["mean"]
    assert mean == pytest.approx(127.5, abs=3)
    for wrong in (np.full((9, 9), -0.02), np.full((9, 9), 1.02)):
        with pytest.raises(ArgumentError, match="samples are -?[01].02 to"):
            driftsphere.profile(images=[wrong])
    # Filters overshoot a little.
    near = np.linspace(-0.009, 1.009, 81).reshape(9, 9)
    assert driftsphere.profile(images=[near]).records == 1
    # One range for all, or none.
    with pytest.raises(ArgumentError, match="beyond the range 0 to 255"):
        options = ImageOptions(float_range=(0, 255))
        driftsphere.profile(images=[bright - 50], image_options=options)
    with pytest.raises(ArgumentError, match="beyond the range 0 to 1"):
        driftsphere.profile(images=[Image.fromarray(bright[:, :, 0].astype(np.float32))])


def test_files_of_floats_have_the_range_that_is_stated() -> None:
    counts = np.random.default_rng(0).integers(0, 256, (30, 40)).astype(np.float32)
    file = io.BytesIO()
    Image.fromarray(counts).save(file, format="TIFF")
    options = ImageOptions(float_range=(0, 255))
    of_file = driftsphere.profile(images=[file.getvalue()], image_options=options)
    of_array = driftsphere.profile(images=[counts], image_options=options)
    measure = "pixels.brightness"
    assert feature(of_file, measure) == feature(of_array, measure)
    # Another window is read as the one that it follows.
    again = driftsphere.profile(images=[file.getvalue()], like=of_file)
    assert feature(again, measure) == feature(of_file, measure)
    with pytest.raises(ArgumentError, match="black is a number below white"):
        ImageOptions(float_range=(1, 1))


def test_the_layout_and_depth_of_arrays_leave_no_trace() -> None:
    rng = np.random.default_rng(0)
    hwc = rng.integers(0, 256, (20, 24, 3), dtype=np.uint8)
    chw = np.ascontiguousarray(hwc.transpose(2, 0, 1))
    expected = driftsphere.profile(images=[hwc])
    assert driftsphere.profile(images=[chw]) == expected
    assert driftsphere.profile(images=[hwc[::-1][::-1]]) == expected
    assert driftsphere.profile(images=chw[None], image_options=ImageOptions(layout="chw")) == expected
    grey = hwc[:, :, 0]
    assert driftsphere.profile(images=[grey]) == driftsphere.profile(images=[grey[:, :, None]])
    # 257 x 255 is 65535, so 16 bits and floats have the levels of 8.
    deep = driftsphere.profile(images=[hwc.astype(np.uint16) * 257])
    floats = driftsphere.profile(images=[hwc.astype(np.float64) / 255])
    ranged = driftsphere.profile(
        images=[hwc.astype(np.float16)], image_options=ImageOptions(float_range=(0, 255))
    )
    brightness = feature(expected, "pixels.brightness")["numbers"]["mean"]
    for other in (deep, floats, ranged):
        mean = feature(other, "pixels.brightness")["numbers"]["mean"]
        assert mean == pytest.approx(brightness, abs=0.01)


def test_pictures_go_with_everything_else(rows) -> None:
    frames = np.zeros((4, 30, 40, 3), np.uint8)
    boxes = [[[0, 0, 40, 30]]] * 4
    profile = driftsphere.profile(rows[:4], images=frames, boxes=boxes, labels=list("abab"))
    # The size of an image is known from its picture.
    assert profile == driftsphere.profile(
        rows[:4], images=frames, boxes=boxes, image_sizes=[(40, 30)] * 4, labels=list("abab")
    )
    # A picture that cannot be read does not cost the embedding of its record.
    profile = driftsphere.profile(rows[:2], images=[b"", b"no picture"])
    assert profile.records == 2
    values = {value["name"]: value["count"] for value in feature(profile, "file.pixels")["values"]}
    assert values == {"empty": 1, "unknown format": 1}


def test_pictures_that_both_windows_share_are_seen() -> None:
    frames = np.random.default_rng(1).integers(0, 256, (40, 16, 16), dtype=np.uint8)
    first, second = (driftsphere.profile(images=part) for part in (frames[:30], frames[20:]))
    notes = [note["code"] for note in driftsphere.compare(first, second).notes]
    assert "shared-pictures" in notes


WRONG = [
    (lambda: Profiler().log(images="photos"), r"write \[picture\]", ArgumentError),
    (lambda: Profiler().log(images=[np.zeros(3)]), "picture 0 is an array of 1 axes", ArgumentError),
    (lambda: Profiler().log(images=[np.zeros((9, 9), int)]), "not of int64", ArgumentError),
    (lambda: Profiler().log(images=[np.zeros((3, 9, 4), np.uint8)]), "layout=", ArgumentError),
    (lambda: Profiler().log(images=[np.zeros((9, 9, 5), np.uint8)]), "5 channels", ArgumentError),
    (lambda: Profiler().log(images=[np.full((9, 9), np.nan)]), "not finite.*picture 0", InputError),
    (lambda: ImageOptions(layout="nchw"), "hwc or chw, not nchw", ArgumentError),
    (lambda: ImageOptions(sample_pixels=3), "sample_pixels|too few", ArgumentError),
    (lambda: ImageOptions(exif_allow=["no such tag"]), "no such tag", ArgumentError),
]


@pytest.mark.parametrize("wrong,says,error", WRONG)
def test_a_wrong_argument_says_what_and_where(wrong, says, error) -> None:
    with pytest.raises(error, match=says):
        wrong()


def test_pictures_after_records_without_any_are_refused() -> None:
    profiler = Profiler()
    profiler.log(ids=["a"])
    with pytest.raises(IncompatibleError, match="image_options"):
        profiler.log(images=[PATHS[0]])
    begun = Profiler(image_options=ImageOptions())
    begun.log(ids=["a"])
    begun.log(images=[PATHS[0]])
    assert begun.profile().records == 2
