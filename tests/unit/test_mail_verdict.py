"""What follows from our own checks of a mail, and from a receiving server's: pass, fail, none or could not check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import Evidence, FactOutcome, Message, Party
from gateway.trust.mail_auth import is_proven, judge_mail_auth, without_doubts
from gateway.trust.mail_relay import list_author, way_here
from gateway.trust.mail_verdict import Checks, Policy, judge_checks
from tests.builders import message

PASS, FAIL, NONE, UNKNOWN = FactOutcome.PASS, FactOutcome.FAIL, FactOutcome.NONE, FactOutcome.COULD_NOT_CHECK
OKX = "okx.com"
REJECT, ASIDE, NOTHING = Policy(OKX, "reject"), Policy(OKX, "quarantine"), Policy(OKX)
STRICT = Policy(OKX, "reject", strict_dkim=True, strict_spf=True)
BARE = Checks(OKX, spf="none", spf_domain="bounce.test")
LIST, OTHER = frozenset({"list.test"}), frozenset({"other.test"})
SAW_PASS = "list.test; dmarc=pass header.from=okx.com"
SAW_FAIL = "list.test; dmarc=fail header.from=okx.com"


def signed(*results: tuple[str, str], policy: Policy | None = REJECT) -> Checks:
    return replace(BARE, dkim=results, policy=policy)


def sealed(text: str = SAW_PASS, sealers: frozenset[str] = LIST, policy: Policy | None = REJECT) -> Checks:
    links = (("list.test", text),)
    return replace(BARE, arc="pass", links=links, sealed_author=True, sealers=sealers, policy=policy)


@pytest.mark.parametrize(
    ("checks", "outcome"),
    [
        pytest.param(signed((OKX, "pass")), PASS, id="signed by the author's domain"),
        pytest.param(signed(("mail.okx.com", "pass")), PASS, id="by one below it"),
        pytest.param(signed((OKX, "fail"), (OKX, "pass")), PASS, id="one of two holds"),
        pytest.param(signed((OKX, "pass"), policy=None), PASS, id="without a policy"),
        pytest.param(signed(("mail.okx.com", "pass"), policy=STRICT), FAIL, id="below, where strict"),
        pytest.param(signed((OKX, "pass"), policy=STRICT), PASS, id="the same, where strict"),
        pytest.param(signed(("evil.net", "pass")), FAIL, id="signed by another"),
        pytest.param(signed(("notokx.com", "pass")), FAIL, id="by one that ends the same"),
        pytest.param(signed(("com", "pass")), FAIL, id="by a public suffix"),
        pytest.param(signed(("", "pass")), FAIL, id="by nobody"),
        pytest.param(signed((OKX, "policy")), FAIL, id="holds over a part alone"),
        pytest.param(signed((OKX, "permerror"), policy=ASIDE), FAIL, id="key not published"),
        pytest.param(signed((OKX, "fail"), policy=NOTHING), NONE, id="owner asks for nothing"),
        pytest.param(signed((OKX, "fail"), policy=None), NONE, id="no policy at all"),
        pytest.param(signed((OKX, "temperror")), UNKNOWN, id="no answer about the key"),
        pytest.param(signed(("evil.net", "temperror")), FAIL, id="no answer about a stranger's key"),
        pytest.param(replace(BARE, spf="pass", spf_domain=OKX, policy=REJECT), PASS, id="spf"),
        pytest.param(replace(BARE, spf="pass", spf_domain="mail.okx.com", policy=REJECT), PASS, id="spf below"),
        pytest.param(replace(BARE, spf="pass", spf_domain="mail.okx.com", policy=STRICT), FAIL, id="spf below, strict"),
        pytest.param(replace(BARE, spf="pass", spf_domain="evil.net", policy=REJECT), FAIL, id="spf of another"),
        pytest.param(replace(BARE, spf="pass", spf_domain="a b.okx.com", policy=REJECT), FAIL, id="spf of no name"),
        pytest.param(replace(BARE, spf="softfail", spf_domain=OKX, policy=REJECT), FAIL, id="spf softfail"),
        pytest.param(replace(BARE, spf="permerror", spf_domain=OKX, policy=REJECT), FAIL, id="spf cannot be gone by"),
        pytest.param(replace(BARE, spf="temperror", spf_domain=OKX, policy=REJECT), UNKNOWN, id="no answer about spf"),
        pytest.param(replace(BARE, spf="temperror", spf_domain="evil.net", policy=REJECT), FAIL, id="of another's"),
        pytest.param(replace(BARE, spf="", spf_domain="", policy=REJECT), UNKNOWN, id="peer not known"),
        pytest.param(replace(BARE, spf="", spf_domain="", policy=NOTHING), UNKNOWN, id="peer not known, p=none"),
        pytest.param(replace(BARE, policy_known=False), UNKNOWN, id="no answer about the policy"),
        pytest.param(replace(signed((OKX, "pass"), policy=None), policy_known=False), PASS, id="but proven"),
        pytest.param(replace(BARE, spf="fail", spf_domain=OKX), FAIL, id="no policy, spf -all"),
        pytest.param(replace(BARE, spf="fail", spf_domain="evil.net"), NONE, id="no policy, -all of another"),
    ],
)
def test_p42_a_verdict(checks: Checks, outcome: FactOutcome) -> None:
    fact = judge_checks(checks)
    assert (fact.kind, fact.subject, fact.outcome) == ("mail_auth", OKX, outcome)
    assert fact.reason
    assert ("checked_by", "gatehouse") in {(item.name, item.value) for item in fact.evidence}


@pytest.mark.parametrize(
    ("checks", "outcome"),
    [
        pytest.param(sealed(), PASS, id="a relay of trust saw a pass"),
        pytest.param(sealed(policy=None), PASS, id="without a policy"),
        pytest.param(sealed("list.test; dkim=pass header.d=okx.com"), PASS, id="saw a signature"),
        pytest.param(sealed("list.test; spf=pass smtp.mailfrom=a@okx.com"), PASS, id="saw spf"),
        pytest.param(sealed("list.test; dmarc=none"), NONE, id="saw nothing"),
        pytest.param(sealed("list.test; dmarc=pass"), NONE, id="does not say of whom"),
        pytest.param(sealed("list.test; dmarc=pass header.from=evil.net"), NONE, id="saw a pass of another"),
        pytest.param(sealed("(broken"), NONE, id="cannot be read"),
        pytest.param(sealed("list.test; dmarc=fail header.from=okx.com"), FAIL, id="saw a fail"),
        pytest.param(sealed(sealers=OTHER), FAIL, id="nobody trusts it"),
        pytest.param(sealed(sealers=frozenset({"st.test"})), FAIL, id="a name that ends the same"),
        pytest.param(sealed(sealers=OTHER, policy=NOTHING), NONE, id="nobody trusts it, p=none"),
        pytest.param(replace(sealed(), sealed_author=False), FAIL, id="its seal does not cover From"),
        pytest.param(replace(sealed(), arc="fail", links=()), FAIL, id="the chain does not hold"),
        pytest.param(replace(sealed(), arc="temperror"), UNKNOWN, id="the chain could not be checked"),
        pytest.param(replace(sealed(sealers=OTHER), arc="temperror"), FAIL, id="a stranger's could not be"),
        pytest.param(
            replace(sealed(), links=(("evil.net", SAW_PASS), ("list.test", SAW_FAIL))),
            FAIL, id="a stranger below it saw a pass",
        ),
        pytest.param(
            replace(sealed(), links=(("list.test", SAW_PASS), ("evil.net", "evil.net; dmarc=pass"))),
            FAIL, id="a stranger sealed after it",
        ),
        pytest.param(
            replace(sealed(), links=(("list.test", SAW_PASS), ("mx.list.test", "x; dmarc=fail header.from=okx.com"))),
            PASS, id="two of trust, the first saw a pass",
        ),
    ],
)  # fmt: skip
def test_p44_whose_seal_counts(checks: Checks, outcome: FactOutcome) -> None:
    assert judge_checks(checks).outcome is outcome


@given(st.booleans(), st.sampled_from([REJECT, ASIDE]), st.sampled_from(["pass", "fail", "none"]))
def test_p43_what_strangers_can_write_never_undoes_a_fail_that_the_owner_asks_for(
    listed: bool, policy: Policy, arc: str
) -> None:
    links = (("evil.net", SAW_PASS.replace("list.test", "evil.net")),) if arc == "pass" else ()
    found = replace(BARE, policy=policy, arc=arc, links=links, sealed_author=True, way="a mailing list" * listed)
    assert judge_checks(found).outcome is FAIL


def mail(*evidence: tuple[str, str], sender: str = "ann@okx.com", name: str = "Ann", **more: Any) -> Message:
    party = Party(platform="email", address=sender, name=name)
    said = tuple(Evidence(name=key, value=value) for key, value in evidence)
    return message(sender=party, evidence=said, **more)


AR = "authentication-results"
BROKEN = "mx.examplex.test; spf=fail smtp.mailfrom=ann@okx.com; dkim=fail header.d=okx.com"


@pytest.mark.parametrize(
    ("header", "marks", "outcome"),
    [
        (BROKEN, (), FAIL),
        (BROKEN, (("list-id", "Traders <traders.list.test>"),), NONE),
        (BROKEN, (("sender", "forwarder@relay.test"),), NONE),
        (BROKEN, (("x-original-sender", "ann@okx.com"),), NONE),
        (BROKEN, (("sender", "ann@mail.okx.com"),), FAIL),
        (f"{BROKEN}; dmarc=fail (p=none dis=none) header.from=okx.com", (), NONE),
        (f"{BROKEN}; dmarc=fail (p=NONE sp=REJECT dis=NONE) header.from=okx.com", (), NONE),
        (f"{BROKEN}; dmarc=fail reason=x header.from=okx.com (policy=none)", (), NONE),
        (f"{BROKEN}; dmarc=fail action=none header.from=okx.com", (), NONE),
        (f"{BROKEN}; dmarc=fail policy.published-domain-policy=none header.from=okx.com", (), NONE),
        (f"{BROKEN}; dmarc=fail (p=reject) header.from=okx.com", (), FAIL),
        (f"{BROKEN}; dmarc=fail (p=none) (p=reject) header.from=okx.com", (), FAIL),
        (f"{BROKEN}; dmarc=fail (p=reject) header.from=okx.com", (("list-id", "x <y.test>"),), FAIL),
        (f"{BROKEN}; dmarc=fail header.from=okx.com", (("list-id", "x <y.test>"),), FAIL),
        ("mx.examplex.test; spf=fail (p=none) smtp.mailfrom=x; dmarc=fail header.from=okx.com", (), FAIL),
    ],
)
def test_p44_lists_and_forwarders_are_neutral_unless_the_owner_asks_otherwise(
    header: str, marks: tuple[tuple[str, str], ...], outcome: FactOutcome
) -> None:
    fact = judge_mail_auth(mail((AR, header), *marks), ["mx.examplex.test"])
    assert fact.outcome is outcome


VIA = (("list-id", "<traders.list.test>"), ("list-post", "<mailto:traders@list.test>"))


@pytest.mark.parametrize(
    ("seen", "author"),
    [
        (mail(*VIA, sender="traders@list.test", name="Ann via Traders"), "traders@list.test"),
        (mail(*VIA, sender="traders@list.test"), "traders@list.test"),
        (mail(VIA[0], sender="traders@list.test", name="Ann via Traders"), "traders@list.test"),
        (mail(VIA[0], ("x-original-from", "Ann <ann@okx.com>"), sender="t@list.test"), "t@list.test"),
        (mail(*VIA), ""),
        (mail(VIA[0], ("x-original-sender", "ann@okx.com")), ""),
        (mail(sender="traders@list.test", name="Ann via Traders"), ""),
        (mail(), ""),
    ],
)
def test_p44_a_list_that_takes_the_authors_place_is_seen(seen: Message, author: str) -> None:
    assert list_author(seen) == author


def test_p44_a_pass_of_a_list_proves_nobody() -> None:
    seen = mail(
        (AR, "mx.examplex.test; dmarc=pass header.from=list.test"), *VIA, sender="traders@list.test", name="Ann via T"
    )
    fact = judge_mail_auth(seen, ["mx.examplex.test"])
    assert (fact.outcome, fact.subject) == (NONE, "list.test")
    assert "list" in fact.reason
    assert not is_proven([fact], "traders@list.test")
    own = judge_checks(replace(signed(("list.test", "pass")), domain="list.test"))
    assert (own.outcome, without_doubts(seen, own).outcome) == (PASS, NONE)


def test_how_a_mail_came_is_told_by_its_marks() -> None:
    assert way_here(mail()) == ""
    assert way_here(mail(("list-id", "x"))) == "a mailing list"
    assert way_here(mail(envelope_sender="srs0=ab=cd=okx.com=ann@relay.test")) == "a forwarder"
    assert way_here(mail(envelope_sender="ann+caf_=desk=examplex.test@gmail.com")) == "a forwarder"


def test_only_a_proof_of_the_very_domain_proves_an_address() -> None:
    proof = judge_checks(signed((OKX, "pass")))
    doubt = judge_checks(signed((OKX, "temperror")))
    assert is_proven([proof], "Ann@OKX.com")
    assert not is_proven([proof], "ann@mail.okx.com")
    assert not is_proven([proof, doubt], "ann@okx.com")
    assert not is_proven([doubt], "ann@okx.com")
    assert not is_proven([], "ann@okx.com")
    assert not is_proven([proof], "")
