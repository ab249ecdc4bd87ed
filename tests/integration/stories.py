"""A desk that has all an exchange's desk has, on each channel, and who plays a story on it.

Beside the channel there are the exchange's own systems, which know the user and freeze accounts; a node of Ethereum and
one of BNB Smart Chain, each with one transaction; help articles, pages and links. Only what lies beyond is an emulator.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from typing_extensions import override

from gateway.sandbox.exchange import ExchangeServer
from gateway.sandbox.mailbox import StoredMail
from tests.exchange import KEY_ID, SECRET, tables
from tests.integration import test_telegram_transcript as on_telegram
from tests.integration import test_x_transcript as on_x
from tests.integration.mail_engine import MailEngine, mail_engine, subject_of, text_of
from tests.integration.moved_desk import MovedDesk
from tests.integration.playing import SOLVED, Player
from tests.integration.telegram_desk import telegram_desk
from tests.integration.x_desk import XDesk, x_desk
from tests.servers.chain_node import EvmNode, Mined
from tests.transcripts import Block, transcript

UID = "48210734"
ANN_MAIL = "ann.meyer@mail.test"
ETHEREUM_HASH, BNB_HASH = f"0x{'5ab1c2d3' * 8}", f"0x{'7e0f94ab' * 8}"
"""The transactions of the stories: a deposit that has eleven confirmations, and one that went to the wrong network."""
TRON_HASH = "c419e6b30d19e6b30d19e6b30d19e6b30d19e6b30d19e6b30d19e6b30da5b6c7"
"""A deposit on a network whose nodes nobody has told the desk of."""
FREEZE = "https://www.examplex.test/freeze"
USDT = {
    "ethereum": "0xdac17f958d2ee523a2206206994597c13d831ec7",
    "bnb-smart-chain": "0x55d398326f99059ff775485246999027b3197955",
}
OURS = f"0x{'d0' * 20}"
HOW = {
    **on_telegram.HOW,
    **on_x.HOW,
    "The case is solved; an hour later": SOLVED,
    "工单已解决；一小时以后": SOLVED,
}
_HEADINGS = {"en": "Subject: ", "zh": "主题："}
_SIGNATURES = {"en": "Examplex Support", "zh": "Examplex 客服团队"}
_PAGES = """
[answers]
articles = "examples"

