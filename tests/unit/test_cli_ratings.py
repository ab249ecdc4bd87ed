"""`gatehouse ratings`: figures of a made-up year counted by hand, a well-formed plot, words that do no harm."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.cli._rating_plot import series_of, svg
from gateway.cli.main import app
from gateway.ratings import Figures, Rating, tally, week_of, weeks_between
from gateway.settings import load
from gateway.store import ratings as sql
from tests.desk import CONFIGURATION, Desk

runner = CliRunner()
SVG = "{http://www.w3.org/2000/svg}"
FIRST = datetime(2025, 12, 29, 12, tzinfo=UTC)
"""The Monday of 2026-W01."""
WEEKS = 53
CHANNELS = ("mail", "tg", "x")
FORMULA = '=HYPERLINK("https://evil.example","x")'


def made_up_year() -> list[Rating]:
    """Return ten questions a week: six by mail, three by Telegram, one on X; of each five two are not answered.

    By mail the scores are 1, 2, 3, 4 and so on, on Telegram always 5, on X never any.
    """
    found = []
    for week in range(WEEKS):
        for number in range(10):
            channel = CHANNELS[0 if number < 6 else 1 if number < 9 else 2]
            asked_at = FIRST + timedelta(weeks=week, hours=number)
            score = {"mail": week % 4 + 1, "tg": 5, "x": None}[channel] if number % 5 not in (0, 4) else None
            rated: dict[str, Any] = {"score": score, "rated_at": asked_at, "word": "fine"} if score else {}
            found.append(
                Rating(
                    case_id=f"GH-{week:05}-{number:05}",
                    channel=channel,
                    category="fees" if number % 2 else "",
                    language="de" if number < 5 else "zh-CN",
                    person=f"p{week}-{number}",
                    asked_at=asked_at,
                    **rated,
                )
            )
    return found


def drawing(text: str | bytes) -> ElementTree.Element:
    """Return a figure as a strict reader of XML has it."""
    return ElementTree.fromstring(text)  # noqa: S314 - our own


class Rated:
    """A desk with ratings in its store."""

    def __init__(self, folder: Path, ratings: Sequence[Rating]) -> None:
        folder.mkdir()
        self.desk = Desk(folder)
        self.desk.write(CONFIGURATION)
        asyncio.run(self._fill(ratings))

    async def _fill(self, ratings: Sequence[Rating]) -> None:
        async with open_store_for(load(self.desk.path, credentials=False)) as store:
            await store._threads.write(lambda connection: sql.save(connection, ratings))

    def run(self, *arguments: str) -> Any:
        return runner.invoke(app, ["ratings", *arguments, "--config", str(self.desk.path)])

    def said(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return str(done.stdout)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Rated:
    return Rated(tmp_path_factory.mktemp("year") / "desk", made_up_year())


def test_the_figures_of_a_year_are_those_counted_by_hand(year: Rated) -> None:
    """Of ten a week: mail 6 asked, numbers 1, 2, 3 answered; Telegram 3 asked, 6, 7, 8 answered; X 1 asked, none."""
    told = json.loads(year.said("report", "--json"))
    assert told["total"]["asked"] == 530
    assert told["total"]["answered"] == 53 * 6
    # 53 weeks of mail scores: 14 weeks of 1, 13 each of 2, 3 and 4.
    assert told["total"]["scores"] == {"1": 42, "2": 39, "3": 39, "4": 39, "5": 159}
    mean = (42 + 78 + 117 + 156 + 795) / 318
    assert told["total"]["mean"] == round(mean, 4)
    assert told["total"]["share"] == 0.6
    by_channel = {each["channel"]: each for each in told["by"]["channel"]}
    assert (by_channel["mail"]["asked"], by_channel["mail"]["answered"]) == (318, 159)
    assert (by_channel["tg"]["mean"], by_channel["tg"]["share"]) == (5.0, 1.0)
    assert (by_channel["x"]["answered"], by_channel["x"]["mean"], by_channel["x"]["share"]) == (0, None, 0.0)
    by_category = {each["category"]: each["asked"] for each in told["by"]["category"]}
    assert by_category == {"": 265, "fees": 265}
    assert {each["language"]: each["asked"] for each in told["by"]["language"]} == {"de": 265, "zh-CN": 265}
    weeks = told["by"]["week"]
    assert (weeks[0]["week"], weeks[-1]["week"], len(weeks)) == ("2026-W01", "2026-W53", 53)
    assert {each["asked"] for each in weeks} == {10}
    assert weeks[1]["mean"] == (3 * 2 + 3 * 5) / 6


def test_a_part_of_the_year_is_told_apart_by_several_things_at_once(year: Rated) -> None:
    text = year.said("report", "--csv", "--by", "channel,week", "--since", "2026-01-05", "--until", "2026-01-12")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["channel"], row["week"]) for row in rows] == [
        (channel, week) for channel in CHANNELS for week in ("2026-W02", "2026-W03")
    ]
    assert (rows[0]["asked"], rows[0]["answered"], rows[0]["mean"], rows[0]["2"]) == ("6", "3", "2.0", "3")
    assert (rows[4]["asked"], rows[4]["mean"]) == ("1", "")
    every = list(csv.DictReader(io.StringIO(year.said("report", "--csv"))))
    assert [row["asked"] for row in every if row["by"] == "all"] == ["530"]
    assert len([row for row in every if row["by"] == "week"]) == 53


def test_the_tables_are_for_people(year: Rated) -> None:
    said = year.said("report")
    lines = [line.split() for line in said.splitlines()]
    assert ["channel", "asked", "answered", "share", "mean", "1", "2", "3", "4", "5"] in lines
    assert ["tg", "159", "159", "100%", "5.00", "0", "0", "0", "0", "159"] in lines
    assert ["x", "53", "0", "0%", "-", "0", "0", "0", "0", "0"] in lines
    assert ["none", "265", "159", "60%", "4.16"] in [line[:5] for line in lines]
    assert lines[-1][:3] == ["all", "530", "318"]


def test_what_cannot_be_told_apart_is_said(year: Rated) -> None:
    assert year.run("report", "--by", "score").exit_code == 2
    assert year.run("report", "--by", "week,week").exit_code == 2
    assert year.run("report", "--since", "yesterday").exit_code == 2


def test_the_figure_is_well_formed_and_has_a_bar_for_each_answered_week(year: Rated, tmp_path: Path) -> None:
    file = tmp_path / "ratings.svg"
    year.said("plot", str(file))
    root = drawing(file.read_bytes())
    assert root.tag == f"{SVG}svg"
    drawn = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "bar"]
    assert len(drawn) == 53 * 2, "mail and Telegram answered each week, X never"
    lines = [each for each in root.iter(f"{SVG}polyline") if each.get("class") == "mean"]
    assert [len(each.attrib["points"].split()) for each in lines] == [53, 53]
    texts = [each.text or "" for each in root.iter(f"{SVG}text")]
    assert {"Mean score", "Answered a week", "mail", "tg", "x"} <= set(texts)
    assert [each for each in texts if "-W" in each][:2] == ["2026-W01", "2026-W04"]
    wide, high = float(root.attrib["width"]), float(root.attrib["height"])
    for each in drawn:
        x, y, width, height = (float(each.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + width <= wide
        assert 0 <= y <= y + height <= high
    heights = [{point.split(",")[1] for point in each.attrib["points"].split()} for each in lines]
    assert [len(each) for each in heights] == [4, 1], "mail rises from 1 to 4 again and again, Telegram stays at 5"
    assert max(map(float, heights[0])) - min(map(float, heights[0])) == pytest.approx(190 * 3 / 4, abs=0.2)
    assert year.run("plot", str(file)).exit_code != 0, "nothing is written over"


def test_bars_for_a_terminal(year: Rated) -> None:
    said = year.said("plot", "--by", "all", "--until", "2026-01-11")
    first, second = (line.split() for line in said.splitlines()[1:])
    assert (first[0], first[1], first[3:]) == ("2026-W01", "3.00", ["6", "of", "10"])
    assert (first[2], second[2]) == ("█" * 18, "█" * 21)


def test_names_that_would_break_a_figure_are_escaped_and_many_groups_become_others() -> None:
    figures = Figures(3, (0, 0, 0, 1, 1))
    names = ['<script>"x"&', *(f"g{number}" for number in range(9))]
    weeks, series = series_of({(name, "2026-W07"): figures for name in names})
    root = drawing(svg(weeks, series, 'a < b & "c"\x07'))
    legend = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "legend"]
    assert (len(series), len(legend), series[-1].name) == (6, 6, "others")
    assert series[-1].weeks == (Figures(15, (0, 0, 0, 5, 5)),)
    assert any("<script>" in (each.text or "") for each in root.iter(f"{SVG}text"))
    assert not list(root.iter(f"{SVG}script"))
    drawing(svg(*series_of({}), "nothing"))


def test_words_are_exported_and_are_no_formulas(tmp_path: Path) -> None:
    words = [FORMULA, " \t+1", "-2", "@x", "＝1", 'good, "very"\nso', "it = fine"]
    ratings = [
        Rating(
            case_id=f"GH-{number}", channel="mail", asked_at=FIRST, score=4, rated_at=FIRST, word=word, person="secret"
        )
        for number, word in enumerate(words)
    ]
    rated = Rated(tmp_path / "desk", ratings)
    rows = list(csv.DictReader(io.StringIO(rated.said("export"))))
    assert [row["word"] for row in rows] == [f"'{word}" for word in words[:5]] + words[5:]
    file = tmp_path / "ratings.jsonl"
    rated.said("export", "--format", "jsonl", "--output", str(file))
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["word"] for line in lines] == words
    assert "secret" not in file.read_text(encoding="utf-8") + rated.said("export")
    assert (file.stat().st_mode & 0o777) == 0o600


def test_a_desk_that_asked_nobody_says_so(tmp_path: Path) -> None:
    rated = Rated(tmp_path / "desk", [])
    assert rated.said("report") == "Nobody was asked.\n"
    assert rated.said("plot") == "Nobody was asked.\n"
    assert json.loads(rated.said("report", "--json"))["total"] == {
        "asked": 0, "answered": 0, "share": None, "mean": None, "scores": dict.fromkeys("12345", 0)
    }  # fmt: skip
    rated.said("plot", str(tmp_path / "empty.svg"))
    drawing((tmp_path / "empty.svg").read_bytes())


def test_weeks_go_by_iso_over_the_turn_of_the_year() -> None:
    assert week_of(datetime(2027, 1, 3, 23, 59, tzinfo=UTC)) == "2026-W53"
    assert weeks_between("2026-W52", "2027-W02") == ("2026-W52", "2026-W53", "2027-W01", "2027-W02")
    assert tally([]) == {}
