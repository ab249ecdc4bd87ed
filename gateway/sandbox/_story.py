"""The demo's story on the terminal; no judgement is made here.

User text is printed as it is, never as markup.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from gateway.case import Direction, Severity
from gateway.sandbox._outcome import Outcome, Received
from gateway.sandbox.chat import Chat
from gateway.sandbox.chat_scene import BOT
from gateway.sandbox.mail import HOST, MailServer
from gateway.sandbox.scenario import BRAND, DESK, DemoMail
from gateway.views import CaseView

EXCERPT_LINES = 6
EXCERPT_CHARS = 150
_STYLES = {Severity.NOTICE: "cyan", Severity.WARNING: "yellow", Severity.DANGER: "bold red"}


class StoryConsole(Console):
    """A console that leaves a reader who went away to whoever ends the demo."""

    @override
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def opening(console: Console) -> None:
    """Say what is going to happen."""
    console.print(
        f"A mail server and a Telegram on this machine, a made-up brand ({BRAND}), and the real gateway. "
        f"Six mails go to {DESK} over real sockets, and a user chats with @{BOT}.",
        markup=False,
    )


def tell(
    console: Console,
    mails: Sequence[DemoMail],
    outcomes: Mapping[str, Outcome | None],
    problems: Mapping[str, Sequence[str]],
) -> None:
    """Show a row a mail, then what the users got."""
    caption = "Sender: standing in the brand's directory, mail authentication. Ack.: acknowledgement sent."
    table = Table(title="What became of each mail", caption=caption, title_justify="left", caption_justify="left")
    table.show_lines = True
    table.add_column("Mail", max_width=28, overflow="fold")
    table.add_column("Case", no_wrap=True)
    for heading in ("Sender", "Findings", "Ack.", "Ticket", ""):
        table.add_column(heading, overflow="fold")
    for mail in mails:
        table.add_row(*_row(mail, outcomes.get(mail.name), not problems.get(mail.name)))
    console.print(table)
    for mail in mails:
        found = outcomes.get(mail.name)
        for received in found.received if found else ():
            _letter(console, f"To {mail.address}: {received.subject}", _excerpt(received.text))


def conversation(console: Console, answer: Received | None, view: CaseView | None, author: str) -> None:
    """Show the agent's answer and the user's reply on the same case."""
    if answer is None or view is None:
        return
    _letter(console, f"{author} answers, and the user gets: {answer.subject}", answer.text)
    replies = [entry for entry in view.file.entries if entry.direction is Direction.IN][1:]
    for entry in replies:
        _letter(console, f"The user's reply lands on the same case, {view.file.case.id}", entry.message.text)
    ticket = ", ".join(f"{line.author} {'wrote' if line.kind == 'message' else line.kind}" for line in view.desk)
    console.print(
        f"The agent solves it: case {view.file.case.id} is {view.file.case.state}. Its ticket: {ticket}.",
        markup=False,
        highlight=False,
    )


def chat(console: Console, held: Chat, author: str) -> None:
    """Show the chat line by line: what was said, and what came back."""
    for line, heard in held.heard:
        if line.by_agent:
            title = f"{author} answers on {held.case_id}, and the user gets on Telegram"
        else:
            title = f"On Telegram the user writes: {line.says}"
        _letter(console, title, _excerpt(heard))


def verdict(console: Console, problems: Mapping[str, Sequence[str]]) -> None:
    """Say whether all ended as it should, or what differs."""
    wrong = {name: found for name, found in problems.items() if found}
    if not wrong and problems:
        console.print("Every mail ended as it should. So did the chat.", style="bold green")
        return
    console.print("Not all ended as it should:", style="bold red")
    for name, found in wrong.items():
        for problem in found:
            console.print(f"  {name}: {problem}", markup=False, soft_wrap=True)


def playground(
    console: Console, path: Path, server: MailServer, pages: Mapping[str, str], password: str, log: Path
) -> None:
    """Say exactly how to play on; lines to be copied are never wrapped. `pages`: what for, and where."""
    lines = (
        "",
        "All of it keeps running until Ctrl-C. In another terminal:",
        "",
        "Send a mail:",
        f"  {shlex.quote(sys.executable)} -m gateway.sandbox.send --smtp {server.smtp_port} --from you@mail.test"
        " --subject 'A question' --text 'Is examplex-bonus.test yours?'",
        *(line for what, url in pages.items() for line in (f"{what}, in a browser:", f"  {url}/")),
        "See its case, answer it, see whether an account is official:",
        f"  gatehouse cases list -c {path}",
        f"  gatehouse cases show CASE -c {path}",
        f"  gatehouse cases reply CASE 'Your answer' -c {path}",
        f"  gatehouse verify support@exampIex.test -c {path}",
        "Read what users got, with any mail program: every address has a mailbox",
        f"  IMAP {HOST}:{server.imap_port}   user: any address, such as you@mail.test   password: {password}",
        f"  SMTP {HOST}:{server.smtp_port}   no TLS; mail never leaves this machine",
        f"The gateway's log: {log}",
    )
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _row(mail: DemoMail, found: Outcome | None, well: bool) -> tuple[str | Text, ...]:
    mark = Text("ok", "green") if well else Text("differs", "bold red")
    if found is None:
        return (mail.title, "-", "-", "-", "-", "-", mark)
    acknowledged = "yes" if found.acknowledged else "no, rightly" if not mail.expected.acknowledged else "no"
    if any(received.warned for received in found.received):
        acknowledged += ", with warning"
    if found.acknowledged:
        acknowledged += f" ({found.language})"
    return (mail.title, found.case_id, _sender(found), _findings(found), acknowledged, _tickets(found), mark)


def _sender(found: Outcome) -> str:
    return f"{_plain(found.sender)}\nauth: {_plain(found.authentication)}"


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _findings(found: Outcome) -> Text:
    lines = [Text(f"{severity.value}: {_plain(code)}", _STYLES[severity]) for code, severity in found.findings]
    return Text("\n").join(lines) if lines else Text("none")


def _tickets(found: Outcome) -> str:
    return "yes" if len(found.tickets) == 1 else f"{len(found.tickets)}"


def _excerpt(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    more = ["[...]"] if len(lines) > EXCERPT_LINES else []
    return "\n".join([_shortened(line) for line in lines[:EXCERPT_LINES]] + more)


def _shortened(line: str) -> str:
    return line if len(line) <= EXCERPT_CHARS else f"{line[:EXCERPT_CHARS].rstrip()} [...]"


def _letter(console: Console, title: str, text: str) -> None:
    console.print(Panel(Text(text.strip()), title=Text(title), title_align="left"))
