"""Holds what driftsphere reads of a folder of pictures against a manifest made by other programs.

    python3 scripts/check_manifest.py FOLDER MANIFEST.csv [DRIFTSPHERE]

MANIFEST.csv has a row for each file with the columns file, width, height, format, and, where
there are such, exif_orientation (or orientation), exif_make (make), exif_model (model) and
exif_datetime, as Pillow says them: sizes as stored, before the picture is turned. Each file of
FOLDER that the manifest lists is read by the example `picture_facts`, whose JSON lines are
compared field by field. Every difference is printed with both values, and what could not be
read with its reason; the exit status is the number of files that differ, at most 100.
"""

import csv
import json
import subprocess
import sys

FIELDS = {
    "make": ("exif_make", "make"),
    "model": ("exif_model", "model"),
    "orientation": ("exif_orientation", "orientation"),
    "taken": ("exif_datetime",),
}


def wanted(row, names):
    return next((row[name].strip() for name in names if name in row), None)


def differences(row, found):
    width, height = found["stored_width"], found["stored_height"]
    if (width, height) != (int(row["width"]), int(row["height"])):
        yield "size", f"{row['width']} x {row['height']}", f"{width} x {height}"
    if row["format"].lower().replace("mpo", "jpeg") != found["format"]:
        yield "format", row["format"], found["format"]
    for name, columns in FIELDS.items():
        expected = wanted(row, columns)
        if expected is None:
            continue
        got = str(found[name] or "")
        if name == "orientation":
            # None, and what is no orientation, is upright.
            expected = expected if expected in "12345678" and expected else "1"
        if name == "taken":
            expected = expected.rstrip("\0 ")
        if expected.strip("\0 ") != got.strip():
            yield name, expected, got


def main():
    folder, manifest = sys.argv[1:3]
    program = sys.argv[3:] or ["cargo", "run", "--quiet", "--example", "picture_facts", "--"]
    lines = subprocess.run([*program, folder], stdout=subprocess.PIPE, check=True, text=True).stdout
    found = {record["file"]: record for record in map(json.loads, lines.splitlines())}
    rows = list(csv.DictReader(open(manifest, newline="")))
    bad, read, states = 0, 0, {}
    for row in rows:
        record = found.get(row["file"])
        if record is None or "fault" in record:
            print(f"{row['file']}: not read: {record['fault'] if record else 'not found'}")
            bad += 1
            continue
        read += 1
        states[record["pixels"]] = states.get(record["pixels"], 0) + 1
        lines = [f"  {name}: {a!r} in the manifest, {b!r} found" for name, a, b in differences(row, record)]
        if lines:
            bad += 1
            print(f"{row['file']}:", *lines, sep="\n")
    print(f"{read} of {len(rows)} files read, {bad} with differences; pixels: {states}")
    sys.exit(min(bad, 100))


if __name__ == "__main__":
    main()
