"""Profiles compared: one result, as data, text, Markdown, JSON, tables and HTML."""

from __future__ import annotations

import html
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _driftsphere

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    import pandas
    import polars

    from ._driftsphere import Profile

__all__ = ["Answer", "Comparison", "Series", "Stability", "compare", "series", "stability"]

# Rows of a table in a notebook.
_SHOWN_ROWS = 50
# Characters of a page that a notebook holds.
_LARGEST_PAGE = 2_000_000


class Answer:
    """What was found out. Made by `compare`, `series` and `stability`.

    `str(answer)` is the page that the command prints; a notebook shows tables.
    """

    def __init__(self, answer: _driftsphere.Answer) -> None:
        self._answer = answer

    @cached_property
    def headline(self) -> str:
        """The answer in a sentence."""
        return self._answer.headline()

    @cached_property
    def document(self) -> dict[str, Any]:
        """The JSON document as a dict; its fields keep their names and meanings."""
        document: dict[str, Any] = json.loads(self.to_json())
        return document

    @property
    def notes(self) -> list[dict[str, Any]]:
        """Doubts and advice: `code` (stable) and `text`."""
        notes: list[dict[str, Any]] = self.document["notes"]
        return notes

    def to_json(self) -> str:
        """The JSON document, as the command writes it with `--json`."""
        return self._answer.json()

    def to_markdown(self, *, verbose: bool = False) -> str:
        """Markdown, such as for a comment on a pull request."""
        return self._answer.markdown(verbose)

    def to_text(self, *, verbose: bool = False, width: int = 100) -> str:
        """Text for a terminal of `width` columns (60 to 200)."""
        return self._answer.page(verbose, width)

    def to_html(self) -> str:
        """One HTML file that needs no network, as the command writes it with `--html`.

        Write it with `pathlib.Path("report.html").write_text(answer.to_html())`; a notebook
        shows it, too.
        """
        return self._answer.html(())

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.headline}>"

    def _rows(self) -> list[dict[str, Any]]:
        """What a table shows, a dict for each row."""
        raise NotImplementedError

    # What of the rows a notebook shows.
    _shown: tuple[str, ...] = ()

    def to_pandas(self) -> pandas.DataFrame:
        """The findings as a table of pandas, which must be installed."""
        import pandas

        table: pandas.DataFrame = pandas.DataFrame(self._rows())
        return table

    def to_polars(self) -> polars.DataFrame:
        """The findings as a table of Polars, which must be installed."""
        import polars

        return polars.DataFrame(self._rows(), infer_schema_length=None)

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{_text(note['text'])}</li>" for note in self.notes)
        return (
            f"<p><strong>{_text(self.headline)}</strong></p>"
            f"{_table(self._shown, self._rows())}"
            f"{f'<ul>{notes}</ul>' if notes else ''}"
            f"{_folded(self.to_html())}"
        )


class Comparison(Answer):
    """Two profiles, compared.

    >>> import driftsphere
    >>> day = [0.5 + 0.01 * (i % 40) for i in range(500)]
    >>> dark = [x - 0.3 for x in day]
    >>> windows = [driftsphere.profile(values={"brightness": x}) for x in (day, dark)]
    >>> answer = driftsphere.compare(*windows)
    >>> answer.verdict
    'drift'
    >>> print(answer.headline)
    DRIFT: ...
    """

    _shown = ("feature", "scope", "sentence", "p_adjusted", "verdict")

    @property
    def verdict(self) -> str:
        """`drift`, `possible-drift`, `not-enough-data`, `no-drift` or `not-tested`."""
        verdict: str = self.document["verdict"]
        return verdict

    def to_html(self, *, images: Iterable[str | PathLike[str]] = ()) -> str:
        """One HTML file that needs no network, as the command writes it with `--html`.

        Where ids are paths of pictures, `images` are the folders that they begin in: the
        records that show most are then seen, small. Raises `FileError` for a folder that
        is not there.
        """
        return self._answer.html(list(images))

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The evidence, feature by feature: the heaviest verdict first, then the
        largest effect relative to its threshold."""
        findings: list[dict[str, Any]] = self.document["findings"]
        return findings

    @property
    def groups(self) -> list[dict[str, Any]]:
        """What was judged together, each with its verdict."""
        groups: list[dict[str, Any]] = self.document["groups"]
        return groups

    @property
    def why(self) -> list[dict[str, Any]]:
        """What goes along with the changes."""
        why: list[dict[str, Any]] = self.document["why"]
        return why

    def _rows(self) -> list[dict[str, Any]]:
        return [_flat(finding) for finding in self.findings]


class Series(Answer):
    """Windows in the order of time, held against a reference."""

    _shown = ("name", "role", "records", "alarm")

    @property
    def windows(self) -> list[dict[str, Any]]:
        """The windows in the order of time, each with its evidence."""
        windows: list[dict[str, Any]] = self.document["windows"]
        return windows

    @property
    def episodes(self) -> list[dict[str, Any]]:
        """What alarmed, since when and how it came."""
        episodes: list[dict[str, Any]] = self.document["episodes"]
        return episodes

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for window in self.windows:
            plain = {k: v for k, v in window.items() if not isinstance(v, list | dict)}
            alarms = [family["family"] for family in window["families"] if family["alarm"]]
            rows.append(plain | {"alarm": ", ".join(alarms)})
        return rows


class Stability(Answer):
    """Training runs over the same records, each compared with the first."""

    _shown = ("run", "measure", "value", "verdict", "sentence")

    @property
    def verdict(self) -> str:
        """`same`, `unclear`, `changed` or `not tested`."""
        verdict: str = self.document["verdict"]
        return verdict

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Each later run against the first."""
        pairs: list[dict[str, Any]] = self.document["pairs"]
        return pairs

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {"run": self.document["runs"][pair["second"]]["name"]} | likeness
            for pair in self.pairs
            for likeness in pair["geometry"] + pair["partitions"] + pair["cloud"]
        ]


