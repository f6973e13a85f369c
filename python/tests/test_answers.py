"""Comparisons, series and runs, and how they are shown."""

from __future__ import annotations

import html.parser
import json

import driftsphere
import numpy as np
import pandas
import polars
import pytest
from conftest import some
from driftsphere import ArgumentError, Comparison

DAY = 86_400_000
HOSTILE = "<script>alert('&')</script>\u202e\x1b[2J"


@pytest.fixture
def windows(rows, columns):
    """A reference, a window like it and one that turned."""
    reference = driftsphere.profile(rows[:200], **some(columns, slice(0, 200)), fit=3)
    like = driftsphere.profile(rows[200:], **some(columns, slice(200, 300)), like=reference)
    turned = rows[200:] + np.linspace(0, 3, 12, dtype=np.float32)
    turned = driftsphere.profile(turned, **some(columns, slice(200, 300)), like=reference)
    return reference, like, turned


def test_verdicts_follow_the_data(windows) -> None:
    reference, like, turned = windows
    answer = driftsphere.compare(reference, turned)
    assert answer.verdict == "drift"
    space = [g for g in answer.groups if g["name"] == "space embedding"]
    assert [g["verdict"] for g in space] == ["drift"]
    calm = {g["name"]: g["verdict"] for g in driftsphere.compare(reference, like).groups}
    assert calm["space embedding"] in ("no-drift", "not-enough-data")
    same = driftsphere.compare(reference, reference)
    assert same.verdict == "no-drift" or same.verdict == "not-enough-data"


def test_an_answer_is_the_same_in_every_form(windows) -> None:
    reference, _, turned = windows
    answer = driftsphere.compare(reference, turned, names=("march", "april"))
    document = json.loads(answer.to_json())
    assert document == answer.document
    assert document["format"] == "driftsphere comparison"
    assert document["exit_status"] == 1
    assert document["target"]["name"] == "april"
    assert answer.headline == document["headline"]
    assert answer.findings == document["findings"] and len(answer.findings) > 5
    assert answer.headline in repr(answer) and "\n" not in repr(answer)
    assert str(answer).startswith("DRIFT") and str(answer) == answer.to_text()
    assert len(answer.to_text(verbose=True)) > len(str(answer))
    assert max(map(len, answer.to_text(width=80).splitlines())) <= 80
    assert "|" in answer.to_markdown()


def test_threads_do_not_change_an_answer(windows) -> None:
    reference, _, turned = windows
    texts = {driftsphere.compare(reference, turned, threads=n).to_json() for n in (1, 2, 3, None)}
    assert len(texts) == 1
    with pytest.raises(ArgumentError, match="at least one thread"):
        driftsphere.compare(reference, turned, threads=0)


def test_tables_have_a_row_for_each_finding(windows) -> None:
    answer = driftsphere.compare(windows[0], windows[2])
    table = answer.to_pandas()
    assert isinstance(table, pandas.DataFrame) and len(table) == len(answer.findings)
    assert list(table["verdict"]) == [f["verdict"] for f in answer.findings]
    effects = [f["effect"]["value"] if f["effect"] else float("nan") for f in answer.findings]
    assert table["effect"].tolist() == pytest.approx(effects, nan_ok=True)
    assert "class cat" in set(table["scope"])
    assert isinstance(answer.to_polars(), polars.DataFrame)
    assert answer.to_polars().height == len(table)


def test_options_are_heard() -> None:
    random = np.random.default_rng(1)
    a, b = (
        driftsphere.profile(values={"x": random.normal(shift, 1, 400), "y": random.normal(0, 1, 400)})
        for shift in (0, 0.6)
    )
    answer = driftsphere.compare(a, b, statistics={"x": "w1", "y": "psi"})
    assert {f["statistic"] for f in answer.findings} >= {"w1", "psi"}
    assert answer.verdict == "drift"
    # An accepted window that was as far off makes it usual.
    accepted = driftsphere.profile(values={"x": random.normal(1, 1, 400)})
    assert driftsphere.compare(a, b, history=[accepted]).verdict != "drift"
    for wrong, says in [
        ({"alpha": 1.5}, "alpha lies between 0 and 1"),
        ({"statistics": {"x": "t-test"}}, "there is no statistic"),
        ({"statistics": {"z": "ks"}}, "no feature `z`"),
        ({"history": [b]}, "the target itself"),
    ]:
        with pytest.raises(ArgumentError, match=says):
            driftsphere.compare(a, b, **wrong)


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_size_that_matters_is_chosen_by_name() -> None:
    rng = np.random.default_rng(0)
    a, b = (driftsphere.profile(values={"x": rng.normal(at, 1, 2000)}) for at in (0, 0.3))
    (usual,) = [f for f in driftsphere.compare(a, b).findings if f["feature"] == "x"]
    assert usual["verdict"] == "drift"
    answer = driftsphere.compare(a, b, thresholds={"w1": 0.5})
    (lenient,) = [f for f in answer.findings if f["feature"] == "x"]
    assert lenient["verdict"] == "possible-drift"
    assert lenient["effect"]["threshold"] == 0.5
    with pytest.raises(ArgumentError, match="no threshold `w2`; there are: w1, "):
        driftsphere.compare(a, b, thresholds={"w2": 1})


