"""What is remembered of a mail address, from the bytes of the reports on our mails to what is sent there next."""

from __future__ import annotations

from pathlib import Path

from gateway.casework.failures import FAILED
from gateway.casework.filing import SILENCED
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.mail_desk import DESK, MailDesk, answered, mail, verdict

ANN = "ann@mail.test"
PASSED = verdict("pass")


def report(kind: str, part: str, fields: str, ref: str) -> bytes:
    """Return a multipart/report (RFC 6522) on a mail of ours."""
    return (
        f"{verdict('pass', 'isp.test')}\r\n"
        f"From: <mailer-daemon@isp.test>\r\nTo: {DESK}\r\nSubject: A report\r\nMIME-Version: 1.0\r\nReturn-Path: <>\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="r"\r\n\r\n'
        f"--r\r\nContent-Type: text/plain\r\n\r\nLook.\r\n--r\r\nContent-Type: message/{part}\r\n\r\n{fields}\r\n"
        f"--r\r\nContent-Type: message/rfc822\r\n\r\nFrom: <{DESK}>\r\nMessage-ID: {ref}\r\n\r\nHi.\r\n--r--\r\n"
    ).encode()


async def test_who_complained_stays_unbothered_when_an_alias_of_theirs_fails(
    tmp_path: Path, clock: ManualClock
) -> None:
    """Neither report names the address that the user writes from; the one must not undo what the other told."""
    complaint = "Feedback-Type: abuse\r\nUser-Agent: Some/1\r\nVersion: 1\r\nOriginal-Rcpt-To: redacted@isp.test\r\n"
    failure = (
        "Reporting-MTA: dns; isp.test\r\n\r\n"
        "Final-Recipient: rfc822; alias@isp.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        desk = MailDesk(store, clock)
        case, _ = await desk.placed(mail("a1", ANN, PASSED))
        ((_, acknowledged),) = await desk.sent()
        ref, _ = answered(acknowledged)
        await desk.flood([report("feedback-report", "feedback-report", complaint, ref)])
        assert SILENCED in (await desk.case(case.id)).tags
        await desk.flood([report("delivery-status", "delivery-status", failure, ref)])
        assert FAILED in (await desk.case(case.id)).tags
        clock.advance(2 * 3_600)
        await desk.placed(mail("a2", ANN, PASSED, subject="My card"))
        assert await desk.sent() == []
