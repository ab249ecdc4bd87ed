"""A desk with one mailbox for tests: the sandbox's mail server, the real engine in this process, time by hand.

What a person gets is read from his inbox, and he answers it as mail programs do: on its thread, where it asks to be
answered, with what he answers quoted below.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from pathlib import Path

from gateway.sandbox.mail import MailServer
from gateway.sandbox.mailbox import StoredMail
from gateway.sandbox.send import hand_in
from gateway.store import new_key_line
from tests.conftest import ManualClock
from tests.integration.moved_desk import MovedDesk, watched_threads
from tests.mails import DESK

PASSWORD = "a made-up password"
MX = "mx.examplex.test"
_CONFIG = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[log]
format = "json"
{top}

[channels.support]
connector = "email"
address = "{desk}"
password = {{ file = "mail.password" }}
imap_host = "127.0.0.1"
imap_port = {imap}
imap_security = "plain"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "plain"
smtp_login = false
authserv_ids = ["{mx}"]
"""
_OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.mail]]
address = "{desk}"

[[brands.web]]
domain = "examplex.test"
"""


class MailEngine(MovedDesk):
    """One desk on one mailbox; made by `mail_engine`."""

    def __init__(self, folder: Path, server: MailServer, clock: ManualClock, working: Collection[object] = ()) -> None:
        super().__init__(folder, lambda: (), clock, working)
        self.server = server
        self._written = 0
        self.is_under_way = self.works

    def configure(self, top: str = "") -> None:
        """Write the desk's files: `top` are further tables."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ports = {"imap": self.server.imap_port, "smtp": self.server.smtp_port}
        self.config.write_text(_CONFIG.format(top=top, desk=DESK, mx=MX, **ports), encoding="utf-8")
        (self.folder / "official.toml").write_text(_OFFICIAL.format(desk=DESK), encoding="utf-8")
        for name, content in {"gatehouse.key": new_key_line(), "mail.password": PASSWORD}.items():
            (self.folder / name).touch(mode=0o600)
            (self.folder / name).write_text(content, encoding="utf-8")

    def works(self) -> bool:
        """Whether a mail is on its way in or out: the lines to the server show in no call."""
        if not (self.folder / "gatehouse.db").exists() or not self.running:
            return False
        ((stored,),) = self.rows("select count(*) from raws where source = 'support'")
        busy = self.rows(
            "select 1 from effects where state = 'claimed' union all select 1 from raws where state = 'claimed'"
        )
        return bool(busy) or stored < len(self.server.inbox(DESK).mails)

    async def settled(self) -> None:
        """Let time pass until everything is worked off, to the tickets and to the users."""
        await self.until(lambda: not self.works() and not self.open())

    def to(self, person: str) -> tuple[StoredMail, ...]:
        """Return what was sent to an address."""
        return self.server.inbox(person).mails

    async def writes(self, person: str, subject: str, text: str, answers: StoredMail | None = None) -> None:
        """Write to the desk, or answer a mail of its."""
        self._written += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Ann <{person}>", DESK, subject
        mail["Date"], mail["Message-ID"] = format_datetime(self.clock.now()), f"<m{self._written}@mail.test>"
        if answers is not None:
            read = message_from_bytes(answers.body, policy=default)
            mail.replace_header("To", read["Reply-To"] or DESK)
            mail.replace_header("Subject", f"Re: {read['Subject']}".replace("Re: Re: ", "Re: "))
            mail["In-Reply-To"] = mail["References"] = read["Message-ID"]
            quoted = "\n".join(f"> {line}" for line in text_of(answers).splitlines())
            text = f"{text}\n\nOn Fri, 20 Nov 2026 at 13:00, Examplex Support <{DESK}> wrote:\n\n{quoted}"
        mail.set_content(text)
        await asyncio.to_thread(hand_in, self.server.smtp_port, person, DESK, mail.as_bytes(policy=SMTP))


def subject_of(mail: StoredMail) -> str:
    """Return the subject that a reader sees."""
    return str(message_from_bytes(mail.body, policy=default)["Subject"])


def text_of(mail: StoredMail) -> str:
    """Return the text that a reader sees."""
    part = message_from_bytes(mail.body, policy=default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()


@asynccontextmanager
async def mail_engine(folder: Path) -> AsyncIterator[MailEngine]:
    """Serve, and make a desk on it: what is configured and started then is as an operator gets it."""
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        working = stack.enter_context(watched_threads())
        verdicts = {"mail.test": "pass"}
        server = await stack.enter_async_context(
            MailServer.start(password=PASSWORD, authserv_id=MX, verdicts=verdicts, now=clock.now)  # type: ignore[arg-type]
        )
        desk = MailEngine(folder / "desk", server, clock, working)
        desk.configure()
        try:
            yield desk
        finally:
            await desk.close()
