"""`make trust-eval`: it says aloud when there is nothing to measure with, and counts a target as met only if it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import trust_eval
from tests.trust_eval import Figure, Table, main, share, shown


def test_without_the_data_it_says_that_nothing_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(trust_eval.DATA, raising=False)
    monkeypatch.setattr(trust_eval, "NEAR", tmp_path)
    monkeypatch.setattr(trust_eval, "REPORT", tmp_path / "report.md")
    assert main([]) == 0
    assert "SKIPPED" in capsys.readouterr().out
    assert not (tmp_path / "report.md").exists()


def test_a_part_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "score.py").touch()
    monkeypatch.setenv(trust_eval.DATA, str(tmp_path))
    assert main(["nonsense"]) == 2


@pytest.mark.parametrize(
    ("ours", "target", "at_least", "met"),
    [
        (0.93, 0.93, True, "yes"),
        (0.929, 0.93, True, "**no**"),
        (0.001, 0.0015, False, "yes"),
        (0.002, 0.0015, False, "**no**"),
        (0.5, None, True, ""),
        (None, 0.5, True, ""),
    ],
)
def test_a_target_is_met_on_its_own_side(ours: float | None, target: float | None, at_least: bool, met: str) -> None:
    assert Figure("a", ours, target, "", at_least).met == met


def test_rates_of_several_kinds_count_by_their_rows() -> None:
    rates = {"edit1": [0.5, 30.0], "edit2": [1.0, 10.0], "leet": [0.0, 5.0]}
    assert share(rates, "edit") == 0.625
    assert share(rates, "idn") is None


def test_a_table_says_what_was_not_measured() -> None:
    lines = list(Table("Hosts", (Figure("a", None, 0.5), Figure("b", 0.0012, 0.0015, "1.43 %", False, "%"))).lines())
    assert lines[-3] == "| a | ≥ 0.500 |  | not measured |  |"
    assert lines[-2] == "| b | ≤ 0.15 % | 1.43 % | 0.12 % | yes |"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.5, "%", "50 %"), (15_000.0, "hosts/s", "15,000 hosts/s"), (0.2, "ms", "0.200 ms"), (3.0, "n", "3")],
)
def test_a_figure_is_written_as_people_read_it(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text
