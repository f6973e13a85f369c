"""The series of the tests: named values of 60 days, without the photographs behind them.

Made with Python 3.11.7:

    python scripts/make_series_cut.py SERIES.csv examples/data/sixty_days.csv
"""

import csv
import sys

COLUMNS = ["id", "captured_at", "label", "score", "margin", "entropy", "energy", "brightness"]


def main():
    with open(sys.argv[1]) as source, open(sys.argv[2], "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in csv.DictReader(source):
            numbers = (f"{float(row[name]):.4g}" for name in COLUMNS[3:])
            writer.writerow([row["id"], row["captured_at"], row["label"], *numbers])


if __name__ == "__main__":
    main()
