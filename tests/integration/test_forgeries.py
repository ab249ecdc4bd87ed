"""The matrix of forgeries: whatever a mail pretends, it joins no case of another and never passes as official.

Each axis is a table of what a forger can write; each cell goes from its bytes through normalizer, judgement and
casework into a real store. What a forger cannot write stands in the last tests: a reference or a tag that we signed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.answers.tokens import sign_tag, sign_token
from gateway.case import Case, Entry, Standing
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.mail_desk import AGENT, DESK, MX, SECRET, MailDesk, codes, mail, verdict

ANN, EVE = "ann@mail.test", "eve@evil.test"
OTHER = b"x" * 32
RESULT = f"Authentication-Results: {MX}"

VERDICTS: Mapping[str, tuple[str, ...]] = {
    "fail": (verdict("fail"),),
    "spf and dkim fail": (f"{RESULT}; spf=fail smtp.mailfrom=evil.test; dkim=fail header.d=evil.test",),
    "none": (verdict("none"),),
    "passed for another domain": (f"{RESULT}; spf=pass smtp.mailfrom=evil.test; dkim=pass header.d=evil.test",),
    "passed for a From that is not shown": (verdict("pass", "evil.test"),),
    "could not finish": (f"{RESULT}; dmarc=temperror header.from=mail.test",),
    "contradicts itself": (f"{RESULT}; dmarc=fail; dmarc=pass header.from=mail.test",),
    "fail, of a domain that asks for nothing": (f"{verdict('fail')} (p=none)",),
    "spf and dkim fail, with a list's marks": (
        f"{RESULT}; spf=fail smtp.mailfrom=evil.test; dkim=fail header.d=evil.test",
        "List-Id: <team.lists.test>",
        "X-Original-From: ann@mail.test",
    ),
    "nothing": (),
    "a relay's above": ("Authentication-Results: mx.relay.test; dmarc=pass header.from=mail.test",),
}
"""What the receiving servers wrote on top of a mail whose From is forged: never a pass for that From."""

RESULTS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "below": (verdict("pass"),),
    "below, twice": (verdict("pass"), verdict("pass")),
    "below, folded": (f"Authentication-Results:\r\n\t{MX};\r\n dmarc=pass\r\n  header.from=mail.test",),
    "below, in capitals": (f"AUTHENTICATION-RESULTS: {MX.upper()}; DMARC=PASS header.from=MAIL.test",),
    "below, with a dot": (verdict("pass", by=f"{MX}."),),
    "of a stranger": (verdict("pass", by="mx.evil.test"),),
    "of a name like ours": (verdict("pass", by=f"{MX}.evil.test"),),
    "as ARC": (f"ARC-Authentication-Results: i=1; {MX}; dmarc=pass header.from=mail.test",),
    "as Received-SPF": ("Received-SPF: pass (mail.test: domain of ann@mail.test designates us)",),
}
"""What the forger writes of the kind; the receiving server's own word stands above it."""

ON_TOP: Mapping[str, tuple[str, ...]] = {
    "a subject": ("Subject: Urgent",),
    "a subject, in capitals, with a space": ("SUBJECT : Urgent",),
    "a form of the text": ("Content-Type: multipart/mixed; boundary=x", "Content-Type: text/plain"),
    "an encoding": ("Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: 7bit"),
    "an id": ("Message-ID: <other@mail.test>",),
    "a parent": ("In-Reply-To: <a1@mail.test>", "In-Reply-To: <x@y.test>"),
    "references": ("References: <a1@mail.test>", "References: <x@y.test>"),
    "where answers go": (f"Reply-To: {EVE}", f"Reply-To: {DESK}"),
    "an author": (f"From: {AGENT}",),
}
"""What a forger puts on top of a mail that its author did sign: the pass is about the fields below."""


