"""Names what of a mail is encrypted or signed, S/MIME or OpenPGP; decrypts and checks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.case import Evidence
from normalizers.email._parts import Holds, Part
from normalizers.email._reading import Reading

TEXT = "[encrypted message: it cannot be read here]"
"""The text of a mail of which nothing can be read."""
ENCRYPTED, SIGNED = "encrypted", "signed"
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = {
    "application/pkcs7-signature": "smime", "application/x-pkcs7-signature": "smime",
    "application/pgp-signature": "pgp",
}  # fmt: skip
_NOT_ENCRYPTED = ("signed", "compressed", "certs")
_INLINE = re.compile(r"(?m)^-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----[ \t]*$")
_ARMOR = re.compile(r"(?ms)^-----BEGIN PGP MESSAGE-----[ \t]*$.*?(?:^-----END PGP MESSAGE-----[ \t]*$|\Z)")


def collect(top: Part, text: str, reading: Reading) -> tuple[Evidence, ...]:
    """Return what of a mail's own parts and its text is `encrypted` or `signed`, each as `smime` or `pgp`.

    Mails that are attached are not looked at: who wrote to us did not encrypt them.
    """
    found = list(dict.fromkeys([*_of(top), *_inline(text)]))
    if any(name == ENCRYPTED for name, _ in found):
        reading.note("encrypted", "The mail is encrypted; it can be read with its recipient's key alone.")
    return tuple(Evidence(name=name, value=value) for name, value in found)


def is_unread(text: str) -> bool:
    """Whether a text of an encrypted mail holds nothing that can be read beside what is encrypted."""
    return not _ARMOR.sub("", text).strip()


def _of(part: Part) -> Iterator[tuple[str, str]]:
    if part.is_message and part.path:
        return
    if (protocol := _signature(part)) is not None:
        yield SIGNED, protocol
    elif part.type == "multipart/encrypted":
        yield ENCRYPTED, "pgp" if "pgp" in part.params.get("protocol", "pgp").lower() else "smime"
    elif part.type in _SMIME and part.holds is not Holds.SIGNED:
        kind = part.params.get("smime-type", "enveloped-data").lower()
        if not kind.startswith(_NOT_ENCRYPTED):
            yield ENCRYPTED, "smime"
        elif kind.startswith("signed"):
            yield SIGNED, "smime"
    elif part.holds is Holds.SIGNED:
        yield SIGNED, "smime"
    for child in part.children:
        yield from _of(child)


def _signature(part: Part) -> str | None:
    """Return by which means a multipart is signed, that is, of which sort its last part is."""
    if part.type != "multipart/signed" or not part.children:
        return None
    said = part.params.get("protocol", "").lower()
    return _SIGNATURES.get(said) or _SIGNATURES.get(part.children[-1].type)


def _inline(text: str) -> Iterator[tuple[str, str]]:
    if "-----BEGIN PGP " in text:
        for match in _INLINE.finditer(text):
            yield (ENCRYPTED if match[1] == "MESSAGE" else SIGNED), "pgp-inline"
