"""Measures of pixels by Pillow, scikit-image, OpenCV and ImageHash: tests/vectors/images.json.

    pip install pillow scikit-image opencv-python-headless ImageHash
    python scripts/oracles/images.py

Only pictures that are stored without loss: two decoders agree on them. Levels of 0 to 255;
samples of 16 bits are divided by 257, their luma is rounded to 16 bits as that of 8 bits is.
"""

import importlib.metadata
import json
import pathlib

import cv2
import imagehash
import numpy as np
from PIL import Image, ImageOps
from skimage.color import rgb2hsv
from skimage.measure import shannon_entropy
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / "tests" / "data" / "images"
NAMES = [
    "made__alpha_lossless.webp",
    "made__bilevel.png",
    "made__exif_chunk_o8.png",
    "made__exif_o3.tif",
    "made__grey16.png",
    "made__grey16_lzw.tif",
    "made__la.png",
    "made__palette.png",
    "made__rgb16.png",
    "made__rgba.png",
    "skimage__moon.png",
]


def samples(name):
    """(height, width, colours) in levels of 0 to 255, scale, and alpha or none."""
    picture = ImageOps.exif_transpose(Image.open(PICTURES / name))
    if name == "made__rgb16.png":  # Pillow has no RGB of 16 bits.
        deep = cv2.imread(str(PICTURES / name), cv2.IMREAD_UNCHANGED)[:, :, ::-1]
        return deep.astype(np.int64), 257, None
    if picture.mode.startswith("I;16"):
        return np.asarray(picture).astype(np.int64)[:, :, None], 257, None
    alpha = None
    if picture.mode in ("LA", "RGBA"):
        alpha = np.asarray(picture)[:, :, -1]
        picture = Image.fromarray(np.asarray(picture)[:, :, :-1].squeeze())
    if picture.mode in ("P", "1"):
        picture = picture.convert("RGB" if picture.mode == "P" else "L")
    values = np.asarray(picture).astype(np.int64)
    return values.reshape(*values.shape[:2], -1), 1, alpha


def luma(values, scale):
    if values.shape[2] == 1:
        return values[:, :, 0]
    if scale == 1:
        return np.asarray(Image.fromarray(values.astype(np.uint8)).convert("L")).astype(np.int64)
    return (values @ [19595, 38470, 7471] + 32768) >> 16


def phases(steps):
    """The largest excess over phases; `steps` lie along axis 0."""
    if steps.shape[0] < 23:
        return None
    index = np.arange(steps.shape[0]) % 8
    return max(steps[index == p].mean() - steps[index != p].mean() for p in range(8))


def blockiness(y):
    found = [phases(np.abs(np.diff(y, axis=axis)).swapaxes(0, axis)) for axis in (0, 1)]
    found = [v for v in found if v is not None]
    return float(np.mean(found)) if found else None


def measures(name):
    values, scale, alpha = samples(name)
    y_whole = luma(values, scale)
    y = y_whole / scale
    inner = (slice(1, -1), slice(1, -1))
    gradient = np.hypot(cv2.Sobel(y, cv2.CV_64F, 1, 0), cv2.Sobel(y, cv2.CV_64F, 0, 1))[inner]
    difference = cv2.filter2D(y, cv2.CV_64F, np.outer([1, -2, 1], [1, -2, 1]).astype(float))[inner]
    top = values if scale == 1 else values >> 8
    out = {
        "size": [y.shape[1], y.shape[0]],
        "brightness": y.mean(),
        "contrast": y.std(),
        "saturation": 0.0,
        "hue": None,
        "colourfulness": 0.0,
        "entropy": shannon_entropy(y_whole if scale == 1 else y_whole >> 8),
        "laplacian_variance": cv2.Laplacian(y, cv2.CV_64F, ksize=1)[inner].var(),
        "edge_share": (gradient >= 100).mean(),
        "noise": np.sqrt(np.pi / 2) * np.abs(difference).mean() / 6,
        "clipped_low": (top == 0).mean(),
        "clipped_high": (top == 255).mean(),
        "blockiness": blockiness(y),
        "alpha_share": None if alpha is None else (alpha != 255).mean(),
        "hash": str(imagehash.phash(Image.fromarray(((y_whole + scale // 2) // scale).astype(np.uint8)))),
    }
    if values.shape[2] == 3:
        r, g, b = (values[:, :, i] / scale for i in range(3))
        out["saturation"] = rgb2hsv(values / (255 * scale))[:, :, 1].mean()
        around = np.exp(2j * np.pi * np.arange(3) / 3)
        out["hue"] = np.degrees(np.angle((values @ around).sum())) % 360
        rg, yb = r - g, (r + g) / 2 - b
        out["colourfulness"] = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    return {k: float(v) if isinstance(v, np.floating) else v for k, v in out.items()}


def quality(name):
    """Of luma against three changed copies: dark (2 v // 5), blocks (the top left pixel of each
    4 x 4), shifted (by one pixel to the right, the first column twice)."""
    values, scale, _ = samples(name)
    y = luma(values, scale)
    rows, columns = np.arange(y.shape[0]) // 4 * 4, np.arange(y.shape[1]) // 4 * 4
    changed = {
        "dark": 2 * y // 5,
        "blocks": y[np.ix_(rows, columns)],
        "shifted": np.concatenate([y[:, :1], y[:, :-1]], axis=1),
    }
    return {
        kind: {
            "mse": float(mean_squared_error(y / scale, other / scale)),
            "psnr": float(peak_signal_noise_ratio(y / scale, other / scale, data_range=255)),
            "ssim": float(
                structural_similarity(
                    y / scale,
                    other / scale,
                    gaussian_weights=True,
                    sigma=1.5,
                    use_sample_covariance=False,
                    data_range=255,
                )
            ),
        }
        for kind, other in changed.items()
    }


def main():
    versions = ["pillow", "scikit-image", "opencv-python-headless", "ImageHash", "numpy"]
    out = {
        "versions": {name: importlib.metadata.version(name) for name in versions},
        "measures": {name: measures(name) for name in NAMES},
        "quality": {name: quality(name) for name in NAMES},
    }
    path = ROOT / "tests" / "vectors" / "images.json"
    path.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