def test_names_from_data_are_shown_and_never_obeyed() -> None:
    random = np.random.default_rng(1)
    a, b = (driftsphere.profile(values={HOSTILE: random.normal(m, 1, 300)}) for m in (0, 2))
    answer = driftsphere.compare(a, b, names=(HOSTILE, HOSTILE))
    shown = answer._repr_html_()
    page = Tags()
    page.feed(shown)
    tables = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    assert page.tags <= tables | {"details", "summary", "iframe"}
    report = Tags()
    report.feed(answer.to_html())
    assert "<script>alert('&')</script>" in report.text
    assert "<script>alert('&')</script>" in page.text
    for text in (shown, answer.to_html(), str(answer), answer.to_markdown(), repr(answer), str(a), repr(a)):
        assert "\u202e" not in text and "\x1b" not in text
    assert answer.findings[0]["feature"] == HOSTILE


def test_the_report_shows_pictures_of_the_records_that_show_most(tmp_path) -> None:
    from PIL import Image

    random = np.random.default_rng(3)
    for at in range(120):
        level = int(random.integers(60, 140)) + (90 if at >= 60 else 0)
        Image.new("RGB", (24, 16), (level, level, level)).save(tmp_path / f"{at:03}.png")
    names = [f"{at:03}.png" for at in range(120)]
    windows = [
        driftsphere.profile(images=[tmp_path / name for name in part], ids=part)
        for part in (names[:60], names[60:])
    ]
    answer = driftsphere.compare(*windows)
    assert answer.verdict == "drift"
    assert "data:image/jpeg" not in answer.to_html()
    page = answer.to_html(images=[tmp_path])
    assert "data:image/jpeg" in page and page == answer.to_html(images=[str(tmp_path)])
    with pytest.raises(driftsphere.FileError):
        answer.to_html(images=[tmp_path / "nowhere"])
    assert "<!doctype html>" in windows[0].to_html(name="<march>")
    assert "<march>" not in windows[0].to_html(name="<march>")


def test_long_tables_say_how_many_more_there_are() -> None:
    random = np.random.default_rng(1)
    a, b = (
        driftsphere.profile(values={f"v{i}": random.normal(m, 1, 50) for i in range(70)})
        for m in (0, 2)
    )
    answer = driftsphere.compare(a, b)
    assert isinstance(answer, Comparison) and len(answer.findings) > 60
    assert f"and {len(answer.findings) - 50} more" in answer._repr_html_()


def test_a_series_tells_since_when() -> None:
    def window(days: range) -> driftsphere.Profile:
        day = np.repeat(days, 200)
        i = np.tile(np.arange(200), len(days))
        value = (i * 37 + day) % 101 - np.where(day < 14, 0, 30)
        return driftsphere.profile(times=day * DAY + i * 400_000, values={"brightness": value})

    reference = window(range(7))
    windows = {f"day {day}": window(range(day, day + 1)) for day in range(7, 20)}
    answer = driftsphere.series(reference, windows)
    assert [episode["onset"] for episode in answer.episodes] == [7]
    assert answer.windows[7]["name"] == "day 14"
    table = answer.to_pandas()
    assert (table["alarm"] != "").tolist()[:7] == [False] * 7
    assert table["alarm"].iloc[7] != ""
    assert "day 14" in answer._repr_html_()
    assert driftsphere.series(reference, list(windows.values())).windows[0]["name"] == "window 1"
    with pytest.raises(ArgumentError):
        driftsphere.series(reference, [])


def test_a_rotation_is_no_change_of_a_run(rows) -> None:
    ids = np.arange(len(rows))
    turn, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(12, 12)))
    runs = {
        "first": driftsphere.profile(rows, ids=ids),
        "turned": driftsphere.profile(3 * rows @ turn, ids=ids),
        "shuffled": driftsphere.profile(rows, ids=np.random.default_rng(6).permutation(ids)),
    }
    answer = driftsphere.stability(runs, clusters=3)
    assert [pair["geometry_verdict"] for pair in answer.pairs] == ["same", "changed"]
    assert answer.verdict == "changed"
    table = answer.to_pandas()
    assert set(table["run"]) == {"turned", "shuffled"}
    cka = table[table["measure"] == "debiased CKA"].set_index("run")["value"]
    assert cka["turned"] > 0.999 and cka["shuffled"] < 0.5
    assert "Procrustes" in answer._repr_html_()


def test_scores_tell_what_is_novel(rows) -> None:
    labels = np.array(["a", "b", "c"])[np.arange(300) % 3]
    reference = driftsphere.profile(rows, labels=labels, fit=3)
    fresh = np.stack([rows[0], -rows[0], 0 * rows[0]])
    scores = reference.score(fresh, labels=["a", "a", "a"])
    assert list(pandas.DataFrame(scores)) == [
        "cluster", "cluster_distance", "novelty", "novelty_lower", "novelty_upper",
        "own_distance", "boundary", "not_scored",
    ]
    assert scores["novelty"][0] < 0.95 and scores["novelty"][1] == 1
    assert scores["own_distance"][0] < scores["own_distance"][1]
    assert scores["boundary"][0] > 0
    assert np.isnan(scores["novelty"][2]) and scores["not_scored"][2] == "zero vector"
    assert scores["not_scored"][0] is None and isinstance(scores["cluster"][0], str)
    assert np.isnan(reference.score(fresh)["own_distance"]).all()


def test_a_profile_is_told_in_a_line_and_shown_on_a_page(rows, columns, capsys) -> None:
    profile = driftsphere.profile(rows, **columns)
    assert repr(profile).startswith("<Profile: 300 records; space embedding (12 numbers")
    assert "\n" not in repr(profile)
    profile.show()
    assert capsys.readouterr().out == str(profile)
    document = json.loads(profile.to_json(name="march"))
    assert (document["name"], document["records"]) == ("march", 300)
    assert repr(driftsphere.fit(profile, 3)) == "<Codebook: embedding (12 numbers, 3 clusters, 3 classes)>"
