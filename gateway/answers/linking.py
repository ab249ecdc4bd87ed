"""The commands /link and /unlink: a one-time code that goes from one account to another proves both to be one person's.

Pure. The code is bound to the account that asked for it; the other account hands it back. Whoever gets somebody to
send him a code sees that one's cases, so that each text that bears a code says so, and both accounts are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from gateway import identity
from gateway.answers.asking import Asked, Linking, Told, Turn
from gateway.answers.compose import Teller
from gateway.answers.tokens import digest
from gateway.identity import Account, Code, How, Identity, Purpose
from gateway.trust.entries import platform_title

_MINUTE = timedelta(minutes=1)


def hash_of(secret: bytes, code: str) -> str:
    """Return what is kept of a code: with the secret alone can be found out which it was."""
    return digest(secret, "link-code", code).hex()


def link(turn: Turn, args: str) -> Told | None:
    """Give a code, or take the one of another account; anything else behind the word is the user's matter."""
    asked = turn.asked
    code = identity.read(args)
    if args and not code:
        return None
    if asked.account is None:
        return turn.says(turn.tell.text("link-wrong"), note="link: nothing proves the account")
    return _taken(turn, asked.account) if code else _given(turn, asked.account)


def unlink(turn: Turn, args: str) -> Told | None:
    """Let the account go that asks, and tell the others."""
    asked, account, person = turn.asked, turn.asked.account, turn.asked.known
    if args:
        return None
    if account is None or person is None:
        return turn.says(turn.tell.text("unlink-none"), note="unlink: not linked")
    gone = tuple(each.model_copy(update={"person": "", "was": person.id}) for each in person.parted(account))
    title = platform_title(account.platform)
    others = _others(person.accounts, account)
    linking = Linking(identities=gone, told=_told(turn.tell, "unlink-told", title, others))
    told = turn.says(turn.tell.text("unlink-done"), dialogue=asked.dialogue, note="unlink")
    return _with(told, linking)


def voided(asked: Asked) -> Linking | None:
    """Return what spends a code that was said where others read it: whoever saw it could use it."""
    code = asked.code
    if code is None or not code.is_good(asked.now):
        return None
    return Linking(codes=(code.model_copy(update={"spent_at": asked.now}),))


def _given(turn: Turn, account: Account) -> Told:
    asked = turn.asked
    name = asked.message.id if asked.message is not None else asked.pressed.press_id if asked.pressed else ""
    drawn = identity.drawn(digest(turn.desk.secret, "link", *account, name))
    code = Code(
        hash=hash_of(turn.desk.secret, drawn),
        platform=account.platform,
        account=account.account,
        channel=asked.dialogue.channel,
        expires_at=asked.now + identity.CODE_LASTS,
    )
    minutes = str(identity.CODE_LASTS // _MINUTE)
    told = turn.says(
        turn.tell.text("link-give", code=identity.shown(drawn), minutes=minutes),
        turn.tell.text("link-never"),
        dialogue=asked.dialogue,
        note="link: code given",
    )
    return _with(told, Linking(codes=(code,)))


def _taken(turn: Turn, account: Account) -> Told:
    asked, code = turn.asked, turn.asked.code
    if asked.tries >= identity.TRIES:
        return turn.says(turn.tell.text("link-many"), dialogue=asked.dialogue, note="link: too many wrong codes")
    if code is None or not code.is_good(asked.now):
        return _with(
            turn.says(turn.tell.text("link-wrong"), dialogue=asked.dialogue, note="link: wrong code"),
            Linking(codes=(_tried(turn, account),)),
        )
    if code.owner == account:
        return turn.says(turn.tell.text("link-same"), dialogue=asked.dialogue, note="link: its own code")
    return _joined(turn, account, code)


def _joined(turn: Turn, account: Account, code: Code) -> Told:
    """Make one person of both accounts, and of all that each was linked with."""
    asked = turn.asked
    before = {each.name: each for each in (*_accounts(asked), *asked.others)}
    here = Identity(
        platform=account.platform,
        account=account.account,
        person="",
        channel=asked.dialogue.channel,
        how=How.CODE,
        proven_at=asked.now,
    )
    there = Identity(
        platform=code.platform,
        account=code.account,
        person="",
        channel=code.channel,
        how=How.CODE,
        proven_at=asked.now,
    )
    every = {here.name: here, there.name: there} | before
    if len(every) > identity.MOST_ACCOUNTS:
        return turn.says(turn.tell.text("link-full"), dialogue=asked.dialogue, note="link: too many accounts")
    person = asked.known.id if asked.known else next((each.person for each in asked.others), code.hash[:32])
    linked = tuple(each.model_copy(update={"person": person, "was": each.person}) for each in every.values())
    others = _others(linked, account)
    spent = code.model_copy(update={"spent_at": asked.now})
    linking = Linking(linked, (spent,), _told(turn.tell, "link-told", platform_title(account.platform), others))
    text = turn.tell.text("link-done", platform=platform_title(code.platform))
    return _with(turn.says(text, turn.tell.text("link-never"), dialogue=asked.dialogue, note="link: linked"), linking)


def _accounts(asked: Asked) -> tuple[Identity, ...]:
    return asked.known.accounts if asked.known is not None else ()


def _tried(turn: Turn, account: Account) -> Code:
    """Return what counts one wrong code: named by its message, so that it counts once."""
    asked = turn.asked
    name = asked.message.id if asked.message is not None else ""
    return Code(
        hash=digest(turn.desk.secret, "link-tried", *account, name).hex(),
        platform=account.platform,
        account=account.account,
        channel=asked.dialogue.channel,
        purpose=Purpose.TRIED,
        expires_at=asked.now + identity.TRIES_LAST,
    )


def _others(accounts: Iterable[Identity], but: Account) -> tuple[Identity, ...]:
    return tuple(each for each in accounts if each.name != but)


def _told(tell: Teller, key: str, title: str, others: Iterable[Identity]) -> tuple[tuple[Account, str, str], ...]:
    text = tell.text(key, platform=title)
    return tuple((each.name, each.channel, text) for each in others)


def _with(told: Told, linking: Linking) -> Told:
    return replace(told, linking=linking)
