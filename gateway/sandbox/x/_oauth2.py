"""OAuth 2.0 with PKCE: a person gives the app access to the account, and each refresh token is good for one use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from gateway.ports import Clock
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.x._router import Handler, Query

ACCESS_SECS = 7200
CODE_SECS = 30
OFFLINE = "offline.access"
SCOPE = f"tweet.read tweet.write users.read dm.read dm.write media.write {OFFLINE}"
"""All that the gateway needs."""
_TOKEN = "Value passed for the token was invalid."  # noqa: S105 - what X says
_NO_STORE = {"cache-control": "no-store"}


class _RefusedError(Exception):
    """A request for tokens is refused; `error` is OAuth's word for why."""

    def __init__(self, description: str, error: str = "invalid_request", status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


@dataclass(frozen=True, slots=True)
class _Code:
    challenge: str
    redirect_uri: str
    scope: str
    until: datetime


class Grants:
    """The access that was given to the app, and the script's hand on it."""

    def __init__(self, clock: Clock, client_id: str, client_secret: str) -> None:
        self._clock = clock
        self._client = (client_id, client_secret)
        self.confidential = True
        """Whether the app must prove its secret; a public one names its id alone."""
        self.consent: Literal["yes", "no", "ask"] = "yes"
        """What the person answers who is asked for access; `ask` shows a page with both answers as links."""
        self.dropped = 0
        """This many of the next answers with tokens are lost on their way, after they have taken effect."""
        self.refusals: list[str] = []
        """Why tokens were refused, oldest first."""
        self.spent: list[str] = []
        """Refresh tokens that were used."""
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, tuple[frozenset[str], datetime]] = {}
        self._refresh: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """Return the calls that this part answers; none needs a caller."""
        return {
            ("GET", "/i/oauth2/authorize"): self._authorize,
            ("GET", "/2/oauth2/authorize"): self._authorize,
            ("POST", "/2/oauth2/token"): self._token,
            ("POST", "/2/oauth2/revoke"): self._revoke,
        }

    # The script

    @property
    def access_tokens(self) -> tuple[str, ...]:
        """Access tokens that work now, oldest first."""
        now = self._clock.now()
        return tuple(token for token, (_, until) in self._access.items() if until > now)

    @property
    def refresh_tokens(self) -> tuple[str, ...]:
        """Refresh tokens that were not used yet."""
        return tuple(self._refresh)

    def issue(self, scope: str = SCOPE) -> dict[str, object]:
        """Give access at once, as if somebody had logged in; returns what the token endpoint would answer."""
        number = next(self._numbers)
        token = f"made-up-access-{number}"
        self._access[token] = (frozenset(scope.split()), self._clock.now() + timedelta(seconds=ACCESS_SECS))
        given: dict[str, object] = {
            "token_type": "bearer",
            "expires_in": ACCESS_SECS,
            "access_token": token,
            "scope": scope,
        }
        if OFFLINE in scope.split():
            given["refresh_token"] = f"made-up-refresh-{number}"
            self._refresh[f"made-up-refresh-{number}"] = scope
        return given

    def revoke(self) -> None:
        """Take all access back, as a person does in the account's settings."""
        self._codes.clear()
        self._access.clear()
        self._refresh.clear()

    def scopes(self, token: str) -> frozenset[str] | None:
        """Return what an access token allows, None when it is unknown or over."""
        scopes, until = self._access.get(token, (frozenset[str](), self._clock.now()))
        return scopes if until > self._clock.now() else None

    # The calls

    async def _authorize(self, query: Query) -> Answer:
        params = dict(parse_qsl(query.request.query, keep_blank_values=True))
        reason = self._unfit(params)
        if reason:
            page = f"<!doctype html><title>X</title><p>Something went wrong: {html.escape(reason)}."
            return Answer(400, page.encode(), "text/html; charset=utf-8")
        answered = params.pop("consent", self.consent)
        if answered not in ("yes", "no"):
            return _asked(query.request.path, params)
        back = {"state": params["state"]}
        if answered == "yes":
            back["code"] = f"made-up-code-{next(self._numbers)}"
            until = self._clock.now() + timedelta(seconds=CODE_SECS)
            self._codes[back["code"]] = _Code(params["code_challenge"], params["redirect_uri"], params["scope"], until)
        else:
            back["error"] = "access_denied"
        sign = "&" if urlsplit(params["redirect_uri"]).query else "?"
        return Answer(302, headers={"location": f"{params['redirect_uri']}{sign}{urlencode(back)}"})

    def _unfit(self, params: Mapping[str, str]) -> str:
        """Say what is wrong with a request for access, nothing when all is well."""
        wanted = ("state", "scope", "code_challenge", "redirect_uri")
        missing = [name for name in wanted if not params.get(name)]
        if missing:
            return f"{missing[0]} is missing"
        if params.get("response_type") != "code":
            return "response_type is not code"
        if params.get("client_id") != self._client[0]:
            return "client_id is unknown"
        if params.get("code_challenge_method") != "S256":
            return "code_challenge_method is not S256"
        if urlsplit(params["redirect_uri"]).scheme not in ("http", "https"):
            return "redirect_uri is not a web address"
        return ""

    async def _token(self, query: Query) -> Answer:
        try:
            given = self.issue(self._scope_of(self._form(query.request)))
        except _RefusedError as error:
            self.refusals.append(str(error))
            return _said(error.status, {"error": error.error, "error_description": str(error)})
        if self.dropped:
            self.dropped -= 1
            return Answer(cut=True)
        return _said(200, given)

    async def _revoke(self, query: Query) -> Answer:
        try:
            token = self._form(query.request).get("token", "")
        except _RefusedError as error:
            return _said(error.status, {"error": error.error, "error_description": str(error)})
        self._access.pop(token, None)
        self._refresh.pop(token, None)
        return _said(200, {"revoked": True})

    def _form(self, request: Request) -> dict[str, str]:
        """Return the fields of a call whose app is known."""
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise _RefusedError("Content-Type must be application/x-www-form-urlencoded.")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        header = request.headers.get("authorization")
        if header is not None:
            expected = base64.b64encode(":".join(self._client).encode())
            known = hmac.compare_digest(header.encode(), b"Basic " + expected)
        else:
            known = not self.confidential and form.get("client_id") == self._client[0]
        if not known:
            raise _RefusedError("Missing valid authorization header", "unauthorized_client", 401)
        return form

    def _scope_of(self, form: Mapping[str, str]) -> str:
        """Spend what was shown; returns the scope that it stands for."""
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        if form.get("grant_type") == "refresh_token":
            return self._rotate(form.get("refresh_token", ""))
        raise _RefusedError("Value passed for the grant type was invalid.")

    def _redeem(self, form: Mapping[str, str]) -> str:
        """Spend a code; returns the scope that it stands for."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until < self._clock.now() or code.redirect_uri != form.get("redirect_uri"):
            raise _RefusedError("Value passed for the authorization code was invalid.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=")
        if not hmac.compare_digest(proof, code.challenge.encode()):
            raise _RefusedError("Value passed for the code verifier did not match the code challenge.")
        return code.scope

    def _rotate(self, token: str) -> str:
        """Spend a refresh token; returns the scope that it stands for."""
        scope = self._refresh.pop(token, None)
        if scope is None:
            raise _RefusedError(_TOKEN)
        self.spent.append(token)
        return scope


def _asked(path: str, params: Mapping[str, str]) -> Answer:
    """Return the page that asks a person; its links carry the answer."""
    page = "<!doctype html><title>X</title><h1>An app wants to access your account</h1>"
    for answer, text in (("yes", "Authorize app"), ("no", "Cancel")):
        target = html.escape(f"{path}?{urlencode({**params, 'consent': answer})}")
        page += f'<p><a id="{answer}" href="{target}">{text}</a>'
    return Answer(200, page.encode(), "text/html; charset=utf-8", _NO_STORE)


def _said(status: int, body: Mapping[str, object]) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers=_NO_STORE)
