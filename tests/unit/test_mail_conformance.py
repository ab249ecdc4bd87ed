"""Our checks of mails agree with the public suites of ARC and SPF, but for what is told and explained here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.enrich.mail.arc import check_arc
from gateway.enrich.mail.fields import read_original
from gateway.enrich.mail.spf import check_spf
from tests.mail_zone import SuiteZone, Zone

SHARED = "GATEHOUSE_SHARED_DATA"
ARC, SPF = "arc-draft-validation-tests.yml", "rfc7208-tests.yml"
ARC_CASES, SPF_CASES = 171, 200

NO_RESULT = "The suite leaves the result open. A seal that says cv=fail ends the chain: RFC 8617, section 5.2, step 2."
ARC_KNOWN = {
    "cv_fail_i1_as_cv_fail": NO_RESULT,
    "cv_fail_i2_as1_fail": NO_RESULT,
    "cv_fail_i2_as2_fail": NO_RESULT,
}
"""Every case of the ARC suite that we see otherwise, and why."""
SPF_KNOWN: dict[str, str] = {}
"""The same of the SPF suite."""


def _suite(name: str) -> Iterator[dict[str, Any]]:
    root = os.environ.get(SHARED)
    path = Path(root or ".") / "auth_conformance" / name
    if root is None or not path.exists():
        pytest.skip(f"{SHARED} names no folder with auth_conformance/{name}")
    return iter(yaml.safe_load_all(path.read_text(encoding="utf-8")))


async def test_p44_the_arc_suite_but_for_known_disagreements() -> None:
    differ, count = set(), 0
    for part in _suite(ARC):
        zone = Zone({(name, "TXT"): [text] for name, text in part["txt-records"].items()})
        for name, case in part["tests"].items():
            chain = await check_arc(zone, read_original(case["message"].encode()))
            found = chain.found.value if chain.found is not None else "none"
            count += 1
            if found != (case["cv"] or "").strip().lower():
                differ.add(name)
    assert count == ARC_CASES
    assert differ == set(ARC_KNOWN)


async def test_p42_the_spf_suite_but_for_known_disagreements() -> None:
    differ, count = set(), 0
    for part in _suite(SPF):
        zone = SuiteZone(part["zonedata"])
        for name, case in part["tests"].items():
            result = await check_spf(zone, ip_address(case["host"]), case["mailfrom"], case["helo"])
            wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
            count += 1
            if result not in wanted:
                differ.add(name)
    assert count == SPF_CASES
    assert differ == set(SPF_KNOWN)
