"""The check of calls against a vendor's OpenAPI document finds what is wrong, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.sandbox._http import Request
from tests.openapi import OpenApi

DOCUMENT = {
    "openapi": "3.0.4",
    "servers": [{"url": "https://{domain}.desk.test/api/v2"}],
    "paths": {
        "/tickets": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Ticket"}},
                        "multipart/form-data": {"schema": {"$ref": "#/components/schemas/Ticket"}},
                    },
                },
                "responses": {"201": {"content": {"application/json": {"schema": {"type": "object"}}}}},
            },
            "get": {
                "parameters": [
                    {"in": "query", "name": "since", "required": True, "schema": {"type": "integer"}},
                    {
                        "in": "query",
                        "name": "page",
                        "schema": {"oneOf": [{"type": "integer"}, {"type": "object", "properties": {}}]},
                    },
                    {"in": "query", "name": "only", "schema": {"type": "string", "enum": ["mine", "all"]}},
                ],
                "responses": {},
            },
        },
        "/tickets/{ticketId}": {
            "parameters": [{"in": "path", "name": "ticket_id", "schema": {"type": "integer"}}],
            "get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/x"}}}}}},
        },
        "/tickets/count": {"get": {"responses": {}}},
        "/files": {"post": {"responses": {}}},
    },
    "x": {"type": "object", "properties": {"id": {"type": "integer"}}},
    "components": {
        "schemas": {
            "Base": {"type": "object", "required": ["subject"], "properties": {"subject": {"type": "string"}}},
            "Ticket": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "type": "object",
                        "properties": {
                            "id": {"type": "integer", "readOnly": True},
                            "status": {"type": "string", "enum": ["new", "open"], "nullable": True},
                            "tags": {
                                "type": "object",
                                "oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}],
                            },
                            "due": {"type": "string", "format": "date-time"},
                            "meta": {"type": "object"},
                            "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                            "attachments": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                ]
            },
        }
    },
}
API = OpenApi(DOCUMENT, undescribed=["POST /files"])


def call(method: str, path: str, body: Any = None, query: str = "", media_type: str = "application/json") -> list[str]:
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return API.check_request(Request(method, f"/api/v2{path}", query, {"content-type": media_type}, data))


def test_what_is_described_is_well() -> None:
    whole = {
        "subject": "x",
        "status": None,
        "tags": ["a"],
        "due": "2026-11-20T12:00:00Z",
        "meta": {"any": 1},
        "fields": {"1": "x"},
    }
    assert call("POST", "/tickets", whole) == []
    assert call("POST", "/tickets", {"subject": "x", "tags": "a"}) == []
    assert call("GET", "/tickets", query="since=17&page[size]=3&only=all") == []
    assert call("GET", "/tickets/12") == []
    assert call("GET", "/tickets/count") == []
    assert call("POST", "/files", b"\x00", media_type="image/png") == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "subject: missing"),
        ({"subject": 3}, "no string, but int"),
        ({"subject": "x", "subjekt": "x"}, "subjekt: unknown"),
        ({"subject": "x", "id": 3}, "may be read alone"),
        ({"subject": "x", "status": "gone"}, "not one of the known"),
        ({"subject": "x", "tags": [1]}, "tags"),
        ({"subject": "x", "due": "tomorrow"}, "no time"),
        ({"subject": "x", "fields": {"1": 2}}, "fields.1"),
        ([], "no object"),
        (b"{", "no JSON"),
        (b"", "missing"),
    ],
)
def test_a_body_that_is_wrong_is_told(body: Any, wrong: str) -> None:
    told = call("POST", "/tickets", body)
    assert len(told) == 1
    assert wrong in told[0]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [("", "since: missing"), ("since=x", "no integer"), ("since=1&sinse=2", "unknown"), ("since=1&only=x", "known")],
)
def test_a_query_that_is_wrong_is_told(query: str, wrong: str) -> None:
    (told,) = call("GET", "/tickets", query=query)
    assert wrong in told


def test_a_path_that_is_wrong_is_told() -> None:
    assert "no such call" in call("GET", "/nowhere")[0]
    assert "no such call" in call("DELETE", "/tickets/1")[0]
    assert "no integer" in call("GET", "/tickets/one")[0]


def test_a_form_is_checked_by_its_names() -> None:
    def form(*names: str) -> bytes:
        parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n' for name in names]
        return "".join(parts).encode() + b"--b--\r\n"

    kind = "multipart/form-data; boundary=b"
    assert call("POST", "/tickets", form("subject", "attachments[]"), media_type=kind) == []
    assert "unknown" in call("POST", "/tickets", form("subject", "files"), media_type=kind)[0]
    assert "missing" in call("POST", "/tickets", form("tags"), media_type=kind)[0]
    assert "takes no body" in call("POST", "/tickets", b"<x/>", media_type="text/xml")[0]


def test_an_answer_is_checked_by_its_types() -> None:
    assert API.check_answer("GET", "/api/v2/tickets/1", 200, {"id": 1, "more": 2}) == []
    assert "no integer" in API.check_answer("GET", "/api/v2/tickets/1", 200, {"id": "1"})[0]
