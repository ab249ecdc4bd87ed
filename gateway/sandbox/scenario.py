"""The demo's world: a made-up brand with its files on disk, the mails that its users send, and how each must end."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from gateway.case import Severity
from gateway.sandbox import x_scene
from gateway.sandbox._smtp import Verdict
from gateway.sandbox.chat_scene import TOKEN, TOKEN_FILE, account, channel
from gateway.sandbox.x import XServer
from gateway.store.seal import new_key_line

BRAND = "Examplex"
DESK = "support@examplex.test"
AUTHSERV_ID = "mx.sandbox.test"
VERDICTS: dict[str, Verdict] = {
    "mail.test": "pass",
    "post.test": "pass",
    "office.test": "pass",
    "customer-care.test": "pass",
    "examplex.test": "fail",
}
"""What the sandbox's receiving server finds; of the brand's own domain only what was handed in with a login passes."""

_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

_CONFIGURATION = """\
# The demo's gateway. This folder is deleted when the demo ends.
[brand]
name = "{brand}"
directory = "official.toml"

[store]
path = "gatehouse.db"
blobs = "blobs"
key = {{ file = "gatehouse.key" }}

[backend]
kind = "embedded"

[answers]
articles = "examples"
links = {{ freeze = "https://examplex.test/freeze", upload = "https://examplex.test/documents" }}

[connectors.email]
imap_host = "127.0.0.1"
imap_port = {imap_port}
imap_security = "plain"
smtp_host = "127.0.0.1"
smtp_port = {smtp_port}
smtp_security = "plain"
smtp_login = true
authserv_ids = ["{authserv_id}"]

[channels.support]
connector = "email"
address = "{desk}"
password = {{ file = "mail.password" }}
"""

_DIRECTORY = """\
[[brands]]
id = "examplex"
name = "Examplex"
{accounts}
[[brands.mail]]
domain = "examplex.test"

[[brands.web]]
domain = "examplex.test"

[[scams]]
domain = "examplex-bonus.test"
reported_at = 2026-11-02
source = "users' reports"
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """How a mail must end. `findings` are codes that must be among those found; none means that there must be none."""

    acknowledged: bool
    findings: frozenset[str] = frozenset()
    worst: Severity | None = None
    warned: bool = False
    language: str | None = None
    attachments: int = 0
    noted: bool = False


@dataclass(frozen=True, slots=True)
class DemoMail:
    """One mail of the demo: who hands it in (the envelope), whom it claims to be from, and its bytes."""

    name: str
    title: str
    envelope: str
    address: str
    message_id: str
    content: bytes = field(repr=False)
    expected: Expected = Expected(acknowledged=True)


def write_files(
    folder: Path, *, imap_port: int, smtp_port: int, password: str, telegram_url: str = "", x: XServer | None = None
) -> Path:
    """Write configuration, directory, key and credentials; return the configuration's path.

    With the address of a sandbox's Telegram, and with a sandbox's X, the desk has a channel there, too.
    """
    secrets = {"gatehouse.key": new_key_line(), "mail.password": password, TOKEN_FILE: TOKEN}
    secrets |= {} if x is None else x_scene.keys(x)
    for name, secret in secrets.items():
        write_private(folder / name, secret + "\n")
    directory = _DIRECTORY.format(accounts=account() + x_scene.accounts())
    (folder / "official.toml").write_text(directory, encoding="utf-8")
    path = folder / "gatehouse.toml"
    filled = _CONFIGURATION.format(
        brand=BRAND, imap_port=imap_port, smtp_port=smtp_port, authserv_id=AUTHSERV_ID, desk=DESK
    )
    filled += channel(telegram_url) if telegram_url else ""
    filled += x_scene.channel(x.url) if x is not None else ""
    path.write_text(filled, encoding="utf-8")
    return path


def demo_mails(now: datetime) -> tuple[DemoMail, ...]:
    """Return the mails in the order in which they are sent."""
    return (_question(now), _impostor(now), _citation(now), _out_of_office(now), _broken(now), _forged(now))


def user_reply(answer: EmailMessage, to: DemoMail, now: datetime) -> bytes:
    """Return a user's reply to an agent's answer, as a mail program writes it."""
    reply = compose(
        sender=to.address,
        subject=f"回复：{answer['Subject']}",
        text="已经到账了，谢谢！\n",
        message_id=f"<reply-1@{to.address.partition('@')[2]}>",
        now=now,
    )
    reply["In-Reply-To"] = answer["Message-ID"]
    reply["References"] = f"{answer['References'] or ''} {answer['Message-ID']}".strip()
    return to_bytes(reply)


def compose(*, sender: str, subject: str, text: str, message_id: str, now: datetime, name: str = "") -> EmailMessage:
    """Return a plain mail to the desk."""
    mail = EmailMessage()
    mail["From"] = f"{name} <{sender}>" if name else sender
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id
    mail.set_content(text)
    return mail


