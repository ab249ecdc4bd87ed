"""What a code in a picture leads to is judged like a link, on each channel from end to end."""

from __future__ import annotations

import email
import json
import sqlite3
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.gateway_process import GatewayProcess
from tests.integration.moved_desk import Json, MovedDesk
from tests.integration.telegram_desk import telegram_desk
from tests.integration.x_desk import x_desk
from tests.mails import DESK
from tests.pictures import drawn, noise, saved
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

LINK = "https://examplex-support.example.com/login"
SUBJECT = "examplex-support.example.com"
NOT_OURS = "looks like Examplex"
OURS = "https://examplex.test/help"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AUTHENTICATOR = f"otpauth://totp/Examplex:ann?secret={SEED}&issuer=Examplex"


def picture(text: str) -> bytes:
    return saved(drawn(text).convert("RGB"), "JPEG")


def readable(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def newest(entries: list[Json]) -> list[Json]:
    return list({entry["message"]["id"]: entry for entry in entries}.values())


def of_pictures(entry: Json) -> list[tuple[str, list[str]]]:
    facts = [each for each in entry["assessment"]["facts"] if each["kind"] == "qr"]
    return [(each["outcome"], [item["value"] for item in each["evidence"]]) for each in facts]


def warned(entry: Json) -> list[str]:
    return [
        each["subject"]
        for each in entry["assessment"]["findings"]
        if (each["span"] or {}).get("field") == "attachments"
    ]


async def looked_at(desk: MovedDesk, count: int) -> list[Json]:
    """Wait until so many messages have been told what their pictures say."""
    await desk.until(lambda: sum(bool(of_pictures(each)) for each in newest(desk.entries())) == count)
    return newest(desk.entries())


async def test_a_photo_on_telegram_is_read_when_it_is_kept(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        wang = desk.server.person("Wang", "wangfang_t", language_code="en")
        desk.server.sends_file(wang, "photo", picture(LINK), caption="Support sent me this, shall I scan it?")
        (entry,) = await looked_at(desk, 1)
        await desk.settled()
        assert of_pictures(entry) == [("pass", [LINK])]
        assert warned(entry) == [SUBJECT]
        assert [each["state"] for each in entry["message"]["attachments"]] == ["stored"]
        (note,) = desk.notes()
        assert SUBJECT in note
        assert "The user is warned." in note
        (warning,) = [each.text for each in desk.to(wang) if NOT_OURS in each.text]
        assert LINK not in warning
        case = desk.case()
        assert "impersonation" in case["tags"]
        assert case["priority"] == "high"
        assert case["message_count"] == 1


async def test_of_an_album_its_user_is_warned_once_and_agents_hear_of_each(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        for _ in range(3):
            desk.server.sends_file(ann, "photo", picture(LINK), media_group_id="album-1")
        await looked_at(desk, 3)
        await desk.settled()
        assert len(desk.notes()) == 3
        assert sum(NOT_OURS in each.text for each in desk.to(ann)) == 1


async def test_pictures_that_lead_to_nobody_or_to_us_change_nothing(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        desk.server.sends_file(ann, "photo", picture(OURS), caption="Your help page")
        desk.server.sends_file(ann, "photo", saved(noise(300, 200), "JPEG"), caption="My cat")
        desk.server.sends_file(ann, "photo", b"\xff\xd8\xff\xe0 broken", caption="Broken")
        entries = await looked_at(desk, 3)
        await desk.settled()
        assert sorted(of_pictures(each)[0][0] for each in entries) == ["could_not_check", "none", "pass"]
        assert desk.notes() == []
        assert not any(NOT_OURS in each.text for each in desk.to(ann))
        assert desk.case()["tags"] == []


async def test_a_picture_in_a_group_warns_agents_alone(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", "ann_t", language_code="en")
        group = desk.server.group("Examplex traders")
        desk.server.sends_file(ann, "photo", picture(LINK), chat=group, caption="@examplex_support_bot is this yours?")
        await desk.until(lambda: desk.notes())
        await desk.settled()
        assert "everybody reads there" in desk.notes()[0]
        assert not any(NOT_OURS in each.text for each in desk.server.sent)


async def test_the_code_of_an_authenticator_stands_nowhere_in_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        desk.server.sends_file(ann, "photo", picture(AUTHENTICATOR), caption="I cannot scan this")
        (entry,) = await looked_at(desk, 1)
        await desk.settled()
        assert SEED not in json.dumps(entry)
        assert of_pictures(entry)[0][0] == "pass"
        await desk.stop()
        assert SEED.encode() not in readable(desk.folder)
        assert SEED not in "".join(capsys.readouterr())


async def test_a_picture_in_a_message_on_x_is_read_when_it_is_kept(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        ann = desk.server.person("ann_m")
        desk.server.message(ann, "They sent me this code", media=[picture(LINK)])
        (entry,) = await looked_at(desk, 1)
        await desk.settled()
        assert warned(entry) == [SUBJECT]
        assert SUBJECT in desk.notes()[0]
        assert any(NOT_OURS in each.text for each in desk.server.sent_messages)


def mail(number: int, *pictures: bytes, text: str = "They sent me this picture.") -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Ann <ann{number}@mail.test>", DESK, "A question"
    made["Date"], made["Message-ID"] = "Fri, 20 Nov 2026 12:00:00 +0000", f"<{number}@mail.test>"
    made.set_content(text)
    for each in pictures:
        made.add_attachment(each, maintype="image", subtype="png", filename="code.png")
    return made.as_bytes()


@pytest.mark.dovecot
@pytest.mark.timeout(120)
async def test_a_picture_in_a_mail_is_read_before_it_is_answered(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path / "desk")
    mails = [
        mail(1, saved(noise(200, 200)), picture(LINK)),
        mail(2, b"no picture", picture(OURS)),
        mail(3),
        mail(4, picture(AUTHENTICATOR)),
    ]
    dovecot = Dovecot.start(tmp_path)
    try:
        async with SmtpSink().running() as sink:
            gateway.configure(dovecot.imap_port, sink.port, dovecot.password)
            dovecot.fill(mails, DESK)
            await gateway.start()
            await gateway.until(lambda: len(sink.taken) == len(mails) and gateway.count("raw.settled") == len(mails))
            await gateway.stop()
    finally:
        await gateway.close()
        dovecot.stop()
    answers = {each.recipients[0]: text_of(each.data) for each in sink.taken}
    assert NOT_OURS in answers["ann1@mail.test"]
    assert LINK not in answers["ann1@mail.test"]
    assert not any(NOT_OURS in answers[f"ann{number}@mail.test"] for number in (2, 3))
    with sqlite3.connect(gateway.folder / "gatehouse.db") as line:
        found = [json.loads(text) for (text,) in line.execute("select document from entries where direction = 'in'")]
        cases = [json.loads(text) for (text,) in line.execute("select document from cases")]
    line.close()
    facts = {each["message"]["sender"]["address"][:4]: of_pictures(each) for each in found}
    assert facts["ann1"] == [("none", []), ("pass", [LINK])]
    assert facts["ann2"] == [("could_not_check", []), ("pass", [OURS])]
    assert facts["ann3"] == []
    assert facts["ann4"][0][0] == "pass"
    assert sorted(warned(each) for each in found if warned(each)) == [[""], [SUBJECT]]
    assert "authenticator" in answers["ann4@mail.test"]
    assert sorted(each["tags"] for each in cases if each["tags"]) == [["impersonation"], ["secret-shared"]]
    assert SEED.encode() not in readable(gateway.folder)


def text_of(data: bytes) -> str:
    part = email.message_from_bytes(data, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())
