"""`gatehouse blocks`: senders, domains, groups and words that operators have had enough of."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Annotated, Any

import typer

from gateway.blocks import Block, BlockKind, compared
from gateway.cli._beside import operator, poke, with_store
from gateway.cli._common import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    fail,
    harmless,
    operator_settings,
    say,
    say_json,
    say_table,
)
from gateway.queues import Act

app = typer.Typer(help="Senders, domains, groups and terms that are blocked: add, list, lift.", no_args_is_help=True)

COLUMNS = ("number", "kind", "value", "until (UTC)", "by", "reason", "state")
_MOST = 2**63 - 1
_LONGEST_DAYS = 3660
_LONGEST_VALUE = 200
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
_ADDRESS = re.compile(r"[^\s@<>,:;]+@[^\s@<>,:;]+")
_WITHOUT_END = "without end"


@app.callback()
def group() -> None:
    """Blocks: what they meet is filed, marked and folded, never dropped."""


@app.command()
def add(
    kind: Annotated[BlockKind, typer.Argument(help="sender, domain, chat or term.")],
    value: Annotated[
        str,
        typer.Argument(help="An address, PLATFORM:ID of an account or a group, a domain, or words.", metavar="VALUE"),
    ],
    days: Annotated[
        float, typer.Option("--days", min=0, max=_LONGEST_DAYS, help="How long it holds; 0 until it is lifted.")
    ] = 30,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the log of acts and whoever reads an appeal.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Block a sender, a mail domain, a group or a term; running gateways take it up within seconds."""
    settings = operator_settings(config)
    named = _named(kind, value, settings)
    if kind is BlockKind.SENDER and any(named == each.casefold() for each in _own(settings)):
        fail(f"{harmless(named, one_line=True)} is an address of this desk")
    now = datetime.now(UTC)
    block = Block(kind, named, until=now + timedelta(days=days) if days else None)
    act = Act(by=operator(), at=now, reason=reason)
    kept = with_store(settings, lambda store: store.blocks.add(block, act))
    poke(settings)
    say(f"block {kept.number}: {kind.value} {harmless(named, one_line=True)}, {_until(kept)}")


@app.command(name="list")
def list_blocks(
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 100,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List blocks, newest first."""
    now = datetime.now(UTC)
    found = with_store(operator_settings(config), lambda store: store.blocks.page(limit, now=None if every else now))
    if as_json:
        say_json([_plain(each, now) for each in found])
    elif found:
        say_table(COLUMNS, [_row(each, now) for each in found])
    else:
        say("Nothing is blocked.")


@app.command()
def lift(
    number: Annotated[int, typer.Argument(help="The number of a block.", min=1, max=_MOST)],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the log of acts.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """End a block before its time."""
    settings = operator_settings(config)
    act = Act(by=operator(), at=datetime.now(UTC), reason=reason)
    if not with_store(settings, lambda store: store.blocks.lift(number, act)):
        fail(f"there is no block {number} that holds")
    poke(settings)
    say(f"block {number} is lifted")


def _named(kind: BlockKind, value: str, settings: Any) -> str:
    """Return a value as messages are compared with it; ends the command for one that could never meet anything."""
    text = value.strip()
    if not text or len(text) > _LONGEST_VALUE:
        fail(f"a block names something, in at most {_LONGEST_VALUE} characters", 2)
    match kind:
        case BlockKind.TERM:
            return _term(text)
        case BlockKind.DOMAIN:
            return _domain(text, settings)
        case _:
            return _account(kind, text, settings)


def _term(text: str) -> str:
    from gateway.triage.phrases import letters_in

    if letters_in(text) < 2:
        fail("a term needs two letters or digits: signs tell nothing, one letter meets nearly every message", 2)
    return text


def _domain(text: str, settings: Any) -> str:
    """Return a domain, also out of a link; strangers share the great mail providers, and the desk blocks itself not."""
    from gateway.casework.abuse_policy import PUBLIC_DOMAINS

    host = text.partition("://")[2] or text
    domain = compared(re.split(r"[/?#]", host, maxsplit=1)[0].lstrip("@").rstrip("."))
    domain = re.sub(r":[0-9]+$", "", domain)
    if _HOST.fullmatch(domain) is None:
        fail("write a domain such as spam.example", 2)
    if domain in PUBLIC_DOMAINS:
        fail(f"{domain} is a public mail provider: block the sender", 2)
    if any(_is_below(compared(each.rpartition("@")[2]), domain) for each in _own(settings)):
        fail(f"{domain} is a domain of this desk", 2)
    return domain


def _is_below(domain: str, above: str) -> bool:
    return domain == above or domain.endswith(f".{above}")


def _account(kind: BlockKind, text: str, settings: Any) -> str:
    from gateway.answers.acknowledge import plain_address
    from gateway.trust.platforms import PLATFORMS

    if kind is BlockKind.SENDER and "@" in text:
        address = re.sub(r"^(mailto|email):", "", parseaddr(text)[1] or text, flags=re.IGNORECASE)
        if _ADDRESS.fullmatch(address) is not None:
            return plain_address(compared(address))
    platform, _, account = text.casefold().partition(":")
    known = PLATFORMS | {each.plugin.platform for each in settings.channels}
    if not account or account.startswith("@") or any(map(str.isspace, account)) or platform not in known - {"email"}:
        hint = "an address, or " if kind is BlockKind.SENDER else ""
        fail(f"write {hint}a platform and its number, such as telegram:4711", 2)
    return f"{platform}:{account}"


def _own(settings: Any) -> list[str]:
    return [str(each.settings.address) for each in settings.channels if hasattr(each.settings, "address")]


def _until(block: Block) -> str:
    return f"until {block.until:%Y-%m-%d %H:%M} UTC" if block.until else _WITHOUT_END


def _state(block: Block, now: datetime) -> str:
    return "lifted" if block.lifted_at else "holds" if block.holds(now) else "over"


def _row(block: Block, now: datetime) -> tuple[str, ...]:
    until = f"{block.until:%Y-%m-%d %H:%M}" if block.until else _WITHOUT_END
    told = (str(block.number), block.kind.value, block.value, until, block.by, block.reason, _state(block, now))
    return tuple(harmless(each, one_line=True) for each in told)


def _plain(block: Block, now: datetime) -> dict[str, Any]:
    return {
        "number": block.number,
        "kind": block.kind.value,
        "value": block.value,
        "until": block.until.isoformat() if block.until else None,
        "made_at": block.made_at.isoformat() if block.made_at else None,
        "by": block.by,
        "reason": block.reason,
        "state": _state(block, now),
    }
