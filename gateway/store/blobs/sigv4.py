"""AWS Signature Version 4 for S3, over a request whose target is already written as it goes over the line.

Source: "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference. S3 signs the path as it
stands, encoded once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credential:
    """Who signs, and for which region."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str


def encoded_path(path: str) -> str:
    """Return a path as S3 signs it."""
    return quote(path, safe="/-_.~")


def encoded_query(query: Mapping[str, str]) -> str:
    """Return a query as S3 signs it, in the order in which it is signed."""
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body_sha256: str,
    credential: Credential,
    now: datetime,
) -> dict[str, str]:
    """Return the headers with those of the signature; `host` must be among them, names in small letters.

    `path` and `query` are encoded; `now` is in UTC.
    """
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    all_headers = {**headers, "x-amz-content-sha256": body_sha256, "x-amz-date": stamp}
    names = sorted(all_headers)
    listed = ";".join(names)
    canonical = "\n".join(
        (method, path, query, *(f"{name}:{all_headers[name].strip()}" for name in names), "", listed, body_sha256)
    )
    scope = f"{stamp[:8]}/{credential.region}/s3/aws4_request"
    to_sign = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    signature = hmac.new(_signing_key(credential, stamp[:8]), to_sign.encode(), hashlib.sha256).hexdigest()
    all_headers["authorization"] = (
        f"{_ALGORITHM} Credential={credential.access_key}/{scope}, SignedHeaders={listed}, Signature={signature}"
    )
    return all_headers


def _signing_key(credential: Credential, day: str) -> bytes:
    key = f"AWS4{credential.secret_key}".encode()
    for part in (day, credential.region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
