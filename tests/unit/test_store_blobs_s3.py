"""What becomes of a bucket's refusals, of lines that drop and of killed writers; and how requests are signed."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from gateway.errors import AuthError, ConfigError, GatewayError, RateLimitedError, TransientError
from gateway.journal import Fate, State
from gateway.ports import Key, Raw, StreamId
from gateway.store.blobs import Blobs, Bucket, MissingBlobError, make_blobs
from gateway.store.blobs.s3 import PART_BYTES, S3Shelf
from gateway.store.blobs.s3_calls import Calls
from gateway.store.blobs.sigv4 import Credential, encoded_path, encoded_query, signed_headers
from gateway.store.seal import Sealer
from gateway.store.store import open_store
from tests.conftest import ManualClock, free_port
from tests.servers.s3 import S3Server, running_s3

SEALER = Sealer({"k1": b"1" * 32}, "k1")
MIB = 1024 * 1024
NEVER = "0" * 64


@pytest.fixture(scope="module")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path) -> Bucket:
    return s3_server.bucket(tmp_path / "drafts")


@pytest.fixture
def opened() -> Iterator[Callable[[Bucket], Blobs]]:
    made: list[Blobs] = []

    def open_blobs(bucket: Bucket) -> Blobs:
        made.append(make_blobs(bucket, SEALER))
        made[-1].prepare()
        return made[-1]

    yield open_blobs
    for blobs in made:
        blobs.close()


Open = Callable[[Bucket], Blobs]
CALLS: tuple[Callable[[Blobs], Any], ...] = (
    lambda blobs: blobs.put_bytes(b"text"),
    lambda blobs: blobs.put(bytes(MIB) for _ in range(9)),
    lambda blobs: list(blobs.open(NEVER)),
    lambda blobs: blobs.has(NEVER),
    lambda blobs: blobs.delete(NEVER),
    lambda blobs: list(blobs.list()),
    lambda blobs: blobs.sweep(),
)


@pytest.mark.parametrize("call", CALLS)
def test_a_secret_that_is_wrong_is_a_matter_of_the_credential(bucket: Bucket, opened: Open, call: Any) -> None:
    """The server checks our signature, so it is right where the secret is."""
    blobs = opened(replace(bucket, secret_key=SecretStr("wrong")))
    with pytest.raises(AuthError, match="access key") as caught:
        call(blobs)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("call", CALLS)
def test_a_key_without_rights_is_a_matter_of_the_credential(
    bucket: Bucket, s3_server: S3Server, opened: Open, call: Any
) -> None:
    """The signature is right and the policy refuses."""
    weak = replace(bucket, access_key=SecretStr(s3_server.weak_key), secret_key=SecretStr(s3_server.weak_secret))
    with pytest.raises(AuthError):
        call(opened(weak))


@pytest.mark.parametrize("call", CALLS)
def test_a_bucket_that_is_not_there_is_a_matter_of_configuration(bucket: Bucket, opened: Open, call: Any) -> None:
    """A blob in it is not missing: it was never looked for."""
    with pytest.raises(ConfigError, match="no such bucket"):
        call(opened(replace(bucket, name="no-such-bucket")))


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_is_away_is_passing(bucket: Bucket, opened: Open, call: Any) -> None:
    """Tried again later, by the engine."""
    with pytest.raises(TransientError, match="did not answer"):
        call(opened(replace(bucket, endpoint=f"http://127.0.0.1:{free_port()}")))


def test_other_objects_in_the_bucket_are_not_ours(bucket: Bucket, s3_server: S3Server, opened: Open) -> None:
    """Two desks may share a bucket, each under its prefix."""
    ours, theirs = opened(bucket), opened(replace(bucket, prefix="other/"))
    s3_server.client().put_object(Bucket=bucket.name, Key="desk/readme.txt", Body=b"")
    digest = ours.put_bytes(b"text").digest
    assert list(ours.list()) == [digest]
    assert list(theirs.list()) == []
    listed = s3_server.client().list_objects_v2(Bucket=bucket.name)["Contents"]
    assert {each["Key"] for each in listed} == {"desk/readme.txt", f"desk/{digest}"}


def test_a_bucket_can_be_a_part_of_the_hosts_name(bucket: Bucket, opened: Open) -> None:
    """The vendor's own way of writing; what is kept is the same."""
    digest = opened(bucket).put_bytes(b"text").digest
    shelf = S3Shelf(replace(bucket, endpoint="https://s3.example.test", path_style=False))
    assert shelf._calls._origin == f"https://{bucket.name}.s3.example.test"
    assert shelf._calls._base == ""
    shelf.close()
    assert opened(bucket).has(digest)


