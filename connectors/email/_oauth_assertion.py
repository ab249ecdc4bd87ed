"""Signs what a Google service account asks for a mailbox with: a token of its own, made from its key (RFC 7523).

https://developers.google.com/identity/protocols/oauth2/service-account
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.errors import ConfigError

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = timedelta(minutes=30)
"""Google takes at most an hour."""


def signed(key_file: str, scopes: tuple[str, ...], audience: str, mailbox: str, now: datetime) -> str:
    """Return the assertion by which the account of a key file may open a mailbox. Raises `ConfigError`."""
    email, key = _account(key_file)
    claims = {
        "iss": email,
        "sub": mailbox,
        "scope": " ".join(scopes),
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + _LIFE).timestamp()),
    }
    text = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{text}.{_written(key.sign(text.encode('ascii'), PKCS1v15(), SHA256()))}"


def _account(key_file: str) -> tuple[str, RSAPrivateKey]:
    try:
        told = json.loads(key_file)
        email, key = told["client_email"], load_pem_private_key(told["private_key"].encode(), None)
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm):
        email, key = None, None
    if not isinstance(email, str) or not isinstance(key, RSAPrivateKey):
        raise ConfigError("oauth_client_secret is not the key file (JSON) of a Google service account")
    return email, key


def _part(values: Mapping[str, object]) -> str:
    return _written(json.dumps(values).encode())


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
