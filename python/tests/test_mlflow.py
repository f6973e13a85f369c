"""Profiles and comparisons in a real store of MLflow, on SQLite."""

from __future__ import annotations

import json

import driftsphere
import numpy as np
import pytest

mlflow = pytest.importorskip("mlflow")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    experiment = mlflow.create_experiment("drift", artifact_location=(tmp_path / "a").as_uri())
    mlflow.set_experiment(experiment_id=experiment)
    yield mlflow
    mlflow.end_run()


def test_profiles_come_back_and_runs_are_compared(store, rows, tmp_path) -> None:
    from driftsphere.mlflow import compare_runs, load_profile, log_profile

    reference = driftsphere.profile(rows, fit=3)
    turned = rows + np.linspace(0, 3, 12, dtype=np.float32)
    target = driftsphere.profile(turned, like=reference)
    ids = []
    for profile in (reference, target):
        with store.start_run() as run:
            log_profile(profile)
            log_profile(reference, "other")
        ids.append(run.info.run_id)
    assert load_profile(ids[1]) == target
    assert load_profile(ids[1], "other") == reference
    answer = compare_runs(*ids, alpha=0.01)
    assert answer.verdict == "drift"
    assert answer.document["reference"]["name"] == ids[0] and answer.document["alpha"] == 0.01
    with pytest.raises(Exception, match="none.dsp|No such|does not exist"):
        load_profile(ids[0], "none")


def test_comparisons_are_pages_and_metrics(store, rows) -> None:
    from driftsphere.mlflow import log_comparison

    a, b = (
        driftsphere.profile(rows + m, values={"tone, 1": np.linspace(m, 1 + m, 300)}) for m in (0, 2)
    )
    answers = [driftsphere.compare(a, a), driftsphere.compare(a, b)]
    with store.start_run() as run:
        for step, answer in enumerate(answers):
            log_comparison(answer, "daily", step=step)
    client = store.MlflowClient()
    metrics = client.get_run(run.info.run_id).data.metrics
    history = client.get_metric_history(run.info.run_id, "daily/drift")
    assert [(m.step, m.value) for m in history] == [(0, 0.0), (1, 1.0)]
    tone = {name: v for name, v in metrics.items() if "/tone_ 1" in name}
    tested = [f for f in answers[1].findings if f["feature"].startswith("tone")]
    effects = sorted(f["effect"]["value"] for f in tested if f["effect"])
    logged = sorted(v for name, v in tone.items() if not name.endswith("/p_adjusted"))
    assert logged == pytest.approx(effects)
    names = [file.path for file in client.list_artifacts(run.info.run_id, "driftsphere")]
    kinds = ("html", "json", "md")
    assert names == [f"driftsphere/daily-{i}.{kind}" for i in (0, 1) for kind in kinds]
    path = store.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=names[4])
    with open(path) as file:
        assert json.load(file) == answers[1].document


def test_metrics_of_classes_are_told_apart_whatever_their_names(store) -> None:
    from driftsphere.mlflow import log_comparison

    random = np.random.default_rng(5)
    classes = ["人", "犬", "b/c", "b_c", "..", "a:b", "x" * 260, "x" * 259 + "y", "语" * 120]
    labels = np.array(classes)[np.arange(360) % len(classes)]
    rows = random.normal(size=(2, 360, 8)) + np.array([0, 1])[:, None, None]
    a, b = (driftsphere.profile(part, labels=labels) for part in rows)
    answer = driftsphere.compare(a, b)
    with store.start_run() as run:
        log_comparison(answer, "daily", step=1)
        log_comparison(answer, "daily", step=2)
    metrics = store.MlflowClient().get_run(run.info.run_id).data.metrics
    tested = [f for f in answer.findings if f["p_adjusted"] is not None]
    effects = [f for f in answer.findings if f["effect"] and f["effect"]["value"] is not None]
    # One for each, and the verdict: none took the place of another.
    assert len(metrics) == 1 + len(tested) + len(effects)
    scopes = {path.split("/")[3] for path in metrics if "/own-centre distance/" in path}
    assert {"class 人", "class 犬", "class b_c", "class b_c-fc4d1811"} <= scopes
    long = [scope for scope in scopes if scope.startswith("class xxx")]
    assert len(long) == 2 and {len(scope) for scope in long} == {45}
    assert any(scope.startswith("class 语语语") and len(scope) == 45 for scope in scopes)
    assert max(map(len, metrics)) <= 250
    assert max(len(p.encode()) for path in metrics for p in path.split("/")) <= 250


def test_after_one_line_runs_have_what_is_profiled_in_them(store, rows, tmp_path, caplog) -> None:
    from driftsphere.mlflow import autolog, load_profile
    from driftsphere.rolling import RollingProfiler

    reference = driftsphere.profile(rows, fit=3)
    turned = rows + np.linspace(0, 3, 12, dtype=np.float32)
    autolog(reference)
    try:
        outside = driftsphere.profile(rows, like=reference)
        with store.start_run() as run:
            with driftsphere.Profiler(like=reference) as profiler:
                profiler.log(rows)
            drifted = driftsphere.profile(turned, like=reference)
            with pytest.raises(ZeroDivisionError), driftsphere.Profiler(like=reference) as broken:
                broken.log(rows)
                raise ZeroDivisionError
            with RollingProfiler(tmp_path / "w", like=reference) as rolling:
                rolling.log(turned)
                (window,) = [rolling._open.start.strftime("%Y-%m-%dT%H-%M-%SZ")]
        client, run_id = store.MlflowClient(), run.info.run_id
        names = {file.path for file in client.list_artifacts(run_id, "driftsphere")}
        profiles = {name for name in names if name.endswith(".dsp")}
        assert profiles == {f"driftsphere/{n}.dsp" for n in ("profile", "profile-2", window)}
        assert load_profile(run_id) == outside == profiler.profile()
        assert load_profile(run_id, "profile-2") == load_profile(run_id, window) == drifted
        history = client.get_metric_history(run_id, "comparison/drift")
        assert [(m.step, m.value) for m in history] == [(1, 0.0), (2, 1.0), (3, 1.0)]
        # What MLflow refuses is told, and costs the profile nothing.
        with store.start_run():
            monkey = pytest.MonkeyPatch()
            monkey.setattr(mlflow, "log_artifacts", lambda *a, **k: 1 / 0)
            assert driftsphere.profile(rows, like=reference) == outside
            monkey.undo()
        assert "could not be passed on" in caplog.text
    finally:
        autolog(disable=True)
    with store.start_run() as run:
        driftsphere.profile(rows)
    assert client.list_artifacts(run.info.run_id) == []
