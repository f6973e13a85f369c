"""Profiles made by Spark are those that one machine makes, however the rows are divided."""

from __future__ import annotations

import os
import shutil
import sys

import driftsphere
import numpy as np
import pyarrow
import pytest
from conftest import some
from driftsphere import ArgumentError, ImageOptions
from test_images import PATHS

pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java", allow_module_level=True)

from pyspark.sql import SparkSession

import driftsphere.spark

# Spark's own.
pytestmark = pytest.mark.filterwarnings("ignore")
ROLES = {
    "embedding": "clip",
    "id": "file",
    "label": "kind",
    "score": "sure",
    "group": "video",
    "time": "taken",
    "values": ["camera", "count", "night"],
}


@pytest.fixture(scope="module")
def spark():
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    builder = SparkSession.builder.master("local[2]").appName("driftsphere")
    for name, value in {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "37",
        "spark.sql.session.timeZone": "Asia/Tokyo",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def df(spark, rows, columns):
    table = pyarrow.table(
        {
            "clip": list(rows),
            "file": columns["ids"],
            "kind": columns["labels"],
            "sure": columns["scores"],
            "video": columns["groups"],
            "taken": pyarrow.array(columns["times"], pyarrow.timestamp("us", "UTC")),
            "the day": np.arange(len(rows)) // 150,
            **columns["values"],
        }
    )
    return spark.createDataFrame(table)


@pytest.mark.parametrize("partitions", [1, 3, 8])
def test_partitions_leave_no_trace(df, rows, columns, partitions) -> None:
    df = df.repartition(partitions)
    expected = driftsphere.profile(rows, **columns, tags={"night": "1"}, sample=50)
    learned = driftsphere.spark.profile(df, **ROLES, tags={"night": "1"}, sample=50)
    assert learned.to_bytes() == expected.to_bytes()
    # A reference sees its rows twice; the centres are those of all of them.
    reference = driftsphere.profile(rows, **columns, fit=3, seed=5, model="net@1")
    learned = driftsphere.spark.profile(df, **ROLES, fit=3, seed=5, model="net@1")
    assert learned.to_bytes() == reference.to_bytes()


def test_groups_are_profiled_apart(df, rows, columns) -> None:
    reference = driftsphere.profile(rows, **columns, fit=3)
    groups = driftsphere.spark.profile(
        df.repartition(4), **ROLES, by=["the day", "camera"], like=reference
    )
    assert len(groups) == 6 and (0, None) in groups
    cameras = np.array(columns["values"]["camera"], object)
    for (day, camera), learned in groups.items():
        part = np.flatnonzero((np.arange(300) // 150 == day) & (cameras == camera))
        expected = driftsphere.profile(rows[part], **some(columns, part), like=reference)
        assert learned.to_bytes() == expected.to_bytes(), (day, camera)
    # What all groups have in common is their reference's centres, be they fitted here.
    fitted = driftsphere.spark.profile(df, **ROLES, by=["the day"], fit=3)
    assert fitted[(0,)].merge(fitted[(1,)]) == reference


def test_many_partitions_are_merged_in_a_tree(spark, rows, monkeypatch) -> None:
    monkeypatch.setattr(driftsphere.spark, "_BRANCH", 3)
    table = pyarrow.table({"clip": list(rows)})
    df = spark.createDataFrame(table).repartition(11)
    assert driftsphere.spark.profile(df, embedding="clip") == driftsphere.profile(rows)


def test_rows_without_an_embedding_are_counted_wherever_they_lie(spark) -> None:
    vectors = [[1.0, 2.0], None, [3.0], [2.0, 1.0], [], [5.0, 5.0], None, None]
    df = spark.createDataFrame(pyarrow.table({"v": vectors})).repartition(8)
    learned = driftsphere.spark.profile(df, embedding={"clip": "v"}, model="net@1")
    profiler = driftsphere.Profiler(model="net@1")
    profiler.log({"clip": [v for v in vectors if v and len(v) == 2]})
    profiler.skip("no embedding", 4)
    profiler.skip("embedding of another length")
    assert learned.to_bytes() == profiler.profile().to_bytes()


def test_pictures_are_profiled_on_the_workers(spark) -> None:
    data = [path.read_bytes() for path in PATHS[:6]]
    names = [path.name for path in PATHS[:6]]
    table = pyarrow.table({"bytes": data, "path": [str(p) for p in PATHS[:6]], "name": names})
    df = spark.createDataFrame(table).repartition(3)
    options = ImageOptions(sample_pixels=4096)
    expected = driftsphere.profile(images=data, ids=names, image_options=options)
    for column in ("bytes", "path"):
        learned = driftsphere.spark.profile(df, image=column, id="name", image_options=options)
        assert learned.to_bytes() == expected.to_bytes()


def test_an_empty_frame_is_an_empty_window(df) -> None:
    empty = df.where("count > 99")
    assert driftsphere.spark.profile(empty, id="file", values=["count"]).records == 0
    assert driftsphere.spark.profile(empty, id="file", by=["camera"]) == {}
    with pytest.raises(ArgumentError, match="no row of the column `clip`"):
        driftsphere.spark.profile(empty, embedding="clip")


def test_a_column_that_is_not_there_is_named(df) -> None:
    with pytest.raises(ArgumentError, match="no column `photo`; the data frame has clip, file"):
        driftsphere.spark.profile(df, image="photo")
