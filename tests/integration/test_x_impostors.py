"""Public conversations as a trap: who asks us in public is answered by look-alikes that never name us.

Through the whole engine, against the sandbox: the case on the impostor with its evidence, and the warning to the user.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from tests.integration.x_desk import SEARCH, Json, XDesk, x_desk

SCAM = "so sorry for that! our agent helps you at once, write to our support team and keep your seed phrase ready"
SECOND = """
[[brands.accounts]]
platform = "x"
handle = "examplex_cn"
id = "1001"
role = "support"
"""


def asked(desk: XDesk, **fields: str) -> tuple[Json, Json]:
    """Let somebody ask us in public; returns her and the post."""
    ann = desk.server.person("wangfang_t", "Wang Fang", **fields)
    return ann, desk.server.post(ann, "@examplex my withdrawal of today has not arrived")


def answered(desk: XDesk, post: Json) -> Json:
    """Let a look-alike answer a post; returns the look-alike."""
    fake = desk.server.person(
        "examp1ex_help", "Examplex Support", verified=True, verified_type="blue", created_at="2026-11-01T09:00:00.000Z"
    )
    unnamed(desk, fake, SCAM, post)
    return fake


def unnamed(desk: XDesk, author: Json, text: str, post: Json) -> None:
    """Let somebody answer a post that names us, and take away our name, which X puts before his answer."""
    said, own = desk.server.post(author, text, reply_to=post), desk.server.own
    said["entities"]["mentions"] = [each for each in said["entities"]["mentions"] if each["id"] != own["id"]]
    said["text"] = said["text"].replace(f"@{own['username']} ", "")
    desk.server.world.mentions_of(own["id"]).remove(int(said["id"]))


async def found(desk: XDesk) -> Json:
    """Let time pass until the impostor has a case of its own, and all is worked off; returns the case."""
    await desk.until(lambda: [case for case in desk.cases() if case["category"] == "impersonation"], step=10)
    await desk.settled()
    (case,) = [case for case in desk.cases() if case["category"] == "impersonation"]
    return case


async def test_who_has_written_in_private_is_warned_there(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        ann, post = asked(desk)
        await desk.settled()
        desk.server.message(ann, "my UID is with you")
        await desk.settled()
        theirs = desk.case()
        before, cost = len(desk.to(ann)), desk.spent
        fake = answered(desk, post)
        case = await found(desk)
        # The case has the post as evidence, and who wrote it as X knows him.
        assert (case["priority"], case["queue"]) == ("urgent", "impersonation")
        (entry,) = [each for each in desk.entries() if each["case_id"] == case["id"]]
        message = entry["message"]
        assert SCAM in message["text"]
        assert message["addressed"] is False
        assert message["sender"]["id"] == fake["id"]
        evidence = {each["name"]: each["value"] for each in message["sender"]["evidence"]}
        assert (evidence["verified"], evidence["verified_type"]) == ("true", "blue")
        assert evidence["created_at"] == "2026-11-01T09:00:00Z"
        assert entry["assessment"]["sender"] == "look_alike"
        # The user's own ticket says so, and she is told, once, and in private.
        (note,) = [line for line in desk.lines("note") if line.case_id == theirs["id"]]
        assert "poses as ours" in note.text
        (warning,) = desk.to(ann)[before:]
        assert fake["id"] in warning
        assert len(desk.under(post)) == 1
        assert desk.to(fake) == []
        # What it cost is what X billed: one post was found, and a direct message sent, which is billed again when read.
        counted = Decimal(desk.rows("select sum(cost) from spending")[0][0]) / 1_000_000
        assert counted == desk.spent
        assert desk.spent - cost <= Decimal("0.005") + Decimal("0.015") + Decimal("0.010")
        ((looked,),) = desk.rows("select sum(cost) from spending where what = 'conversations'")
        assert 0 < looked <= 3 * 5000


async def test_whom_the_one_public_answer_is_left_for_is_warned_with_it(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel="public_receipts = false") as desk:
        ann, post = asked(desk)
        await desk.settled()
        fake = answered(desk, post)
        await found(desk)
        (warning,) = desk.under(post)
        assert warning.text.startswith("Careful: we answer from @examplex alone.")
        assert fake["username"] not in warning.text
        assert desk.to(ann) == []
        # Looked at again, nothing is said twice; and an agent reads that no public answer is left.
        await desk.passes(3600, step=60)
        assert len(desk.under(post)) == 1
        (theirs,) = [case for case in desk.cases() if case["category"] != "impersonation"]
        await desk.answers(theirs["id"], "It has arrived.")
        await desk.settled()
        assert len(desk.under(post)) == 1
        assert "not sent" in desk.notes()[-1]


async def test_whom_nobody_may_write_to_is_warned_with_the_next_answer(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        ann, post = asked(desk)
        await desk.settled()
        answered(desk, post)
        await found(desk)
        # The one public answer was the receipt, and she has not written in private yet.
        assert len(desk.under(post)) == 1
        assert desk.to(ann) == []
        desk.server.message(ann, "my UID is with you")
        await desk.settled()
        (said,) = desk.to(ann)
        assert "under your public post" in said
        assert len(desk.cases()) == 2


async def test_several_look_alikes_and_repeated_looks_stay_within_the_budget(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel="budget = 1\npublic_receipts = false") as desk:
        posts = [desk.server.post(each, "@examplex where is my deposit?") for each in desk.crowd(20)]
        await desk.settled()
        fakes = [desk.server.person(f"examplex_help{number}", "Examplex Support") for number in range(3)]
        for number, post in enumerate(posts):
            unnamed(desk, fakes[number % 3], f"{SCAM} {number}", post)
        await desk.passes(1800, step=30)
        # A case for each conversation that they answer in, however often it is looked at.
        assert len([case for case in desk.cases() if case["category"] == "impersonation"]) == len(posts)
        assert len([each for each in desk.notes() if "poses as ours" in each]) == len(posts)
        assert desk.spent <= 1
        # Many conversations are asked for in one search.
        assert len(desk.calls_of(SEARCH)) <= 100


async def test_a_second_official_account_that_answers_is_no_impostor(tmp_path: Path) -> None:
    async with x_desk(tmp_path, official=SECOND) as desk:
        ann, post = asked(desk)
        await desk.settled()
        other = desk.server.person("examplex_cn", "Examplex 中文客服", id="1001")
        # Whether X tells of it among the mentions or only the look at the conversation finds it.
        desk.server.post(other, "Our colleagues look after this in direct messages", reply_to=post)
        unnamed(desk, other, "They never ask for your password", post)
        # Nor is it one who merely talks there.
        unnamed(desk, desk.server.person("ben_t", "Ben"), "I had the same last week", post)
        await desk.passes(1200, step=30)
        await desk.settled()
        assert [case["requester"]["id"] for case in desk.cases()] == [ann["id"]]
        assert desk.notes() == []
        assert desk.to(ann) == []


@pytest.mark.parametrize("spelling", ["tweet", "post"])
async def test_who_speaks_is_evidence_in_the_case(tmp_path: Path, spelling: Literal["tweet", "post"]) -> None:
    async with x_desk(tmp_path, channel=f'spelling = "{spelling}"', spelling=spelling) as desk:
        fans = desk.server.person(
            "examplex_fans",
            "Examplex Fans",
            verified=True,
            verified_type="business",
            parody=True,
            is_identity_verified=True,
            created_at="2026-11-18T09:00:00.000Z",
            affiliation={"description": "Fan Club", "url": "https://x.com/fanclub", "user_id": ["4711"]},
        )
        desk.server.post(fans, "@examplex may we use your logo?")
        await desk.settled()
        evidence = {each["name"]: each["value"] for each in desk.case()["requester"]["evidence"]}
        wanted = {
            "verified": "true",
            "verified_type": "business",
            "parody": "true",
            "identity_verified": "true",
            "created_at": "2026-11-18T09:00:00Z",
        }
        assert wanted.items() <= evidence.items()
        # The newer API tells of affiliations only where accounts are looked up.
        told = {"affiliation": "Fan Club", "affiliation_user": "4711"} if spelling == "tweet" else {}
        assert {name: value for name, value in evidence.items() if name in ("affiliation", "affiliation_user")} == told
