"""Four stories of an exchange's desk, from the first word to the rating, on three channels and in two languages.

What is said is compared to the letter with the transcripts in tests/samples/stories; beside the words it is seen what
the case, its ticket, the exchange and the store have of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.casework.freezes import FROZEN
from gateway.casework.helping import RECORDED
from gateway.casework.rated import UNHAPPY
from gateway.sandbox.exchange.server import RISK
from gateway.store.columns import EPOCH, MICROSECOND
from tests.exchange import KEY_ID
from tests.integration.moved_desk import Json
from tests.integration.stories import BNB_HASH, ETHEREUM_HASH, FREEZE, HOW, TRON_HASH, UID, Scene, scene
from tests.integration.test_ratings import ratings
from tests.integration.x_desk import XDesk
from tests.transcripts import CASE, check, quoted_lines, transcript

CHANNELS = {"telegram": "tg", "x": "x", "mail": "support"}
"""Each with the name that its desk gives it."""
LANGUAGES = {"en": "en", "zh": "zh-CN"}
REGIONS = {"telegram": "uk", "x": "eu-de", "mail": ""}
ADVICE_WITHIN_SECS = 2.0


@dataclass(frozen=True)
class Story:
    """What becomes of it, whoever tells it and where."""

    name: str
    category: str
    queue: str
    priority: str
    asked: tuple[str, ...]
    """What is missing at first, of whoever is known."""
    given: dict[str, set[str]]
    """What is found in what is told, in each language: kinds and values, a value at least."""
    answer_within: timedelta
    score: int
    missing: tuple[str, ...] = ()
    """What is still missing at the end."""
    is_bound: frozenset[str] = frozenset({"telegram", "mail"})
    """Where the exchange knows whose account it is."""
    danger: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)


STORIES = (
    Story(
        "deposit",
        "deposit_not_credited",
        "deposits",
        "normal",
        ("tx_hash",),
        {
            "en": {f"tx_hash {ETHEREUM_HASH}", "amount 350 USDT", "network ERC20"},
            "zh": {f"tx_hash {TRON_HASH}", "amount 350 USDT", "network TRC20"},
        },
        timedelta(hours=24),
        5,
        tags=frozenset({RECORDED}),
    ),
    Story(
        "stolen",
        "account_stolen",
        "risk",
        "urgent",
        ("time",),
        {"en": {"amount 0.2 BTC"}, "zh": {"amount 0.2 BTC"}},
        timedelta(minutes=15),
        5,
        missing=("time",),
        is_bound=frozenset(CHANNELS),
        danger="account_stolen",
        tags=frozenset({FROZEN}),
    ),
    Story(
        "liquidation",
        "liquidation_dispute",
        "contracts",
        "normal",
        ("time", "position"),
        {"en": {"position ETHUSDT long 20x"}, "zh": {"position ETHUSDT long 20x"}},
        timedelta(hours=72),
        2,
        is_bound=frozenset(CHANNELS),
        tags=frozenset({RECORDED, UNHAPPY}),
    ),
    Story(
        "network",
        "wrong_transfer",
        "transfers",
        "normal",
        ("tx_hash", "address"),
        {"en": {f"tx_hash {BNB_HASH}", "amount 500 USDT"}, "zh": {f"tx_hash {BNB_HASH}", "amount 500 USDT"}},
        timedelta(hours=72),
        4,
        tags=frozenset({RECORDED}),
    ),
)
ALL = [
    pytest.param(story, channel, language, id=f"{story.name}-{channel}-{language}")
    for story in STORIES
    for channel in CHANNELS
    for language in LANGUAGES
]


@pytest.mark.parametrize(("story", "channel", "language"), ALL)
async def test_a_story_from_the_first_word_to_the_rating(
    tmp_path: Path, story: Story, channel: str, language: str
) -> None:
    is_bound = channel in story.is_bound
    async with scene(tmp_path, channel, language, region=REGIONS[channel], known=is_bound) as at:
        name = _name(story, channel, language)
        check(name, await at.plays(name))
        case = at.desk.case()
        assert set(at.player.numbers) == {case["id"]}
        _is_what_it_is(case, story, language)
        assert case["region"] == (REGIONS[channel].upper() if is_bound else "")
        _was_asked_and_answered(at.player.turns, story, channel)
        _was_frozen_once_where_it_must(at, story)
        if story.danger:
            _was_advised_at_once(at)
        (rated,) = await ratings(at.desk)
        assert (rated.score, rated.channel, rated.language) == (story.score, CHANNELS[channel], LANGUAGES[language])
        assert any("2 of 5" in note for note in at.desk.notes()) is (story.score == 2)
        _has_all_on_its_ticket(at, name)
        if isinstance(at.desk, XDesk):
            _tells_nothing_personal_in_public(at.desk)


@pytest.mark.parametrize(("story", "channel", "language"), ALL)
def test_a_transcript_is_read_whole(story: Story, channel: str, language: str) -> None:
    name = _name(story, channel, language)
    blocks = list(transcript(name, HOW))
    assert sum(len(block.lines) for block in blocks) == quoted_lines(name)
    assert all(block.lines for block in blocks if block.who)
    assert [block.how for block in blocks if not block.who] == ["solved"]


def _name(story: Story, channel: str, language: str) -> str:
    return f"stories/{story.name}.{channel}.{language}.md"


def _is_what_it_is(case: Json, story: Story, language: str) -> None:
    names = ("category", "queue", "priority", "danger", "state", "language")
    wanted = (story.category, story.queue, story.priority, story.danger, "solved", LANGUAGES[language])
    assert tuple(case[name] for name in names) == wanted
    assert case["reasons"], "it is told why"
    assert set(case["tags"]) >= story.tags
    assert {f"{each['kind']} {each['value']}" for each in case["entities"]} >= story.given[language]


def _was_asked_and_answered(turns: list[Json], story: Story, channel: str) -> None:
    # On X the first is said in public, where nothing is asked for.
    opened, last = turns[channel == "x"], turns[-1]
    unknown = () if channel in story.is_bound else ("account_id",)
    assert tuple(opened["missing"]) == (*story.asked, *unknown)
    assert tuple(last["missing"]) == story.missing
    first = turns[0]
    assert _at(first["due_at"]) - _at(first["opened_at"]) == story.answer_within
    assert last["due_at"] is None, "an answer meets the deadline"


def _was_frozen_once_where_it_must(at: Scene, story: Story) -> None:
    exchange, times = at.exchange, 1 if story.danger else 0
    assert (exchange.asked["freeze"], len(exchange.frozen), exchange.refused) == (times, times, [])
    frozen = [note for note in at.desk.notes() if note.startswith(f"The risk system has frozen account {UID}")]
    assert len(frozen) == times
    if not times:
        return
    (call,) = [each for each in exchange.calls if each.request.path == RISK]
    assert call.request.headers["gatehouse-key-id"] == KEY_ID
    assert "webhook-signature" in call.request.headers
    (order,) = [each.order for each in exchange.frozen.values()]
    assert (order["account_id"], order["reason"], order["requester"]["proven"]) == (UID, story.danger, True)
    assert at.desk.case()["id"] == order["case_id"]


def _was_advised_at_once(at: Scene) -> None:
    """What to do is said within two seconds of the commit of the first message in private; in public, of the post."""
    entries = [entry["message"] for entry in at.desk.entries()]
    private = next(each for each in entries if each["visibility"] == "private")
    advised = next(when for text, when in at.sent() if FREEZE in text)
    assert 0 <= (advised - _stored_at(at, private)).total_seconds() <= ADVICE_WITHIN_SECS
    assert sum(FREEZE in text for text, _ in at.sent()) == 1, "it is said once"
    if isinstance(at.desk, XDesk):
        (said,) = at.desk.server.sent_posts
        assert 0 <= (said.at - _stored_at(at, entries[0])).total_seconds() <= ADVICE_WITHIN_SECS


def _stored_at(at: Scene, message: Json) -> datetime:
    came = message["provenance"]
    ((stored,),) = at.desk.rows("select stored_at from raws where source = ? and key = ?", came["source"], came["key"])
    return EPOCH + int(stored) * MICROSECOND


def _has_all_on_its_ticket(at: Scene, name: str) -> None:
    """Whatever the user says before the case is solved stands on the ticket, but for a command."""
    blocks = list(transcript(name, HOW))
    ends = next(index for index, block in enumerate(blocks) if not block.who)
    said = [block.lines[-1] for block in blocks[:ends] if block.who in {"Ann", "王芳"}][:-1]
    told = "\n".join(at.desk.texts())
    assert [each for each in said if each not in told] == []


def _tells_nothing_personal_in_public(desk: XDesk) -> None:
    (said,) = [each.text for each in desk.server.sent_posts]
    assert not CASE.search(said)
    assert not [word for word in (UID, "USDT", "0x", "http") if word in said]


def _at(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
