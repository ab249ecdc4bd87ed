"""A sender's words inside a server's header never become the server's word: from bytes to fact."""

from __future__ import annotations

import pytest

from gateway.case import FactOutcome, Message
from gateway.trust.mail_auth import judge_mail_auth
from normalizers.email import NORMALIZER
from tests.builders import raw

MX = "mx.examplex.test"


def outcome(*headers: str) -> FactOutcome:
    lines = [*headers, "From: a@okx.com", "To: support@examplex.test", "Subject: x", "", "x"]
    (message,) = NORMALIZER.normalize(raw(body="\r\n".join(lines).encode()))
    assert isinstance(message, Message)
    return judge_mail_auth(message, [MX]).outcome


def test_the_desks_own_server_is_believed() -> None:
    assert outcome(f"Authentication-Results: {MX}; dmarc=pass header.from=okx.com") is FactOutcome.PASS


@pytest.mark.parametrize(
    "parameter",
    [
        "smtp.mailfrom==?utf-8?q?x=3B_dkim=3Dpass_header=2Ed=3Dokx=2Ecom_a?=@evil.net",
        'smtp.mailfrom="x; dkim=pass header.d=okx.com a"@evil.net',
        "smtp.mailfrom=x(; dkim=pass header.d=okx.com)@evil.net",
    ],
    ids=["encoded word", "quoted", "comment"],
)
def test_a_bounce_address_that_spells_a_result_is_no_result(parameter: str) -> None:
    assert outcome(f"Authentication-Results: {MX}; spf=pass {parameter}") is not FactOutcome.PASS


def test_a_strangers_header_counts_for_nothing() -> None:
    forged = "Authentication-Results: mx.evil.net; dmarc=pass header.from=okx.com"
    assert outcome(forged) is FactOutcome.COULD_NOT_CHECK


def test_a_forged_header_below_a_strangers_counts_for_nothing() -> None:
    own = f"Authentication-Results: {MX}; dmarc=pass header.from=okx.com"
    assert outcome("Authentication-Results: mx.relay.test; dmarc=none", own) is FactOutcome.COULD_NOT_CHECK
