"""Holds what driftsphere reads of a folder of pictures against a manifest made by other programs.

    python3 scripts/check_manifest.py FOLDER MANIFEST.csv [DRIFTSPHERE]

MANIFEST.csv has a row for each file with the columns file, width, height, format, and, where
there are such, exif_orientation (or orientation), exif_make (make), exif_model (model) and
exif_datetime, as Pillow says them: sizes as stored, before the picture is turned. Each file is
profiled by itself and what its profile says is compared field by field. Every difference is
printed with both values, and what could not be read with its reason; the exit status is the number of
files that differ, at most 100.
"""

import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile

ORIENTATIONS = [
    "upright",
    "mirrored",
    "rotated 180",
    "flipped",
    "transposed",
    "rotated 90",
    "transversed",
    "rotated 270",
]


def wanted(row, *names):
    """What the manifest says, without the padding of EXIF; None where it has no such column."""
    value = next((row[name] for name in names if name in row), None)
    return None if value is None else value.strip("\0 ")


def profile(program, path, *flags):
    """The JSON of the profile of one picture, or what was said instead."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "one.dsp")
        command = [*program, "profile", path, *flags, "-o", out]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            return None, run.stderr.strip()
        command = [*program, "show", out, "--json"]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout), ""


def values(shown):
    """The one value of each feature."""
    found = {}
    for feature in shown["features"]:
        if feature["numbers"] and feature["numbers"]["count"]:
            found[feature["name"]] = feature["numbers"]["min"]
        elif feature["values"]:
            found[feature["name"]] = feature["values"][0]["name"]
    return found


def differences(program, path, row, shown):
    found = values(shown)
    orientation = ORIENTATIONS.index(found["file.orientation"]) + 1
    size = (int(found["file.width"]), int(found["file.height"]))
    stored = size if orientation < 5 else size[::-1]
    expected = (int(row["width"]), int(row["height"]))
    if stored != expected:
        yield "size", expected, stored
    if row["format"].lower().replace("mpo", "jpeg") != found["file.format"]:
        yield "format", row["format"], found["file.format"]
    # None, and what is no orientation, is upright.
    expected = wanted(row, "exif_orientation", "orientation")
    if expected is not None and (expected if expected in list("12345678") else "1") != str(orientation):
        yield "orientation", expected, orientation
    for name in ["make", "model"]:
        expected = wanted(row, f"exif_{name}", name)
        if expected is not None and expected != found.get(f"exif.{name}", ""):
            yield name, expected, found.get(f"exif.{name}", "")
    expected = wanted(row, "exif_datetime")
    if expected:
        shown, said = profile(program, path, "--time", "exif", "--pixels", "none")
        taken = "none"
        if shown and shown["first_time"] is not None:
            seconds = datetime.timedelta(milliseconds=shown["first_time"])
            taken = (datetime.datetime(1970, 1, 1) + seconds).strftime("%Y:%m:%d %H:%M:%S")
        if taken != expected:
            yield "date", expected, taken


def main():
    folder, manifest = sys.argv[1:3]
    program = sys.argv[3:] or ["cargo", "run", "--quiet", "--"]
    rows = list(csv.DictReader(open(manifest, newline="")))
    bad, pixels = 0, {}
    for row in rows:
        path = os.path.join(folder, row["file"])
        shown, said = profile(program, path)
        if shown is None:
            bad += 1
            print(f"{row['file']}: not read: {said}")
            continue
        state = values(shown)["file.pixels"]
        pixels[state] = pixels.get(state, 0) + 1
        found = list(differences(program, path, row, shown))
        bad += bool(found)
        for name, expected, got in found:
            print(f"{row['file']}: {name}: {expected!r} in the manifest, {got!r} read")
    print(f"{len(rows)} files, {bad} with differences; pixels: {pixels}")
    sys.exit(min(bad, 100))


if __name__ == "__main__":
    main()
