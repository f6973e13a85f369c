"""The pages that the tests open, written by the command from data of the repository."""

import os
import struct
import subprocess
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("DRIFTSPHERE", ROOT / "target" / "debug" / "driftsphere"))
DATA = ROOT / "examples" / "data"

# Shows as text wherever it comes from, or a dialogue opens, or the page breaks.
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202egpj.{{7*7}}&amp;"


def run(folder, line, status=(0,)):
    """Runs the command in `folder`; words are those of `line`."""
    done = subprocess.run([COMMAND, *line.split()], cwd=folder, capture_output=True, text=True)
    assert done.returncode in status, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def build(folder):
    """Writes every page into `folder`."""
    columns = "--ids id --labels label --time captured_at"
    weeks = f"{DATA / 'reference_week_1.npz'} {DATA / 'reference_week_2.npz'}"
    run(folder, f"profile {weeks} {columns} --fit 6 -o reference.dsp")
    run(folder, f"profile {DATA / 'degraded_week.npz'} {columns} --like reference.dsp -o target.dsp")
    run(folder, "compare reference.dsp target.dsp --html comparison.html", (1,))
    run(folder, "show reference.dsp --html show.html")
    runs = f"{DATA / 'digits_seed_1.npz'} {DATA / 'digits_merged.npz'}"
    run(folder, f"stability {runs} --ids id --labels label --html stability.html", (1,))
    pictures(folder)
    boxes = ROOT / "tests" / "data" / "outputs"
    results = [boxes / f"multi_results_{window}.json" for window in ("clean", "zoom")]
    listed = f"--coco-images {boxes / 'multi_instances_images.json'}"
    run(folder, f"compare {results[0]} {results[1]} {listed} --html boxes.html", (1,))
    series(folder, columns)
    skewed(folder)
    hostile(folder)


def pictures(folder):
    """Upright and wide pictures, brighter in April, each with a box around the whole of it."""
    whole = folder / "whole"
    whole.mkdir(exist_ok=True)
    (whole / "classes.txt").write_text(HOSTILE + "\n")
    for month, brightness in (("march", 10), ("april", 120)):
        (folder / month).mkdir(exist_ok=True)
        for number in range(40):
            width, height = ((120, 50), (60, 110), (400, 300))[number % 3]
            pixels = [[brightness + (x * 31 + y * 17 + number * 101) * 2654435761 % 2**32 // 2**25 for x in range(width)] for y in range(height)]
            (folder / month / f"{month}_{number:02}.png").write_bytes(grey_png(pixels))
            (whole / f"{month}_{number:02}.txt").write_text("0 0.5 0.5 1 1 0.5\n")
    run(folder, "compare march april --html pictures.html --boxes whole", (1,))


def grey_png(rows):
    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    size = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def series(folder, columns):
    all_days = ROOT / "examples" / "data" / "sixty_days.csv"
    header, *lines = all_days.read_text().splitlines()
    trusted = [line for line in lines if line < "d30"]
    (folder / "trusted.csv").write_text("\n".join([header, *trusted]) + "\n")
    run(folder, f"profile trusted.csv {columns} -o trusted.dsp")
    run(folder, f"profile {all_days} {columns} --like trusted.dsp --window 1d -o days")
    run(folder, "series trusted.dsp days --html series.html", (1,))


def skewed(folder):
    """Areas over five powers of ten, most of them small, and numbers that are spread evenly."""
    for window, times in (("small", 1), ("large", 8)):
        lines = [f"{times * 2.718281828 ** (i * 0.618034 % 1 * 11.5)},{i % 97 + 100}" for i in range(600)]
        (folder / f"{window}.csv").write_text("\n".join(["area,even", *lines]) + "\n")
    run(folder, "compare small.csv large.csv --html skewed.html", (1,))


def hostile(folder):
    """Names of columns, ids, classes, values and files that mean harm, one very long."""
    quoted = HOSTILE.replace('"', '""')
    long = quoted * 100
    name = "<b>x\u202e<svg onload=alert(3)>.csv"
    for window, shift in (("reference", 0), ("target", 60)):
        lines = [f'id,label,"{quoted}","{long}"']
        for i in range(300):
            label = long if i % 3 == 0 else f"{quoted}{i % 3}"
            lines.append(f'"{quoted}{window}{i}","{label}",{i % 97 + shift},{i % 7}')
        (folder / f"{window}{name}").write_text("\n".join(lines) + "\n")
    words = ["compare", f"reference{name}", f"target{name}", "--ids", "id", "--labels", "label"]
    done = subprocess.run([COMMAND, *words, "--html", "hostile.html"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
