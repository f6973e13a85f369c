"""The pages that the tests open, written by the command from data of the repository."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("DRIFTSPHERE", ROOT / "target" / "debug" / "driftsphere"))
DATA = ROOT / "examples" / "data"
IMAGES = ROOT / "tests" / "data" / "images"

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
    run(folder, f"compare {IMAGES} {IMAGES} --html pictures.html", (0, 1, 2))
    series(folder, columns)
    hostile(folder)


def series(folder, columns):
    all_days = ROOT / "examples" / "data" / "sixty_days.csv"
    header, *lines = all_days.read_text().splitlines()
    trusted = [line for line in lines if line < "d30"]
    (folder / "trusted.csv").write_text("\n".join([header, *trusted]) + "\n")
    run(folder, f"profile trusted.csv {columns} -o trusted.dsp")
    run(folder, f"profile {all_days} {columns} --like trusted.dsp --window 1d -o days")
    run(folder, "series trusted.dsp days --html series.html", (1,))


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
