"""Tells what is public and never masked: addresses of all chains, hashes, our own case numbers."""

from __future__ import annotations

import re

from gateway.trust.secrets.checksums import RIPPLE, base58, base58check

_ADDRESS = re.compile(
    r"(?:(?:bc|tb|bcrt|ltc|tltc|dgb|vtc|grs|via|mona|sys|cosmos|osmo|juno|celestia|inj|kava|terra|sei|dydx|thor|akash|secret"
    r"|evmos|axelar|stars|noble|neutron|band|one|erd|addr|addr_test|stake|stake_test|iaa|bnb|zil|kaspa|lnbc|lnurl|npub|zs|"
    r"ckb|nano|xrb|suit?|bech|fio|egld|cro|persistence|stride|agoric|umee|fetch|quick|crypto|tz|mantra|dym|saga|init|bbn)"
    r"[1:_][02-9a-z]{20,}"
    r"|(?:bitcoincash|bchtest|ecash|simpleledger):[02-9a-z]{30,}|[qp][02-9ac-hj-np-z]{41}"
    r"|0x[0-9a-fA-F]{40}|0x[0-9a-fA-F]{1,16}|(?:cx|hx)[0-9a-f]{40}|[0-9a-fA-F]{40}"
    r"|[0-9-]{1,2}:[0-9a-fA-F]{64}|[EUk0]Q[A-Za-z0-9_-]{46}"
    r"|G[A-Z2-7]{55}|M[A-Z2-7]{68}|[A-Z2-7]{58}|f[0-4][a-z2-7]{9,86}|0\.0\.[0-9]{1,12}"
    r"|tz[1-4][1-9A-HJ-NP-Za-km-z]{33}|KT1[1-9A-HJ-NP-Za-km-z]{33}|EOS[1-9A-HJ-NP-Za-km-z]{50}|PUB_K1_\w+"
    r"|ak_[1-9A-HJ-NP-Za-km-z]{30,}|Ae2[1-9A-HJ-NP-Za-km-z]{56}|DdzFF[1-9A-HJ-NP-Za-km-z]{90,110}"
    r"|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}|[xyztuvYZUV]pub[1-9A-HJ-NP-Za-km-z]{100,110}"
    r"|GH-[0-9A-Z]{5}-[0-9A-Z]{5})\Z"
)
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{24,112}\Z")
_ADDRESS_SIZES = range(20, 27)
"""Bytes of an address before its checksum: a version of one to six bytes and a hash of twenty."""


def is_public(value: str) -> bool:
    """Whether a value is by its shape an address, a public key or one of our case numbers."""
    if _ADDRESS.match(value):
        return True
    if not _BASE58.match(value):
        return False
    payload = base58check(value) or base58check(value, RIPPLE)
    if payload:
        return len(payload) in _ADDRESS_SIZES or (len(payload) == 78 and payload[45] != 0)
    return 43 <= len(value) <= 49 and len(base58(value)) in (32, 33, 34, 35, 36)
