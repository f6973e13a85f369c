"""Time and memory of `driftsphere series` on a thousand files: python scripts/series_command.py BINARY

A reference of 1,200 records with 50 normal numbers each and 1,000 windows of 40, profiled by the command and
followed by it: the time of the last command and the memory of its process at the peak (GNU time).
"""

import datetime
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COLUMNS = [f"number{at}" for at in range(50)]


def profile(binary, rng, folder, day, records, like=None):
    """The profile of records of one day of 2020 and later."""
    table, out = folder / "table.csv", folder / f"day{day:04}.dsp"
    date = datetime.date(2020, 1, 1) + datetime.timedelta(days=day)
    with table.open("w") as file:
        print("time", *COLUMNS, sep=",", file=file)
        for row in rng.normal(size=(records, len(COLUMNS))):
            print(f"{date}T12:00:00Z", *(f"{value:.6f}" for value in row), sep=",", file=file)
    command = [binary, "profile", table, "--time", "time", "--features", "number*", "-o", out]
    command += ["--like", like] if like else []
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return out


def main(binary):
    rng = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        reference = profile(binary, rng, folder, 0, 1200)
        windows = [profile(binary, rng, folder, day, 40, reference) for day in range(1, 1001)]
        command = ["/usr/bin/time", "-v", binary, "series", reference, *windows]
        start = time.monotonic()
        run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        seconds = time.monotonic() - start
        peak = next(line for line in run.stderr.splitlines() if "Maximum resident" in line)
        print(f"{seconds:.2f} s, {int(peak.split()[-1]) / 1024:.0f} MiB, status {run.returncode}")
        print(run.stdout[:400])


main(sys.argv[1])
