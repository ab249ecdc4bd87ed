"""What each pure stage costs: microseconds of CPU a message, for short messages and for mails of 4 kB; shown only."""

from __future__ import annotations

import asyncio
import gc
import pickle
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Fact, Message, Party, Thread
from gateway.casework import Judged, Policy, ask, decide
from gateway.enrich import gather
from gateway.enrich.mail_auth import MailAuthEnricher
from gateway.past import Past
from gateway.ports import Key
from gateway.triage import triage
from gateway.trust.assess import assess
from normalizers.email import NORMALIZER
from tests.builders import NOON, provenance, raw
from tests.mails import DESK, mixed
from tests.unit.test_trust_directory import DAY, sample

T = TypeVar("T")
R = TypeVar("R")

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

MESSAGES = 4_000
MAIL_BYTES = 4_096
DIRECTORY = sample()
POLICY = Policy(
    brand="Examplex",
    official=("support@examplex.test", "@examplex on X"),
    locales=load_locales(),
    secret=b"s" * 32,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset({DESK}),
    sending=frozenset({"support"}),
)
SILENT = replace(POLICY, acknowledgement=AckPolicy(enabled=False))
UNANSWERED = "decide, without"
FRESH = Past(sent_to=(0, 0), sent_to_all=(0,))
ENRICHERS = (MailAuthEnricher({"support": ("mx.examplex.test",)}),)

# Every message is another one: where a number stands, names, links and amounts differ from message to message.
SHORT = (
    "Hello, I sent {n}.25 USDT yesterday and it is still not in my account. Please help me, what should I do now?",
    "hi, my withdrawal of 0.{n} BTC is pending since 8:30. txid 9f2c{n:08x}77aa0b{n:08x}e1d4c3, when will it come?",
    "Is @helper{n} one of you? He wrote to me first and asks for a code that came by text message.",
    "My account is locked after I changed my phone. I wrote 3 times/no answer, e.g. case 2026-{n}. What is going on?",
    "你好,我的提现 {n} 还没有到账,已经等了两天了,请尽快帮我处理一下,谢谢。",
    "客服您好，我昨天充值的 {n} USDT 没有到账，网络选的是 TRC20，请帮忙查一下订单 {n}。",
    "Hola, hice un retiro de {n} euros ayer y todavía no ha llegado a mi cuenta. ¿Me pueden ayudar, por favor?",
    "Здравствуйте, я вывел {n} USDT вчера вечером, но деньги до сих пор не пришли. Помогите, пожалуйста.",
    "Merhaba, dün {n} TL yatırdım ama hesabıma hala geçmedi. Ne zaman geçer, bilgi verir misiniz lütfen?",
    "Xin chào, tôi đã nạp {n} USDT vào tài khoản từ hôm qua nhưng vẫn chưa thấy tiền. Vui lòng kiểm tra giúp tôi.",
    "Is https://examplex-bonus{n}.test/claim?id={n} yours? A friend sent it to me and wants me to log in there.",
    "Bonjour, je ne peux pas me connecter depuis hier sur examplex.test, mon numéro est le {n}. Merci pour votre aide.",
    "안녕하세요, 어제 {n} USDT를 출금했는데 아직 입금되지 않았습니다. 확인 부탁드립니다.",
    "こんにちは、昨日 {n} USDT を出金しましたが、まだ届いていません。確認をお願いします。",
    "مرحبا، قمت بسحب {n} دولار أمس ولم يصل المبلغ إلى حسابي حتى الآن. أرجو المساعدة.",
    "Halo, saya sudah deposit {n} USDT kemarin tetapi belum masuk ke akun saya. Mohon bantuan, terima kasih.",
)
"""Messages of a chat or a post, 50 to 280 characters."""

PARAGRAPHS = (
    "I deposited {n}.50 USDT on Friday over the TRC20 network, and it is still not in my account. The transaction is "
    "9f2c{n:08x}77aa0b{n:08x}e1d4c3 and the explorer shows it as confirmed. I have waited for two days now.",
    "Somebody who calls himself desk.manager{n} wrote to me at the same time, from help{n}@mail.test, and asked for "
    "the code that I get by text message. I did not give it to him. Is he one of you?",
    "Before that I had changed my phone/number, i.e. the second factor was set up again at 12:30. Since then the app "
    "shows version 6.{n} and says that withdrawals are locked for 24 hours, but that was 3 days ago.",
    "I looked it up on https://examplex.test/help/{n} and did what stands there, step by step, but it did not help.",
)


