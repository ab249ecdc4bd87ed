"""A mail that comes to a mailbox while its server looks."""

from __future__ import annotations

import os

from tests.servers.dovecot import Dovecot


def drop(dovecot: Dovecot, raw: bytes, user: str, number: int) -> None:
    """Put one mail into the inbox as a delivery does: whole at once."""
    maildir = dovecot._base / "mail" / user / "Maildir"
    draft, name = maildir / "tmp" / str(number), f"{1_800_000_000 + number}.M{number:06}P1.example"
    draft.write_bytes(raw)
    os.chown(draft, *dovecot._owner)
    draft.rename(maildir / "new" / name)
