"""Hands one mail to the sandbox's SMTP server: `python3 -m gateway.sandbox.send --smtp PORT --from ... --text ...`.

The standard library alone, so that it runs wherever Python does.
"""

from __future__ import annotations

import argparse
import smtplib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from mimetypes import guess_type
from pathlib import Path

HOST = "127.0.0.1"
TIMEOUT_SECS = 10.0


def hand_in(port: int, sender: str, recipient: str, content: bytes) -> None:
    """Send bytes as they are; blocks until the server took them."""
    with smtplib.SMTP(HOST, port, local_hostname="sender.sandbox.test", timeout=TIMEOUT_SECS) as client:
        client.sendmail(sender, [recipient], content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compose a mail from the command line and send it."""
    given = _parser().parse_args(arguments)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = given.sender, given.to, given.subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=given.sender.rpartition("@")[2])
    if given.in_reply_to:
        mail["In-Reply-To"] = mail["References"] = given.in_reply_to
    mail.set_content(given.text)
    for path in given.attach:
        kind, _, sub = (guess_type(path.name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(path.read_bytes(), maintype=kind, subtype=sub, filename=path.name)
    try:
        hand_in(given.smtp, given.sender, given.to, mail.as_bytes(policy=SMTP))
    except (OSError, smtplib.SMTPException) as error:
        print(f"not sent: {error}", file=sys.stderr)  # noqa: T201 - a command's answer
        return 1
    print(f"sent as {mail['Message-ID']}")  # noqa: T201 - a command's answer
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m gateway.sandbox.send", description="Send a mail in the sandbox.")
    parser.add_argument("--smtp", type=int, required=True, metavar="PORT", help="the sandbox's SMTP port")
    parser.add_argument("--from", dest="sender", default="you@mail.test", help="sender; mail.test passes DMARC here")
    parser.add_argument("--to", default="support@examplex.test", help="recipient")
    parser.add_argument("--subject", default="A question")
    parser.add_argument("--text", default="Hello!")
    parser.add_argument("--in-reply-to", default="", metavar="MESSAGE-ID", help="the mail it answers")
    parser.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
