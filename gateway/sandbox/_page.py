"""What keeps the sandbox's pages on this machine: the headers of their answers, and who may call them."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping

HEADERS: Mapping[str, str] = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""For every answer; the document's own has the policy of `policy` instead."""

_BESIDE = b"<!-- beside -->"


def policy(document: str) -> str:
    """Return a policy that runs what stands in the document and nothing else."""
    hashes = {}
    for tag in ("script", "style"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        digests = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in inside)
        hashes[tag] = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def linked(document: bytes, beside: Mapping[str, str]) -> bytes:
    """Return the document with links to other pages, by their names, where it has the mark for them."""
    links = " · ".join(f'<a href="{html.escape(url)}/">{html.escape(name)}</a>' for name, url in beside.items())
    return document.replace(_BESIDE, f"<nav>Beside it: {links}</nav>".encode() if links else b"")


def is_local(host: str) -> bool:
    """Say whether a page was asked for by this machine's own name, so that no foreign name leads here."""
    return host.rpartition(":")[0] in ("127.0.0.1", "localhost")


def same_origin(headers: Mapping[str, str]) -> bool:
    """Say whether a call comes from the page itself."""
    kind = headers.get("content-type", "").split(";")[0].strip()
    return headers.get("origin") == f"http://{headers.get('host', '')}" and kind == "application/json"
