"""`[abuse]`: what can never fit or would tear a ticket's field apart is named by the check."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import SettingsError, load
from tests.desk import CONFIGURATION, Desk


def written(folder: Path, text: str) -> Path:
    desk = Desk(folder)
    desk.write(f"{CONFIGURATION}[abuse]\n{text}\n")
    return desk.path


def test_domains_are_compared_in_small_letters(tmp_path: Path) -> None:
    found = load(written(tmp_path, 'public_domains = [" GMX.At", "straße.test"]\nqueue = "Floods "'), credentials=False)
    assert found.abuse.public_domains == ("gmx.at", "strasse.test")
    assert found.abuse.queue == "Floods"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('public_domains = ["gmx.at", "@gmx.at"]', "abuse.public_domains"),
        ('public_domains = ["ann@gmx.at"]', "abuse.public_domains"),
        ('public_domains = [""]', "abuse.public_domains"),
        ('public_domains = ["https://gmx.at/"]', "abuse.public_domains"),
        ('queue = ""', "abuse.queue"),
        ('queue = " "', "abuse.queue"),
        ('queue = "a\\nb"', "abuse.queue"),
        ('queue = "a\\u2028b"', "abuse.queue"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, path: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(written(tmp_path, text), credentials=False)
    assert path in {problem.path for problem in refused.value.problems}