def compare(
    reference: Profile,
    target: Profile,
    *,
    history: Iterable[Profile] = (),
    alpha: float = 0.05,
    statistics: Mapping[str, str] | None = None,
    thresholds: Mapping[str, float] | None = None,
    outputs: Iterable[str] = (),
    paired: bool | None = None,
    self_check: bool = False,
    seed: int = 0,
    names: tuple[str, str] = ("reference", "target"),
    threads: int | None = None,
) -> Comparison:
    """Compares two profiles: what changed, by how much, how sure, which records show it.

    `alpha` is the rate of false alarms aimed at, for the whole comparison. `statistics`
    chooses tests by the name of a feature (`*` stands for any text): `ks`, `w1`, `psi`,
    `js`, `kl`, `hellinger` or `chi2`. `thresholds` are
    the sizes from which a change matters, by name: `{"w1": 0.1, "separation": 0.6}`. `outputs` are features that are outputs of the
    model beside those whose name says so. `paired` says whether the windows are the
    same records measured twice (None: found out): each number is then also held
    against itself, id by id, and embeddings are not tested. Of `history`, accepted windows, is
    learned how much usually changes. All processors work unless `threads` are given;
    the answer is the same.

    Raises `ArgumentError` for an alpha outside (0, 1), a statistic or threshold that does not fit,
    `IncompatibleError` for profiles of different seeds.
    """
    return Comparison(
        _driftsphere.compare(
            reference,
            target,
            list(history),
            alpha,
            list((statistics or {}).items()),
            list((thresholds or {}).items()),
            list(outputs),
            paired,
            self_check,
            seed,
            names,
            threads,
        )
    )


def series(
    reference: Profile,
    windows: Mapping[str, Profile] | Sequence[Profile],
    *,
    alpha: float = 0.05,
    horizon: int | None = None,
    season: bool = True,
    length: int | None = None,
    outputs: Iterable[str] = (),
    threads: int | None = None,
) -> Series:
    """Holds windows against a reference in the order of time: what changed, since when,
    and whether it may alarm.

    Windows within the reference's time are its history; the others are watched.
    `alpha` is the rate of false alarms aimed at over all of them (`horizon`, where more
    will come), `length` that of a window in milliseconds (None: found out).

    Raises `ArgumentError` for no window or records without times, `IncompatibleError`
    for windows that overlap, or were profiled otherwise than the reference.
    """
    named = _named(windows, "window")
    return Series(
        _driftsphere.series(
            reference, named, alpha, horizon, season, length, list(outputs), threads
        )
    )


def stability(
    runs: Mapping[str, Profile] | Sequence[Profile],
    *,
    paired: bool = True,
    space: str | None = None,
    clusters: int | None = None,
    neighbours: int = 10,
    max_ids: int = 2048,
    seed: int = 0,
    threads: int | None = None,
) -> Stability:
    """Compares each later training run with the first: is it still the same space?

    The runs saw the same ids; with `paired=False` it is asked whether the clouds are
    alike. A rotation, a common scale and small noise are no change.

    Raises `ArgumentError` for fewer than two runs or a space that a run does not have,
    `IncompatibleError` where they have fewer than 20 ids in common.
    """
    named = _named(runs, "run")
    return Stability(
        _driftsphere.stability(
            named, paired, space, clusters, neighbours, max_ids, seed, threads
        )
    )


def _named(
    profiles: Mapping[str, Profile] | Sequence[Profile], kind: str
) -> list[tuple[str, Profile]]:
    """Profiles by their names; by their number where they have none."""
    if hasattr(profiles, "items"):
        return list(profiles.items())
    return [(f"{kind} {i}", profile) for i, profile in enumerate(profiles, 1)]


def _flat(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding as a row: its plain fields, its scope as text, its effect by parts."""
    scope, effect = finding["scope"], finding["effect"] or {}
    row = {
        name: value
        for name, value in finding.items()
        if not isinstance(value, list | dict)
    }
    row["scope"] = " ".join(filter(None, [scope["of"], scope["name"]]))
    row["effect"] = effect.get("value")
    row["effect_name"] = effect.get("name")
    row["effect_unit"] = effect.get("unit")
    row["threshold"] = effect.get("threshold")
    return row


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    head = "".join(f"<th>{_text(name.replace('_', ' '))}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{_text(row.get(name))}</td>' for name in columns)}</tr>"
        for row in rows[:_SHOWN_ROWS]
    )
    rest = len(rows) - _SHOWN_ROWS
    more = f"<p>and {rest} more</p>" if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _folded(page: str) -> str:
    """A whole page, shown when it is opened; by itself, so that neither it nor the
    notebook can act on the other. None where it would swell the notebook."""
    if len(page) > _LARGEST_PAGE:
        return "<p>The whole report: <code>answer.to_html()</code></p>"
    frame = (
        f'<iframe sandbox="allow-scripts" title="The whole report" srcdoc="{html.escape(page)}" '
        'style="width: 100%; height: 40em; border: 0"></iframe>'
    )
    return f"<details><summary>The whole report</summary>{frame}</details>"


def _text(value: object) -> str:
    """A cell of HTML. Names come from data: they are shown, never obeyed."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}"
    return html.escape(_driftsphere.escape(str(value)))
