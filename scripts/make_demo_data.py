"""Cuts the demo's windows out of a longer series of photographs.

usage: python make_demo_data.py SERIES.parquet IMAGENET_CLASSES.txt OUT_DIR

The series has one row a photograph: id, captured_at, label, predicted_class,
score, brightness, embedding (1280 values, float32). Written are four
windows as .npz with float16 embeddings. numpy 2, pyarrow 21 or later.
"""

import sys
import zipfile
import io

import numpy as np
import pyarrow.parquet as pq

MODEL = "EfficientNet-Lite0 (ImageNet), pooled features, 1280 values"

# Days since the first one, a Monday. From day 30 on part of the photographs is
# blurred or darkened, six of ten from day 39 on.
WINDOWS = {
    "reference_week_1": (0, 7),
    "reference_week_2": (7, 14),
    "clean_week": (14, 21),
    "degraded_week": (38, 45),
}


def write(path, arrays):
    # Fixed dates, so that the same cut gives the same bytes.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            buffer = io.BytesIO()
            np.save(buffer, array)
            out.writestr(member, buffer.getvalue())


def main(series, classes, out_dir):
    table = pq.read_table(series)
    names = [line.strip().split(",")[0] for line in open(classes, encoding="utf-8")]
    time = table["captured_at"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    day = time // 86_400_000 - time.min() // 86_400_000
    embedding = np.stack(table["embedding"].to_numpy(zero_copy_only=False))
    predicted = np.array([names[i] for i in table["predicted_class"].to_numpy()])
    for window, (first, last) in WINDOWS.items():
        rows = (day >= first) & (day < last)
        write(
            f"{out_dir}/{window}.npz",
            {
                "id": np.array(table["id"].to_pylist())[rows],
                "captured_at": time[rows],
                "label": np.array(table["label"].to_pylist())[rows],
                "predicted": predicted[rows],
                "score": table["score"].to_numpy()[rows].astype(np.float32),
                "brightness": table["brightness"].to_numpy()[rows].astype(np.float32),
                "embedding": embedding[rows].astype(np.float16),
                "model": np.array(MODEL),
            },
        )
        print(window, int(rows.sum()))


main(*sys.argv[1:])
