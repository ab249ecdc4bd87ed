"""`GET /v1/verify`: whether something is official, for whoever asks, within limits; what is asked is kept nowhere.

Not here: the judgement itself (`gateway.trust.verify`).
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.answers.checking import TECHNIQUES, UNCHECKED
from gateway.answers.locales import FALLBACK, Locales, load_locales
from gateway.case import Standing
from gateway.ports import Clock
from gateway.trust.claims import KINDS, MAX_CLAIM, claim_of
from gateway.trust.directory import Directory
from gateway.trust.exchange import told_fully
from gateway.trust.verify import Verdict, verify_claim
from gateway.web.door import HEADERS, plain
from gateway.web.taps import Rate, Taps

log = structlog.get_logger()

EACH = Rate(burst=30, per_sec=1.0)
"""For one client address, or one IPv6 network of 64 bits."""
ALL = Rate(burst=300, per_sec=100.0)
"""For all together."""
MAX_NAME = 200
"""Characters of a display name; platforms allow fewer."""
_MAX_WORD = 40

_KEYS = {
    Standing.NOT_LISTED: "verify-not-listed-unnamed",
    Standing.LOOK_ALIKE: "verify-look-alike-unnamed",
    Standing.REPORTED_SCAM: "verify-scam-unnamed",
    Standing.COULD_NOT_CHECK: "verify-unchecked",
}


class VerifyApi:
    """Answers one question a request. `directory` gives the list as it is now."""

    def __init__(self, directory: Callable[[], Directory], brand: str, clock: Clock) -> None:
        self._directory = directory
        self._brand = brand
        self._clock = clock
        self._locales = load_locales()
        self._taps = Taps(clock, EACH, ALL)

    async def answer(self, request: Request) -> Response:
        """Answer one request; whatever happens, nothing of it is logged but that it failed."""
        again = self._taps.draw(client_of(request))
        if again is not None:
            return plain(HTTPStatus.TOO_MANY_REQUESTS, again)
        try:
            return self._answer(request)
        except Exception as error:  # noqa: BLE001 - a fault over one question is told to the log and not to who asked
            log.error("verification.failed", error=type(error).__name__)
            return plain(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _answer(self, request: Request) -> Response:
        given = request.query_params
        if len(given.multi_items()) != len(given):
            # Of two claims each reader takes another one.
            return plain(HTTPStatus.BAD_REQUEST)
        claim, kind, name = (given.get(field, "") for field in ("claim", "kind", "display_name"))
        platform, language = given.get("platform", ""), given.get("lang", FALLBACK)
        if not (claim or name) or len(claim) > MAX_CLAIM or len(name) > MAX_NAME:
            return plain(HTTPStatus.BAD_REQUEST)
        if (kind and kind not in KINDS) or len(platform) > _MAX_WORD or len(language) > _MAX_WORD:
            return plain(HTTPStatus.BAD_REQUEST)
        directory = self._directory()
        read = claim_of(claim or name, kind if claim else "name")
        verdict = verify_claim(read, directory, self._clock.now().date(), platform or None, display_name=name)
        spoken = self._locales.resolve(language)
        reasons = (
            list(verdict.reasons) if spoken == FALLBACK else [_sentence(self._locales, spoken, verdict, self._brand)]
        )
        return JSONResponse(told_fully(verdict, directory, spoken, reasons), HTTPStatus.OK, HEADERS)


def _sentence(locales: Locales, language: str, verdict: Verdict, brand: str) -> str:
    """Return a verdict as one sentence in another language than that of its reasons."""
    official = verdict.official or brand
    match verdict.standing:
        case Standing.OFFICIAL if verdict.since is not None:
            since = verdict.since.isoformat()
            return locales.text(language, "verify-official-since", official=official, brand=brand, since=since)
        case Standing.OFFICIAL:
            return locales.text(language, "verify-official", official=official, brand=brand)
        case Standing.LOOK_ALIKE:
            how = locales.text(language, TECHNIQUES.get(verdict.technique or "", "technique-other"))
            return locales.text(language, _KEYS[verdict.standing], official=official, technique=how)
        case Standing.COULD_NOT_CHECK:
            return locales.text(language, UNCHECKED.get(verdict.technique or "", _KEYS[verdict.standing]))
        case Standing.NOT_LISTED if verdict.kind == "wallet":
            return locales.text(language, "verify-wallet")
        case Standing.NOT_LISTED if verdict.technique == "retired":
            return locales.text(language, "verify-retired-unnamed", brand=brand)
        case _:
            return locales.text(language, _KEYS[verdict.standing], brand=brand)


def client_of(request: Request) -> str:
    """Return whose request it is: behind a proxy on this machine, whom that names last."""
    peer = request.client.host if request.client else ""
    named = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return named if named and _is_here(peer) else peer


def _is_here(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False
