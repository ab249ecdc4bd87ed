"""The fact whether a mail's From domain was proven, from what the desk's own receiving server wrote into it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from gateway.case import Fact, Message
from gateway.trust.mail_auth import KIND, judge_mail_auth


class MailAuthEnricher:
    """Judges mail by its Authentication-Results; other platforms prove their senders themselves."""

    kind = KIND

    def __init__(self, receivers: Mapping[str, Sequence[str]], checked: Container[str] = ()) -> None:
        """Take the names (authserv-ids) of each source's own receiving servers, and the sources checked elsewhere."""
        self._receivers = receivers
        self._checked = checked

    async def facts(self, message: Message) -> Sequence[Fact]:
        """Return one fact for mail, nothing for other platforms or where `gateway.enrich.mail` gives it."""
        if message.platform != "email" or message.provenance.source in self._checked:
            return ()
        return (judge_mail_auth(message, self._receivers.get(message.provenance.source, ())),)