[answers.links]
freeze = "{freeze}"
security = "https://www.examplex.test/security"
status = "https://status.examplex.test/"
upload = "https://www.examplex.test/documents"
kyc = "https://www.examplex.test/kyc"
"""


@dataclass
class Scene:
    """A running desk, its exchange, and who plays."""

    desk: MovedDesk
    exchange: ExchangeServer
    player: Player
    sent: Callable[[], list[tuple[str, datetime]]]
    """What the user was sent in private so far, and when."""

    async def plays(self, name: str) -> list[tuple[str, str]]:
        """Play a transcript."""
        return list(await self.player.run(transcript(name, HOW)))


class MailPlay(Player):
    """One transcript by mail: a block that begins with a subject is a new mail, others answer the last one."""

    def __init__(self, desk: MailEngine, person: str, language: str) -> None:
        super().__init__(desk)
        self.desk = desk
        self.person = person
        self._heading = _HEADINGS[language]
        self._behind = f"\n\n-- \n{_SIGNATURES[language]}"
        self._subject = ""
        self._heard: list[StoredMail] = []

    @override
    async def says(self, block: Block) -> None:
        first, _, rest = block.text.partition("\n")
        if first.startswith(self._heading):
            self._subject = first.removeprefix(self._heading)
            await self.desk.writes(self.person, self._subject, rest.strip())
        else:
            await self.desk.writes(self.person, "", block.text, answers=self._heard[-1])

    @override
    async def hears(self, how: str) -> str:
        place = len(self._heard)
        await self.desk.until(lambda: len(self.desk.to(self.person)) > place)
        self._heard.append(self.desk.to(self.person)[place])
        return f"{self._heading}{subject_of(self._heard[-1])}\n\n{text_of(self._heard[-1])}"

    @override
    def unframed(self, text: str) -> str:
        before = f"{self._heading}Re: {self._subject} [{{case}}]\n\n"
        is_right = text.startswith(before) and text.endswith(self._behind)
        return text.removeprefix(before).removesuffix(self._behind) if is_right else text

    @override
    async def ends(self) -> None:
        await self.desk.settled()
        assert [subject_of(each) for each in self.desk.to(self.person)[len(self._heard) :]] == []


@asynccontextmanager
async def scene(folder: Path, channel: str, language: str, *, region: str, known: bool) -> AsyncIterator[Scene]:
    """Run a desk on a channel; `known`: the exchange knows whose account there it is, and of which region."""
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(_ON[channel](folder, language))
        desk, exchange = found.desk, found.exchange
        await stack.enter_async_context(exchange.running(0))
        if known:
            name = f"{channel}:{ANN_MAIL if channel == 'mail' else _id_of(found.player)}"
            exchange.know(UID, name, region=region, registered_mail=ANN_MAIL, kyc="approved")
        nodes = [await stack.enter_async_context(each) for each in _nodes()]
        secret = desk.folder / "exchange.secret"
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(SECRET, encoding="utf-8")
        top = f"{_PAGES.format(freeze=FREEZE)}\n{tables(exchange)}\n{_chains(nodes)}"
        desk.configure(top=top.replace("[risk]\n", "[risk]\ntimeout_ms = 60000\n"))  # type: ignore[attr-defined]
        works = desk.is_under_way
        desk.is_under_way = lambda: exchange.under_way > 0 or works()
        await desk.start()
        stack.push_async_callback(desk.stop)
        if isinstance(desk, XDesk):
            await desk.polled()
        desk.clock.advance(1.0)
        yield found


@asynccontextmanager
async def _on_telegram(folder: Path, language: str) -> AsyncIterator[Scene]:
    async with telegram_desk(folder, starts=False) as desk:
        name, code = ("Ann", "en") if language == "en" else ("王芳", "zh-hans")
        person = desk.server.person(name, language_code=code)
        player = on_telegram.Play(desk, person, {})
        yield Scene(desk, _exchange(desk), player, lambda: [(each.text, each.at) for each in desk.to(person)])


@asynccontextmanager
async def _on_x(folder: Path, language: str) -> AsyncIterator[Scene]:
    async with x_desk(folder, starts=False) as desk:
        person = desk.server.person("ann_t" if language == "en" else "wangfang_t")
        told = desk.server.sent_messages
        yield Scene(desk, _exchange(desk), on_x.Play(desk, person), lambda: [(each.text, each.at) for each in told])


@asynccontextmanager
async def _by_mail(folder: Path, language: str) -> AsyncIterator[Scene]:
    async with mail_engine(folder) as desk:
        player = MailPlay(desk, ANN_MAIL, language)
        sent = lambda: [(text_of(each), each.received_at) for each in desk.to(ANN_MAIL)]  # noqa: E731
        yield Scene(desk, _exchange(desk), player, sent)


_ON: dict[str, Callable[[Path, str], AbstractAsyncContextManager[Scene]]] = {
    "telegram": _on_telegram,
    "x": _on_x,
    "mail": _by_mail,
}


def _exchange(desk: MovedDesk) -> ExchangeServer:
    return ExchangeServer(desk.clock, SECRET.encode(), KEY_ID)


def _id_of(player: Player) -> str:
    return str(cast("on_telegram.Play | on_x.Play", player).person["id"])


def _nodes() -> Iterator[EvmNode]:
    for chain_id, network, tx_hash in ((1, "ethereum", ETHEREUM_HASH), (56, "bnb-smart-chain", BNB_HASH)):
        node = EvmNode(chain_id=chain_id)
        amount = 350_000_000 if chain_id == 1 else 500 * 10**18
        node.mine(Mined(tx_hash, 990, USDT[network], 0, ((USDT[network], OURS, amount),)))
        yield node


def _chains(nodes: list[EvmNode]) -> str:
    names = {1: "ethereum", 56: "bnb-smart-chain"}
    return "\n".join(
        f'[chains.{names[each.chain_id]}]\nkind = "evm-rpc"\nurl = "{each.url}"\nnetwork = "{names[each.chain_id]}"\n'
        for each in nodes
    )
