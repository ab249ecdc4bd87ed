"""What the Bot API answers when it refuses a call."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal: the HTTP status, the description, and `parameters` such as `retry_after`."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON object that says so."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def chat_not_found() -> ApiError:
    """Return the refusal for a chat that the bot has never met."""
    return ApiError(400, "Bad Request: chat not found")


def too_many(retry_after: int) -> ApiError:
    """Return the refusal of a call over the limits, seconds until the next may come."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