def test_an_upload_that_is_broken_off_is_aborted(bucket: Bucket, s3_server: S3Server, opened: Open) -> None:
    """Parts cost money where nobody sees them."""
    blobs = opened(bucket)
    shelf: Any = blobs._shelf
    real, parts = shelf._calls.call, []

    def failing(method: str, key: str = "", query: Any = None, **more: Any) -> Any:
        if query and "partNumber" in query:
            parts.append(query)
            if len(parts) == 2:
                raise TransientError("the line dropped")
        return real(method, key, query, **more)

    def call(*args: Any, **more: Any) -> Any:
        names = ("method", "key", "query", "headers", "body", "accept")
        return failing(**{**dict(zip(names, args, strict=False)), **more})

    shelf._calls.call = call
    with pytest.raises(TransientError, match="dropped"):
        blobs.put(bytes(MIB) for _ in range(17))
    assert "Uploads" not in s3_server.client().list_multipart_uploads(Bucket=bucket.name)
    assert list(blobs.list()) == []


WRITER = """
import sys
from pathlib import Path
from pydantic import SecretStr
from gateway.store.blobs import Bucket, make_blobs
from gateway.store.blobs import s3
from gateway.store.seal import Sealer

endpoint, name, access_key, secret_key, drafts = sys.argv[1:]
bucket = Bucket(endpoint, name, SecretStr(access_key), SecretStr(secret_key), Path(drafts), "eu-central-1", "desk/")
blobs = make_blobs(bucket, Sealer({"k1": b"1" * 32}, "k1"))
blobs.prepare()
real = blobs._shelf._calls.call

def call(method, key="", query=None, **more):
    if query and query.get("partNumber") == "2":
        print("in the middle", flush=True)
        sys.stdin.read()
    return real(method, key, query, **more)

blobs._shelf._calls.call = lambda *a, **k: call(*a, **k) if len(a) < 4 else real(*a, **k)
blobs.put(bytes(1 << 20) for _ in range(17))
"""


def test_a_writer_killed_between_two_parts_leaves_no_blob(bucket: Bucket, s3_server: S3Server, opened: Open) -> None:
    """Nothing is seen, nothing lies on the disk; the parts are swept up once they are old."""
    credential = (bucket.access_key.get_secret_value(), bucket.secret_key.get_secret_value())
    command = [sys.executable, "-c", WRITER, bucket.endpoint, bucket.name, *credential, str(bucket.drafts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"in the middle\n"
        writer.send_signal(signal.SIGKILL)
    blobs = opened(bucket)
    assert list(blobs.list()) == []
    assert list(bucket.drafts.iterdir()) == []
    assert len(s3_server.client().list_multipart_uploads(Bucket=bucket.name)["Uploads"]) == 1
    # The server dates every upload to the year 2010.
    assert blobs.sweep(timedelta(days=36_500)) == 0
    assert blobs.sweep() == 1
    assert "Uploads" not in s3_server.client().list_multipart_uploads(Bucket=bucket.name)


def test_a_full_disk_under_the_spool_is_passing(bucket: Bucket, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was uploaded, nothing is left."""
    blobs = opened(bucket)

    def full(*args: Any) -> int:
        raise OSError(28, "No space left on device")

    with blobs.writer() as writer:
        writer.write(bytes(PART_BYTES + MIB))
        monkeypatch.setattr(writer._draft._file, "write", full)  # type: ignore[attr-defined]
        with pytest.raises(TransientError, match="spooled"):
            writer.write(bytes(MIB))
    assert list(blobs.list()) == []
    assert list(bucket.drafts.iterdir()) == []


class Scripted:
    """A server that gives one answer to everything, or cuts it off."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")
        self.claims: int | None = None
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", "0")))
                status, headers, body = script.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body) if script.claims is None else script.claims))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(body)

            do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(10)


