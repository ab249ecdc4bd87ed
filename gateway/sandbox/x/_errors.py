"""What X's API answers when it refuses a call: problem documents, in the shapes that the live API gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.sandbox._http import Answer

BLANK = "about:blank"
MEDIA_TYPE = "application/problem+json"
_HOSTS = {"tweet": "https://api.twitter.com/2/problems/", "post": "https://api.x.com/2/problems/"}


class ProblemError(Exception):
    """A refusal: its HTTP status, title and detail; `kind` is the last part of the problem type, empty for none."""

    def __init__(self, status: int, title: str, detail: str = "", kind: str = "", **more: Any) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail or title
        self.kind = kind
        self.more = more
        self.headers: dict[str, str] = {}

    def body(self, spelling: str = "post") -> dict[str, Any]:
        """Return the problem document as a failed call gives it."""
        return {
            "title": self.title,
            "type": problem_type(self.kind, spelling),
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }

    def answer(self, spelling: str = "post") -> Answer:
        """Return the whole answer."""
        body = json.dumps(self.body(spelling)).encode()
        return Answer(self.status, body, MEDIA_TYPE, self.headers)


def problem_type(kind: str, spelling: str) -> str:
    """Return the URL of a kind of problem; the host is another one since the rename of August 2026."""
    return f"{_HOSTS[spelling]}{kind}" if kind else BLANK


def invalid(parameters: Mapping[str, Sequence[str]], message: str) -> ProblemError:
    """Return the refusal of a call with a wrong parameter."""
    told = {"parameters": {name: list(values) for name, values in parameters.items()}, "message": message}
    detail = "One or more parameters to your request was invalid."
    return ProblemError(400, "Invalid Request", detail, "invalid-request", errors=[told])


def unauthorized() -> ProblemError:
    """Return the refusal of a caller that is not known."""
    return ProblemError(401, "Unauthorized")


def forbidden(detail: str, kind: str = "") -> ProblemError:
    """Return the refusal of what the caller may not do."""
    return ProblemError(403, "Forbidden", detail, kind)


def not_found(detail: str = "Not Found") -> ProblemError:
    """Return the refusal for a route or thing that does not exist."""
    return ProblemError(404, "Not Found", detail)


def too_many() -> ProblemError:
    """Return the refusal of a call over the limits."""
    return ProblemError(429, "Too Many Requests")


def no_credits() -> ProblemError:
    """Return the refusal of a call that nobody can pay for."""
    detail = "Your enrolled account does not have any credits to fulfill this request."
    return ProblemError(402, "CreditsDepleted", detail, "credits")