class Stages:
    """The CPU time of each stage over all messages, in the order in which they ran."""

    def __init__(self, title: str, messages: int) -> None:
        self._title = title
        self._messages = messages
        self._secs: dict[str, float] = {}

    def run(self, stage: str, step: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Take every item through a stage."""
        with self._timed(stage):
            return [step(item) for item in items]

    def gather(self, messages: Sequence[Message]) -> list[tuple[Fact, ...]]:
        """Gather the facts about every message on one loop, as the pipeline does."""

        async def all_of_them() -> list[tuple[Fact, ...]]:
            return [await gather(message, ENRICHERS, 5.0) for message in messages]

        with self._timed("enrich"):
            return asyncio.run(all_of_them())

    def judge(self, messages: Sequence[Message]) -> None:
        """Take messages from their facts to the decision."""
        facts = self.gather(messages)
        pairs = list(zip(messages, facts, strict=True))
        assessed = self.run("assess", lambda pair: assess(pair[0], pair[1], DIRECTORY, DAY), pairs)
        triaged = self.run("triage", lambda pair: triage(pair[0], pair[1]), pairs)
        judged = [Judged(*each) for each in zip(messages, assessed, triaged, strict=True)]
        self.run("ask", lambda each: ask(each.event, POLICY, NOON), judged)
        self.run("decide, with acknowledgement", lambda each: decide(each, FRESH, POLICY, NOON), judged)
        self.run(UNANSWERED, lambda each: decide(each, FRESH, SILENT, NOON), judged)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        """Count CPU without the garbage collector, which would charge one stage for what all of them keep here."""
        gc.collect()
        gc.disable()
        began = time.process_time()
        try:
            yield
        finally:
            self._secs[stage] = time.process_time() - began
            gc.enable()

    def show(self) -> None:
        """Print the table; the sum takes a message once through each stage, with its acknowledgement."""
        print(f"\n{self._title}, {self._messages} of them: microseconds of CPU for one")
        for stage, secs in self._secs.items():
            print(f"  {stage:<32}{secs / self._messages * 1e6:8.0f}")
        whole = sum(secs for stage, secs in self._secs.items() if stage != UNANSWERED)
        print(f"  {'all, with acknowledgement':<32}{whole / self._messages * 1e6:8.0f}")


def short_message(number: int) -> Message:
    """Return a message as a chat gives it."""
    writer = Party(platform="telegram", address=f"{number}", id=f"{number}", handle=f"user_{number}", name="Ann Bell")
    name = f"telegram:{number}"
    return Message(
        id=name,
        content_key=name,
        provenance=provenance(key=name, lane=name),
        platform="telegram",
        sender=writer,
        text=SHORT[number % len(SHORT)].format(n=number + 100),
        sent_at=NOON,
        thread=Thread(own_ref=f"<{name}>"),
    )


def mail_of_4_kb(number: int) -> bytes:
    """Return a mail as its server hands it over, with a body that fills it up to 4 kB."""
    head = (
        f"Return-Path: <user{number}@mail.test>\r\n"
        f"Delivered-To: {DESK}\r\n"
        "Received: from mx.examplex.test by imap.examplex.test; Fri, 20 Nov 2026 12:00:02 +0000\r\n"
        f"Received: from out{number}.mail.test by mx.examplex.test; Fri, 20 Nov 2026 12:00:01 +0000\r\n"
        "Authentication-Results: mx.examplex.test; dmarc=pass header.from=mail.test; spf=pass\r\n"
        f" smtp.mailfrom=user{number}@mail.test; dkim=pass header.d=mail.test\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=mail.test; s=one; h=from:to:subject; bh={'A' * 43}=; b={'B' * 344}\r\n"
        f"From: User {number} <user{number}@mail.test>\r\n"
        f"To: Examplex Support <{DESK}>\r\n"
        f"Subject: My deposit {number} has not arrived\r\n"
        "Date: Fri, 20 Nov 2026 12:00:00 +0000\r\n"
        f"Message-ID: <m{number:06}@mail.test>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    )
    parts = (part.format(n=number + 100 * turn) for turn in range(9) for part in PARAGRAPHS)
    text = "\r\n\r\n".join("\r\n".join(textwrap.wrap(part, 76)) for part in parts)
    return f"{head}\r\n{text}"[:MAIL_BYTES].encode()


def judged_mails(title: str, bodies: Sequence[bytes]) -> None:
    """Take mails through all stages and print what each costs."""
    raws = [replace(raw(body=body), key=Key(f"1:{number}")) for number, body in enumerate(bodies)]
    stages = Stages(title, len(raws))
    events = stages.run("normalize", NORMALIZER.normalize, raws)
    stages.judge([each for found in events for each in found if isinstance(each, Message)])
    stages.show()


def test_short_messages() -> None:
    stages = Stages("short messages", MESSAGES)
    stages.judge(stages.run("making the message", short_message, range(MESSAGES)))
    stages.show()


def test_mails_of_4_kb() -> None:
    judged_mails("mails of 4 kB", [mail_of_4_kb(number) for number in range(MESSAGES // 4)])


def test_mails_of_every_shape() -> None:
    """The shapes that a mailbox holds, but for the giants among them, which would drown the others."""
    judged_mails("mails of mixed shapes", [mail for mail in mixed(MESSAGES // 4) if len(mail) <= 4 * MAIL_BYTES])


def test_the_way_of_a_mail_to_another_process() -> None:
    """What a process that parses for this one would cost it: the raw on its way out, the message on its way back."""
    raws = [raw(body=mail_of_4_kb(number)) for number in range(MESSAGES // 4)]
    stages = Stages("mails of 4 kB", len(raws))
    stages.run("normalize", NORMALIZER.normalize, raws)
    packed = stages.run("pickle raw", pickle.dumps, raws)
    stages.run("unpickle raw", pickle.loads, packed)
    told = stages.run("pickle message", pickle.dumps, [NORMALIZER.normalize(each) for each in raws])
    stages.run("unpickle message", pickle.loads, told)
    stages.show()
    for name, sizes in (("raw", packed), ("message", told)):
        print(f"  a {name} pickled: {sum(map(len, sizes)) // len(sizes)} bytes")
