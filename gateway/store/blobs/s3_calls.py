"""One signed call to an S3-compatible server, and what its refusals mean to the operator.

Nothing is tried twice, and no redirect is followed: both are told as errors.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import httpx

from gateway.errors import AuthError, ConfigError, GatewayError, RateLimitedError, TransientError
from gateway.store.blobs.bucket import Bucket
from gateway.store.blobs.sigv4 import Credential, encoded_path, encoded_query, signed_headers

CONNECT_SECS = 10.0
SILENCE_SECS = 60.0
"""How long the server may say nothing, or take nothing, in the middle of a call."""
SLICE_BYTES = 64 * 1024
MOST_XML = 8 * 1024 * 1024
"""A list of 1,000 names is some 400 kB."""
_SLOW_DOWN = timedelta(seconds=5)

_CREDENTIAL = frozenset(
    {"AccessDenied", "AllAccessDisabled", "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch"}
)
_PASSING = frozenset(
    {
        "BadDigest",
        "ConditionalRequestConflict",
        "IncompleteBody",
        "InternalError",
        "NoSuchUpload",
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "XAmzContentSHA256Mismatch",
    }
)
_MISTAKES = {
    "NoSuchBucket": "there is no such bucket; make it, or name another in bucket",
    "InvalidBucketName": "bucket is not a bucket's name",
    "PermanentRedirect": "the bucket is in another region; write that region, and its endpoint",
    "TemporaryRedirect": "the bucket is in another region; write that region, and its endpoint",
    "AuthorizationHeaderMalformed": "region is not the bucket's",
    "RequestTimeTooSkewed": "the clock of this machine is wrong; set it",
}


class Answer:
    """An answer that is read: its status, its headers, its body."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def xml(self) -> Xml.Element:
        """Return the body as XML, or an empty element when it is none."""
        try:
            # The parser bounds the growth of entities (expat 2.4.1 and newer) and fetches nothing.
            return Xml.fromstring(self.body)  # noqa: S314
        except Xml.ParseError:
            return Xml.Element("none")

    def text(self, name: str) -> str:
        """Return the text of the first element of that name, whatever its namespace, or nothing."""
        return next((text for text in texts(self.xml(), name)), "")


class Calls:
    """Signed calls to one bucket, from any thread."""

    def __init__(self, bucket: Bucket, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        where = urlsplit(bucket.endpoint)
        self._host = where.netloc if bucket.path_style else f"{bucket.name}.{where.netloc}"
        self._origin = f"{where.scheme}://{self._host}"
        self._base = where.path.rstrip("/") + (f"/{bucket.name}" if bucket.path_style else "")
        self._credential = Credential(
            bucket.access_key.get_secret_value(), bucket.secret_key.get_secret_value(), bucket.region
        )
        self._now = now
        self._client = httpx.Client(
            verify=_trust(bucket),
            timeout=httpx.Timeout(SILENCE_SECS, connect=CONNECT_SECS),
            # A proxy of the environment would be asked for a server on this very machine, too.
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def call(
        self,
        method: str,
        key: str = "",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        accept: tuple[int, ...] = (),
    ) -> Answer:
        """Make a call and return its answer, when that is a success or among those to `accept`; else raise."""
        with self.stream(method, key, query, headers, body) as response:
            answer = _read(response)
        if response.is_success and answer.xml().tag.rpartition("}")[2] != "Error":
            return answer
        if answer.status in accept and answer.text("Code") not in _MISTAKES:
            return answer
        raise refusal(answer)

    @contextmanager
    def stream(
        self,
        method: str,
        key: str = "",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Iterator[httpx.Response]:
        """Make a call whose answer is still to be read; whatever breaks off raises `TransientError`."""
        path = encoded_path(f"{self._base}/{key}")
        asked = encoded_query(query or {})
        digest = hashlib.sha256(body).hexdigest()
        plain = {**(headers or {}), "host": self._host}
        signed = signed_headers(method, path, asked, plain, digest, self._credential, self._now())
        url = f"{self._origin}{path}?{asked}" if asked else f"{self._origin}{path}"
        # Asked for as it is kept: an encoding on the way would be undone here, and hide a cut.
        signed["accept-encoding"] = "identity"
        signed["content-length"] = str(len(body))
        # In slices: what the socket does not take at once would be copied again and again.
        slices = (body[at : at + SLICE_BYTES] for at in range(0, len(body), SLICE_BYTES))
        try:
            with self._client.stream(method, url, headers=signed, content=slices) as response:
                yield response
        except httpx.HTTPError as error:
            raise TransientError(f"the S3 server did not answer: {type(error).__name__}") from error


def refusal(answer: Answer) -> GatewayError:
    """Return what a refusal means. The server's own words stay out: they may repeat what was asked."""
    code = answer.text("Code")
    code = code if re.fullmatch(r"[A-Za-z0-9]{1,64}", code) else "no code"
    told = f"{code}, status {answer.status}"
    if code in _MISTAKES:
        return ConfigError(f"[store.s3]: {_MISTAKES[code]} ({told})")
    if answer.status == 429 or code == "SlowDown":
        return RateLimitedError(f"the S3 server asks for patience ({told})", _wait(answer))
    if code in _PASSING or answer.status >= 500 or answer.status in (408, 409, 425):
        return TransientError(f"the S3 server could not do it now ({told})")
    if code in _CREDENTIAL or answer.status in (401, 403):
        return AuthError(f"the S3 server refused the access key ({told})")
    return ConfigError(f"[store.s3]: the server does not do what is asked of it ({told}); is it S3-compatible?")


def texts(root: Xml.Element, name: str) -> Iterator[str]:
    """Yield the text of each element of that name, whatever its namespace."""
    for element in root.iter():
        if element.tag.rpartition("}")[2] == name:
            yield element.text or ""


def _wait(answer: Answer) -> timedelta:
    told = answer.headers.get("retry-after", "")
    return timedelta(seconds=min(int(told), 3600)) if re.fullmatch(r"[0-9]{1,6}", told) else _SLOW_DOWN


def _read(response: httpx.Response) -> Answer:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > MOST_XML:
            raise TransientError("the S3 server's answer does not end")
    return Answer(response.status_code, response.headers, bytes(body))


def _trust(bucket: Bucket) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=bucket.ca_file)
    except OSError as error:
        # An ssl.SSLError is one too.
        raise ConfigError(f"store.s3.ca_file: {bucket.ca_file} cannot be read as certificates") from error
