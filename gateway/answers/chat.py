"""The texts of chats that no command asked for: acknowledgement, files too large, impostors, the way to private.

Pure. Nothing that a user wrote becomes part of them; of an impostor's name only what `gateway.answers.names` lets pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gateway.answers.asking import Rows, Teller, account_title
from gateway.answers.compose import official_line, warnings
from gateway.answers.first import CHAT_ROOM, NO_HELP, Help, fitted
from gateway.answers.locales import FALLBACK, Locales
from gateway.answers.names import defanged, one_line
from gateway.case import Assessment, Case, Party
from gateway.ports import Button
from gateway.trust.entries import platform_title

INVITES_EVERY = timedelta(hours=12)
"""A member of a group is asked into a private chat at most so often."""

EXPOSED_EVERY = timedelta(minutes=10)
"""The same, where the member has shown everybody what is personal."""

_MAX_ID = 32


def chat_acknowledgement(
    case: Case,
    assessment: Assessment,
    locales: Locales,
    brand: str,
    official: Sequence[str],
    *,
    opens: bool = True,
    readable: bool = True,
    privacy: str = "",
    more: Help = NO_HELP,
) -> str:
    """Return the automatic reply to a chat message; warnings first, then the rest in short.

    `opens`: it opens a case. To a further message, whose person has the case's number, it is the warnings alone.
    `readable` is False for one that is encrypted: its person is asked to say it elsewhere. `privacy` is a link that is
    told with the number. `more` is what is known to help: beside what must be said, as much of it as there is room for.
    """
    tell = Teller(locales, case.language, brand)
    if more.alone and not assessment.findings:
        return "\n\n".join(fitted(more.parts, CHAT_ROOM))
    arrived = ("first-received" if more.parts else "chat-received") if readable else "chat-encrypted"
    received = (tell.text(arrived, case=case.id),) if opens else ()
    ways = official_line(official, tell) if opens and not readable else ()
    policy = (tell.text("privacy-line", link=privacy),) if opens and privacy else ()
    before = (*warnings(assessment.findings, official, tell, more.danger), *received, *ways)
    after = (tell.text("never-line"), *policy)
    room = CHAT_ROOM - sum(len(each) + 2 for each in (*before, *after))
    return "\n\n".join((*before, *fitted(more.parts if readable else (), room), *after))


def file_too_large(count: int, locales: Locales, language: str, brand: str) -> str:
    """Say that so many files could not be taken, and what to do; the message itself has arrived."""
    tell = Teller(locales, language, brand)
    return tell.text("file-too-large") if count == 1 else tell.text("files-too-large", count=str(count))


def group_private(
    locales: Locales, language: str, brand: str, invite: str, *, exposed: bool = False
) -> tuple[str, Rows]:
    """Return the text, and the button where there is a link, that lead from a group to a private chat.

    `exposed`: what the person wrote there is personal, and should be deleted.
    """
    tell = Teller(locales, language, brand)
    paragraphs = (*((tell.text("group-exposed"),) if exposed else ()), tell.text("group-private"))
    return "\n\n".join(paragraphs), private_button(tell, invite)


def private_button(tell: Teller, invite: str) -> Rows:
    """Return the button that leads to a private chat, where there is a link to one."""
    return ((Button(text=tell.text("button-private"), url=invite),),) if invite else ()


def impostor_in_group(account: Party, locales: Locales, language: str, brand: str) -> str:
    """Warn a group of an account that poses as ours, by its number and, where it may be repeated, its name."""
    tell = Teller(locales, language, brand)
    return tell.text("impostor-in-group", account=account_name(account, tell), brand=tell.brand)


def impostor_told(
    account: Party, group: Party, assessment: Assessment, case_id: str, locales: Locales, brand: str
) -> str:
    """Tell the operators' chat of an impostor seen in a group: who, where, whom it imitates, and on which case."""
    tell = Teller(locales, FALLBACK, brand)
    lines = [
        tell.text(
            "impostor-told",
            account=account_name(account, tell),
            platform=platform_title(account.platform),
            group=_number(group, tell),
            case=case_id,
        )
    ]
    if imitated := next((each.official for each in assessment.findings if each.official), None):
        lines.append(tell.text("impostor-imitates", official=account_title(tell, imitated)))
    lines.append(tell.text("impostor-to-do"))
    return "\n".join(lines)


def account_name(party: Party, tell: Teller) -> str:
    """Return an account by its number and, where it may be repeated, its name, made unclickable."""
    name = defanged(f"@{party.handle}") if party.handle else None
    number = _number(party, tell)
    return f"{name} ({number})" if name else number


def _number(party: Party, tell: Teller) -> str:
    return tell.text("account-number", account=one_line(party.id or party.address, _MAX_ID))