@dataclass(frozen=True)
class Known:
    """What a forger may know: the victim's number and Message-ID, and what we signed for a case of his own."""

    number: str
    ref: str
    own: str

    def references(self) -> Mapping[str, tuple[str, ...]]:
        """Return what In-Reply-To and References may pretend."""
        token, own = sign_token(SECRET, self.number, "n"), sign_token(SECRET, self.own, "n")
        drawn, mac = own.split(".")[2:]
        forged = {
            "the victim's own id": self.ref,
            "a signature of another secret": sign_token(OTHER, self.number, "n"),
            "a signature for another case": f"gh.{self.number}.{drawn}.{mac}",
            "a made-up signature": f"gh.{self.number}.{'a' * 16}.{'a' * 26}",
            "a signature cut short": token[:-1],
            "a signature made longer": f"{token}a",
            "a signature in capitals, one letter off": _off(token).upper(),
            "a tag in the place of a token": f"gh.{self.number}.{sign_tag(SECRET, self.own)[2:]}",
            "nothing": "",
        }
        return {name: _cited(ref) for name, ref in forged.items()}

    def addresses(self) -> Mapping[str, str]:
        """Return the address of ours that the mail may go to."""
        tag, own = sign_tag(SECRET, self.number), sign_tag(SECRET, self.own)
        forged = {
            "nothing": "",
            "a tag of another secret": sign_tag(OTHER, self.number),
            "a tag for another case": tag[:12] + own[12:],
            "a tag cut short": tag[:-1],
            "a tag, one letter off": _off(tag),
            "a token's end": tag[:12] + sign_token(SECRET, self.number, "n")[-20:],
            "a number alone": self.number,
        }
        return {name: f"support+{tag}@examplex.test" if tag else DESK for name, tag in forged.items()}

    def texts(self) -> Mapping[str, tuple[str, str]]:
        """Return subject and text."""
        return {
            "no number": ("My deposit", "Send it to my new address."),
            "number in the subject": (f"Re: [{self.number}] My deposit", "Send it to my new address."),
            "number in the text": ("My deposit", f"About {self.number.lower()}: send it to my new address."),
        }


def _off(token: str) -> str:
    return token[:-1] + ("b" if token[-1] != "b" else "c")


def _cited(ref: str) -> tuple[str, ...]:
    named = ref if ref.startswith("<") or not ref else f"<{ref}@examplex.test>"
    return (f"In-Reply-To: {named}", f"References: <x@y.test> {named}") if named else ()


SENDERS = cycle(
    (f"Ann <{ANN}>", f'"{DESK}" <{ANN}>', f"{ANN.upper()}", f"Ann <{ANN}>, Eve <{EVE}>", f"=?utf-8?q?Ann?= <{ANN}>")
)
REPLY_TO = cycle(((), (f"Reply-To: {EVE}",), (f"Reply-To: {DESK}",), (f"Reply-To: {ANN}, {EVE}",)))
"""What varies beside the axes: how the forged From is written, and where answers are asked for."""


@pytest_asyncio.fixture
async def desk(tmp_path: Path, clock: ManualClock) -> AsyncIterator[MailDesk]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        yield MailDesk(store, clock)


async def known(desk: MailDesk) -> tuple[Case, Known]:
    """Let the victim and the forger each have a case."""
    victim, _ = await desk.placed(mail("a1", ANN, verdict("pass")))
    own, _ = await desk.placed(mail("e1", EVE, verdict("pass", "evil.test"), subject="Mine"))
    return victim, Known(victim.id, "<a1@mail.test>", own.id)