def to_bytes(mail: EmailMessage) -> bytes:
    """Return a mail as it goes over the wire; long lines keep our signed message ids in one piece."""
    return mail.as_bytes(policy=SMTP.clone(max_line_length=998))


def _question(now: datetime) -> DemoMail:
    sender, message_id = "wang.fang@mail.test", "<question-1@mail.test>"
    text = "您好，\n\n我昨天提现了 500 USDT，到现在还没有到账。附件是提现记录的截图，请帮我查一下。\n\n王芳\n"
    mail = compose(sender=sender, name="王芳", subject="提现没有到账", text=text, message_id=message_id, now=now)
    mail.add_attachment(_PNG, maintype="image", subtype="png", filename="提现记录.png")
    return DemoMail(
        "question",
        "honest question in Chinese, with a picture",
        sender,
        sender,
        message_id,
        to_bytes(mail),
        Expected(acknowledged=True, language="zh-CN", attachments=1),
    )


def _impostor(now: datetime) -> DemoMail:
    sender, message_id = "desk@customer-care.test", "<urgent-7@customer-care.test>"
    text = "Your account is locked. Answer with the six-digit code that we sent to your phone, or it stays locked.\n"
    mail = compose(
        sender=sender, name="Examplex Support Team", subject="Urgent", text=text, message_id=message_id, now=now
    )
    return DemoMail(
        "impostor",
        "“Examplex Support Team” from another domain asks for a code",
        sender,
        sender,
        message_id,
        to_bytes(mail),
        Expected(
            acknowledged=True,
            findings=frozenset({"sender_poses_as_official"}),
            worst=Severity.DANGER,
            warned=True,
        ),
    )


def _citation(now: datetime) -> DemoMail:
    sender, message_id = "tom.baker@post.test", "<real-or-not@post.test>"
    text = "Hello,\n\nsomebody sent me https://exampIex.test/unlock to unlock my account. Is that page yours?\n\nTom\n"
    mail = compose(
        sender=sender, name="Tom Baker", subject="Is this page real?", text=text, message_id=message_id, now=now
    )
    return DemoMail(
        "citation",
        "a user asks whether exampIex.test (capital i for l) is real",
        sender,
        sender,
        message_id,
        to_bytes(mail),
        Expected(
            acknowledged=True,
            findings=frozenset({"look_alike_mentioned"}),
            worst=Severity.WARNING,
            warned=True,
            language="en",
        ),
    )


def _out_of_office(now: datetime) -> DemoMail:
    sender, message_id = "maria.lopez@office.test", "<away-3@office.test>"
    text = "I am away until Monday and read no mail.\n"
    mail = compose(
        sender=sender, name="Maria Lopez", subject="Out of office", text=text, message_id=message_id, now=now
    )
    mail["Auto-Submitted"] = "auto-replied"
    return DemoMail(
        "away",
        "out-of-office reply, written by a machine",
        sender,
        sender,
        message_id,
        to_bytes(mail),
        Expected(acknowledged=False),
    )


def _broken(now: datetime) -> DemoMail:
    sender, message_id = "lee@old-mailer.test", "<broken-5@old-mailer.test>"
    head = (
        f"From: =?x-nowhere?Q?L=E9e?= <{sender}>\r\nTo: {DESK}\r\nSubject: =?utf-9?B?%%%?= my withdrawal\r\n"
        f"Date: {format_datetime(now)}\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed\r\n\r\n"
    )
    parts = (
        b"--part\r\nContent-Type: text/plain; charset=x-nowhere\r\n\r\n"
        b"My withdrawal of 20 USDT \x00 is stuck \xff\xfe since yesterday.\r\n--part\r\n"
    )
    return DemoMail(
        "broken",
        "broken mail: no boundary, unknown charset, NUL bytes",
        sender,
        sender,
        message_id,
        head.encode() + parts,
        Expected(acknowledged=True, noted=True),
    )


def _forged(now: datetime) -> DemoMail:
    sender, message_id = "security@examplex.test", "<notice-9@elsewhere.test>"
    text = "Dear colleague, please send me the list of locked accounts.\n"
    mail = compose(
        sender=sender, name="Examplex Security", subject="Internal", text=text, message_id=message_id, now=now
    )
    return DemoMail(
        "forged",
        "our own domain forged in From; mail authentication fails",
        "bulk@elsewhere.test",
        sender,
        message_id,
        to_bytes(mail),
        Expected(
            acknowledged=False,
            findings=frozenset({"official_address_forged"}),
            worst=Severity.DANGER,
        ),
    )


def write_private(path: Path, text: str) -> None:
    """Write a new file that its owner alone can read."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