def told(code: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>secret words</Message></Error>".encode()


REFUSALS: list[tuple[int, bytes, type[GatewayError]]] = [
    (503, told("SlowDown"), RateLimitedError),
    (429, b"", RateLimitedError),
    (500, told("InternalError"), TransientError),
    (502, b"<html>bad gateway", TransientError),
    (507, b"", TransientError),
    (400, told("RequestTimeout"), TransientError),
    (400, told("XAmzContentSHA256Mismatch"), TransientError),
    (200, told("InternalError"), TransientError),
    (409, told("ConditionalRequestConflict"), TransientError),
    (403, told("RequestTimeTooSkewed"), ConfigError),
    (400, told("AuthorizationHeaderMalformed"), ConfigError),
    (301, told("PermanentRedirect"), ConfigError),
    (307, b"", ConfigError),
    (404, told("NoSuchBucket"), ConfigError),
    (400, told("InvalidArgument"), ConfigError),
    (501, told("NotImplemented"), TransientError),
    (403, told("AccessDenied"), AuthError),
    (401, b"", AuthError),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSALS)
def test_each_refusal_means_one_thing_to_the_operator(
    bucket: Bucket, scripted: Scripted, opened: Open, status: int, body: bytes, kind: type[GatewayError]
) -> None:
    """And the server's own words stay out: they repeat what was asked."""
    scripted.answer = (status, {}, body)
    blobs = opened(replace(bucket, endpoint=scripted.endpoint))
    with pytest.raises(kind) as caught:
        list(blobs.list())
    assert type(caught.value) is kind
    assert "secret words" not in str(caught.value)


def test_the_servers_wish_for_patience_is_kept(bucket: Bucket, scripted: Scripted, opened: Open) -> None:
    scripted.answer = (503, {"retry-after": "120"}, told("SlowDown"))
    with pytest.raises(RateLimitedError) as caught:
        opened(replace(bucket, endpoint=scripted.endpoint)).delete(NEVER)
    assert caught.value.retry_after == timedelta(seconds=120)


def test_an_answer_that_is_cut_off_is_passing_and_no_damage(bucket: Bucket, scripted: Scripted, opened: Open) -> None:
    """Nothing is buried because a line dropped."""
    good = opened(bucket)
    digest = good.put_bytes(b"x" * 200_000).digest
    sealed = b"".join(good._shelf.read(digest))
    cut = opened(replace(bucket, endpoint=scripted.endpoint))
    scripted.answer, scripted.claims = (200, {}, sealed[:100_000]), len(sealed)
    with pytest.raises(TransientError):
        list(cut.open(digest))


def test_a_server_that_knows_no_ranges_is_read_to_what_was_asked(
    bucket: Bucket, scripted: Scripted, opened: Open
) -> None:
    sealed = SEALER.seal(bytes(MIB), b"")
    scripted.answer = (200, {}, sealed)
    blobs = opened(replace(bucket, endpoint=scripted.endpoint))
    assert b"".join(blobs._shelf.read(NEVER, first=10)) == sealed[:10]


def test_a_missing_blob_is_missing_only_when_the_server_says_so(
    bucket: Bucket, scripted: Scripted, opened: Open
) -> None:
    blobs = opened(replace(bucket, endpoint=scripted.endpoint))
    scripted.answer = (404, {}, told("NoSuchKey"))
    with pytest.raises(MissingBlobError):
        list(blobs.open(NEVER))
    scripted.answer = (500, {}, told("NoSuchKey"))
    with pytest.raises(TransientError):
        list(blobs.open(NEVER))


def test_a_list_without_end_is_given_up(bucket: Bucket, scripted: Scripted, opened: Open) -> None:
    scripted.answer = (200, {}, b"<List>" + b" " * 9 * MIB)
    with pytest.raises(TransientError, match="does not end"):
        list(opened(replace(bucket, endpoint=scripted.endpoint)).list())


def test_certificates_that_cannot_be_read_are_a_matter_of_configuration(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match="ca_file"):
            make_blobs(replace(bucket, ca_file=tmp_path / name), SEALER)


def test_drafts_that_have_no_place_are_a_matter_of_configuration(bucket: Bucket, tmp_path: Path, opened: Open) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="blob folder"):
        opened(replace(bucket, drafts=tmp_path / "file"))