def cells(forger: Known) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Yield each cell of the matrix with its names: verdicts by references by texts, the other axes in turn."""
    results, addresses = cycle(RESULTS.items()), cycle(forger.addresses().items())
    axes = product(VERDICTS.items(), forger.references().items(), forger.texts().items())
    for at, ((judged, top), (cites, refs), (says, (subject, text))) in enumerate(axes):
        (pretends, below), (goes_to, address) = next(results), next(addresses)
        if judged in ("nothing", "a relay's above"):
            # Where our own server wrote nothing, one line is as good as another: it must strip what bears its name.
            pretends, below = "none", ()
        head = (*top, *next(REPLY_TO), *below, *refs)
        body = mail(f"f{at}", next(SENDERS), *head, to=address, subject=subject, text=text)
        yield (judged, pretends, cites, goes_to, says), body


async def test_no_forgery_joins_a_case_or_passes_as_official(desk: MailDesk) -> None:
    victim, forger = await known(desk)
    matrix = list(cells(forger))
    assert len(matrix) == len(VERDICTS) * 9 * 3 >= 290
    assert {name for names, _ in matrix for name in names} >= {*RESULTS, *forger.addresses()}
    entries = await desk.flood([body for _, body in matrix])
    wrong = {
        names: found for (names, _), entry in zip(matrix, entries, strict=True) if (found := faults(entry, forger))
    }
    assert wrong == {}
    assert await desk.case(victim.id) == victim
    assert (await desk.case(forger.own)).message_count == 1


def faults(entry: Entry, forger: Known) -> str:
    """Return what is wrong with where a forgery went; empty for nothing."""
    if entry.case_id in (forger.number, forger.own):
        return f"joined {entry.case_id}"
    if entry.assessment.sender is Standing.OFFICIAL:
        return "passes as official"
    return ""


async def test_a_forgery_that_names_a_case_is_linked_and_says_why_it_did_not_join(desk: MailDesk) -> None:
    victim, forger = await known(desk)
    for at, (judged, top) in enumerate(VERDICTS.items()):
        body = mail(f"f{at}", ANN, *top, *forger.references()["the victim's own id"])
        case, entry = await desk.placed(body)
        assert [(link.kind, link.case_id) for link in case.links] == [("claims", victim.id)], judged
        assert "join_refused" in codes(entry), judged


async def test_p43_nobody_passes_as_official_by_what_a_mail_says(desk: MailDesk) -> None:
    await known(desk)
    ours = {name: tuple(each.replace("mail.test", "examplex.test") for each in top) for name, top in VERDICTS.items()}
    forged = {name: tuple(each.replace("mail.test", "examplex.test") for each in say) for name, say in RESULTS.items()}
    names: list[tuple[str, str, str]] = []
    mails: list[bytes] = []
    for sender, (judged, top), (pretends, below) in product(
        (f"Examplex <{DESK}>", AGENT, f"<{DESK}>, <{EVE}>"), ours.items(), forged.items()
    ):
        if judged in ("nothing", "a relay's above") and pretends != "none":
            continue
        names.append((sender, judged, pretends))
        mails.append(mail(f"o{len(mails)}", sender, *top, *below))
    assert len(mails) >= 270
    entries = await desk.flood(mails)
    wrong = [name for name, entry in zip(names, entries, strict=True) if entry.assessment.sender is Standing.OFFICIAL]
    assert wrong == []
    _, true = await desk.placed(mail("t", AGENT, verdict("pass", "examplex.test")))
    assert true.assessment.sender is Standing.OFFICIAL


async def test_p43_nobody_passes_by_what_stands_on_top_of_a_signed_mail(desk: MailDesk) -> None:
    victim, _ = await known(desk)
    tops = [(name, top) for name, top in ON_TOP.items() if name != "an author"]
    ours = [mail(f"o{at}", AGENT, verdict("pass", "examplex.test"), *top) for at, top in enumerate(ON_TOP.values())]
    entries = await desk.flood(ours)
    assert [entry.assessment.sender for entry in entries if entry.assessment.sender is Standing.OFFICIAL] == []
    for at, (name, top) in enumerate(tops):
        says = {"subject": f"Re: [{victim.id}] My deposit"}
        _, entry = await desk.placed(mail(f"j{at}", ANN, verdict("pass"), *top, **says))
        assert entry.case_id != victim.id, name
    _, honest = await desk.placed(mail("h", ANN, verdict("pass"), subject=f"Re: [{victim.id}] My deposit"))
    assert honest.case_id == victim.id


async def test_the_same_ways_lead_the_honest_to_their_case(desk: MailDesk) -> None:
    """Or the matrix above would show nothing."""
    victim, forger = await known(desk)
    token = sign_token(SECRET, victim.id, "n")
    signed = {"token": _cited(token), "token in capitals": _cited(token.upper()), "own id": _cited(forger.ref)}
    for at, (way, refs) in enumerate(signed.items()):
        _, entry = await desk.placed(mail(f"h{at}", ANN, verdict("pass"), *refs))
        assert entry.case_id == victim.id, way
    address = f"support+{sign_tag(SECRET, victim.id)}@examplex.test"
    _, tagged = await desk.placed(mail("h4", ANN, verdict("pass"), to=address))
    for at, (name, (subject, text)) in enumerate(forger.texts().items()):
        _, entry = await desk.placed(mail(f"n{at}", ANN, verdict("pass"), subject=subject, text=text))
        # Without a number, too: a proven sender goes on with the one case that is open, where the matter is the same.
        assert entry.case_id == victim.id, name
    assert tagged.case_id == victim.id


@pytest.mark.parametrize("judged", list(VERDICTS))
async def test_what_we_signed_opens_no_door_to_a_refuted_name(desk: MailDesk, judged: str) -> None:
    """A mail of ours was forwarded: its reference is true, the name above it is not."""
    victim, _ = await known(desk)
    leaked = _cited(sign_token(SECRET, victim.id, "n"))
    case, entry = await desk.placed(mail("f", ANN, *VERDICTS[judged], *leaked))
    failed = judged in ("fail", "spf and dkim fail")
    assert (case.id == victim.id) is not failed
    assert codes(entry) & {"join_refused", "unproven_join"} == {"join_refused" if failed else "unproven_join"}
    assert case.requester.address == ANN


@pytest.mark.parametrize("says", ["number in the subject", "number in the text"])
async def test_where_nobody_judges_senders_a_name_is_believed_and_marked(desk: MailDesk, says: str) -> None:
    """A channel without a receiving server to believe: else nobody would ever join by his own name."""
    unjudged = MailDesk(desk.store, desk.clock, judged=())
    victim, forger = await known(unjudged)
    subject, text = forger.texts()[says]
    case, entry = await unjudged.placed(mail("f", ANN, verdict("pass"), subject=subject, text=text))
    assert (case.id, codes(entry)) == (victim.id, {"unproven_join"})
    stranger, _ = await unjudged.placed(mail("g", EVE, verdict("pass"), subject=subject, text=text))
    assert stranger.id != victim.id
