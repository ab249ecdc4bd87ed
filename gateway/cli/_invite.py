"""Links that bind a chat to a case: which channel they lead to, and the one-time token in them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn

from gateway.answers.commands import Command, token_of
from gateway.case import CaseState
from gateway.cli._beside import operator, with_store
from gateway.cli._common import fail
from gateway.dialogue import TOKEN_LASTS, Token
from gateway.queues import Act
from gateway.settings import Settings
from gateway.views import CaseView

TOKEN_BYTES = 24
TOKEN = "{token}"  # noqa: S105 - where a token is put, no token


def new_link(settings: Settings, view: CaseView, channel: str | None) -> tuple[str, datetime]:
    """Make a one-time token for a case; return the link with it, and until when it is good."""
    case = view.file.case
    link = _link(settings, case.channel, channel)
    if case.state is CaseState.SOLVED:
        fail(f"{case.id} is solved: reopen it first, or let the user write anew")
    token, digest = new_token()
    act = Act(operator(), datetime.now(UTC))
    kept = Token(hash=digest, case_id=case.id, expires_at=act.at + TOKEN_LASTS)
    with_store(settings, lambda store: store.add_token(kept, act))
    return link.replace(TOKEN, token), kept.expires_at


def new_token() -> tuple[str, str]:
    """Draw a one-time token; return it, for its bearer alone, and the hash that is kept of it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, token_of(Command("start", token))


def _link(settings: Settings, of_case: str, wanted: str | None) -> str:
    links = _links(settings)
    name = wanted or (of_case if of_case in links or len(links) != 1 else next(iter(links)))
    if name not in links:
        _refuse(settings, name, wanted, links)
    return links[name]


def _refuse(settings: Settings, name: str, wanted: str | None, links: Mapping[str, str]) -> NoReturn:
    if wanted is not None and wanted not in {each.name for each in settings.channels}:
        fail(f'no channel "{wanted}" is enabled')
    if wanted is None and len(links) > 1:
        fail(f"several channels take invitations; add {' or '.join(f'--channel {each}' for each in links)}", 2)
    others = f"; these have: {', '.join(links)}" if links else ""
    fail(f'the channel "{name}" has no private chat that anybody could be invited to{others}')


def _links(settings: Settings) -> Mapping[str, str]:
    """Return the invitations of all channels that have one, by channel."""
    found = {each.name: each.plugin.manners(each.settings).invite for each in settings.channels}
    return {name: link for name, link in found.items() if TOKEN in link}