async def test_no_transaction_waits_for_the_bucket(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither for what is put, nor for what is claimed or opened; a blob that is missing is buried all the same."""
    seen: list[str] = []
    real = Calls.stream

    def noting(self: Calls, *args: Any, **more: Any) -> Any:
        seen.append(threading.current_thread().name)
        return real(self, *args, **more)

    monkeypatch.setattr(Calls, "stream", noting)
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    names = ["one", "two", "three", "small"]
    sizes = {"small": 10}
    page = [
        Raw("support", StreamId("INBOX"), Key(name), name, name.encode() * sizes.get(name, 100_000), "x", now, 1)
        for name in names
    ]
    clock = ManualClock(now)
    async with open_store(tmp_path / "gatehouse.db", bucket, SEALER, clock) as store:
        await store.put_page("support", StreamId("INBOX"), page, None)
        (first,) = await store.claim_raws(1, 10**9, now)
        assert first.raw.body == page[0].body
        await store.release_raws([Fate(first.seq, State.POSTPONED, not_before=now + timedelta(seconds=1))])
        with make_blobs(bucket, SEALER) as blobs:
            blobs.delete(hashlib.sha256(page[1].body).hexdigest())
            seen.clear()
            claimed = await store.claim_raws(10, 10**9, now + timedelta(seconds=1))
        assert [item.raw.body for item in claimed] == [page[0].body, page[2].body, page[3].body]
        opened = await store.open_raw("support", Key("three"), "olga", "", now)
        assert opened is not None
        assert opened.body == page[2].body
        assert (await store.tally()).raws[State.BURIED] == 1
    assert len(seen) == 4
    assert {name.rpartition("_")[0] for name in seen} == {"store-other"}


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    names=st.lists(NAMES, min_size=1, max_size=3),
    query=st.dictionaries(
        NAMES, st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=8), max_size=3
    ),
    body=st.binary(max_size=20),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
)
def test_requests_are_signed_as_the_vendors_library_signs_them(
    method: str, names: list[str], query: dict[str, str], body: bytes, now: datetime
) -> None:
    """Whatever stands in path and query."""
    path, asked = encoded_path("/" + "/".join(names)), encoded_query(query)
    now = now.replace(tzinfo=UTC, microsecond=0)
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": "s3.example.test", "if-none-match": "*"}
    ours = signed_headers(method, path, asked, headers, digest, Credential("AKEXAMPLE", "secret", "eu-1"), now)
    request = AWSRequest(method, f"https://s3.example.test{path}", headers={**headers}, data=body)
    request.params = dict(parse_qsl(asked, keep_blank_values=True))
    theirs = _signed_by_vendor(request, digest, now)
    assert ours["authorization"].rpartition("Signature=")[2] == theirs


def _signed_by_vendor(request: Any, digest: str, now: datetime) -> str:
    signer = S3SigV4Auth(Credentials("AKEXAMPLE", "secret"), "s3", "eu-1")
    request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Content-SHA256"] = digest
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    canonical = signer.canonical_request(request)
    return str(signer.signature(signer.string_to_sign(request, canonical), request))
