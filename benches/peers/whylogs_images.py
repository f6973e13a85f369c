"""How long whylogs takes for the picture that `cargo bench --bench folder -- path` reads.

    python3 -m venv venv && venv/bin/pip install 'numpy<2' whylogs pillow
    venv/bin/python benches/peers/whylogs_images.py [FILE]

Starting Python and importing are not counted: the first rounds are thrown away. Prints the
median and quartiles of `log_image` on the opened file (which decodes it), and of Pillow's
decoding alone.
"""

import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy
import PIL.Image
from whylogs.extras.image_metric import log_image

ROUNDS = 25
WARM = 3


def rounds(work):
    times = []
    for _ in range(WARM + ROUNDS):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    low, middle, high = statistics.quantiles(times[WARM:], n=4)
    return f"{middle:.1f} [{low:.1f}, {high:.1f}] ms"


def decode(path):
    with PIL.Image.open(path) as picture:
        picture.load()


def log(path):
    with PIL.Image.open(path) as picture:
        log_image(picture)


def main():
    default = Path(__file__).parents[1] / "data" / "mosaic_1920x1080.jpg"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    names = ["whylogs", "pillow"]
    print(", ".join(f"{name} {version(name)}" for name in names), "numpy", numpy.__version__)
    print("decoding by Pillow:", rounds(lambda: decode(path)))
    print("whylogs log_image: ", rounds(lambda: log(path)))


if __name__ == "__main__":
    main()
