"""Tries a mail channel from end to end: a mail of ours to ourselves, sent by SMTP, read back by IMAP, then removed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.email._door import Door
from connectors.email._mailbox import Mailbox
from connectors.email._settings import EmailSettings
from gateway.case import Party
from gateway.errors import GatewayError, OutcomeUnknownError
from gateway.ports import Check, Clock, Key, Reply, ReplyKind, Sender

LOOKS = 60
"""So often each folder is looked through, a second after the other."""
HEADER_BYTES = 65_536

_SUBJECT = "A test of this mailbox"
_TEXT = (
    "The support gateway wrote this to itself, to see whether mail goes out and comes in. It removes it by itself; "
    "if it is still here after some minutes, delete it."
)
_RECEIVER = re.compile(rb"(?im)^authentication-results:\s*([^\s;]{1,255})")


@dataclass(frozen=True, slots=True)
class _Found:
    """A mail that came back: where, and its header."""

    folder: str
    uid: int
    header: bytes


class MailProbe:
    """See `gateway.ports.Probe`. Logs in once, whatever the number of folders."""

    def __init__(self, name: str, settings: EmailSettings, sender: Sender, clock: Clock, door: Door) -> None:
        self._name = name
        self._settings = settings
        self._sender = sender
        self._clock = clock
        self._door = door

    async def probe(self, token: str, tag: str) -> Sequence[Check]:
        """See `Probe.probe`."""
        address = self._settings.answer_address(tag) or self._settings.address
        try:
            ref = await self._send(address, token)
        except GatewayError as error:
            return (_failed(f"a mail to {address} was not taken: {error}; {error.action}"),)
        began = self._clock.now()
        try:
            found, removed = await self._read_back(ref)
        except GatewayError as error:
            return (_failed(f"a mail to {address} was sent and cannot be read back: {error}; {error.action}"),)
        if found is None:
            where = "look for it in the mailbox's other folders and in the server's queue"
            return (_failed(f"a mail to {address} was taken, but did not come back within a minute; {where}"),)
        secs = (self._clock.now() - began).total_seconds()
        left = "" if removed else "; the server can remove no single mail, so it is marked as read"
        told = f"a mail to {address} came back within {secs:.0f} s, in {found.folder}{left}"
        return (Check("probe", ok=True, detail=told), self._receiver(found.header))

    async def _read_back(self, ref: str) -> tuple[_Found | None, bool]:
        box = await self._door.enter()
        try:
            found = await self._find(box, ref)
            return found, found is not None and await box.remove([found.uid])
        finally:
            await box.session.close()

    async def _send(self, address: str, token: str) -> str:
        to = Party(platform="email", address=address)
        reply = Reply(
            channel=self._name,
            kind=ReplyKind.NOTICE,
            to=to,
            case_id="",
            subject=_SUBJECT,
            text=_TEXT,
            automatic=False,
            token=token,
        )
        try:
            return (await self._sender.send(reply, Key(f"probe:{token}"))).ref
        except OutcomeUnknownError:
            # Whether it was taken is just what is looked for.
            return f"<{token}@{self._settings.domain}>"

    async def _find(self, box: Mailbox, ref: str) -> _Found | None:
        for look in range(LOOKS):
            if look:
                await self._clock.sleep(1.0)
            for folder in self._places():
                await box.select(folder, read_only=False)
                for uid in await box.bearing(ref):
                    item = (await box.bodies([uid], HEADER_BYTES, f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>")).get(uid)
                    return _Found(folder, uid, (item.body if item else None) or b"")
        return None

    def _places(self) -> Iterator[str]:
        yield from self._settings.folders
        # A gateway that runs beside this check may have put it there by now.
        if self._settings.archive_folder:
            yield self._settings.archive_folder

    def _receiver(self, header: bytes) -> Check:
        match = _RECEIVER.search(header)
        if match is None:
            detail = "it bears no Authentication-Results; see that mail from elsewhere does, and none that is forged"
        else:
            name = match[1].decode("ascii", "replace")
            known = name.lower() in {each.lower() for each in self._settings.authserv_ids}
            told = "as authserv_ids says" if known else "write that into authserv_ids if it is your receiving server"
            detail = f"the topmost Authentication-Results is by {name}; {told}"
        return Check("authserv_ids", ok=True, detail=detail)


def _failed(detail: str) -> Check:
    return Check("probe", ok=False, detail=detail)
