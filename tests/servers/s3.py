"""An S3 server on loopback (moto), which checks signatures and rights; started as a process, stopped by its id."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from pydantic import SecretStr

from gateway.store.blobs import Bucket
from tests.conftest import free_port

REGION = "eu-central-1"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
SECONDS = 30
_numbers = itertools.count(1)


class S3Server:
    """A running server; every bucket is new, and `access_key` may do anything in it."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.access_key, self.secret_key = self._user(POLICY)
        self.weak_key, self.weak_secret = self._user(POLICY.replace("Allow", "Deny"))
        # From here on each request must be signed by a key that may do what it asks.
        httpx.post(f"{self.endpoint}/moto-api/reset-auth", content=b"0", trust_env=False).raise_for_status()

    def client(self, service: str = "s3") -> Any:
        """Return a client of the vendor's own library."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=getattr(self, "access_key", "none"),
            aws_secret_access_key=getattr(self, "secret_key", "none"),
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    def bucket(self, drafts: Path, **changes: Any) -> Bucket:
        """Return a new bucket."""
        name = f"gatehouse-{next(_numbers)}"
        self.client().create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        settings: dict[str, Any] = {
            "endpoint": self.endpoint,
            "name": name,
            "access_key": SecretStr(self.access_key),
            "secret_key": SecretStr(self.secret_key),
            "drafts": drafts,
            "region": REGION,
            "prefix": "desk/",
        }
        return Bucket(**{**settings, **changes})

    def _user(self, policy: str) -> tuple[str, str]:
        iam = self.client("iam")
        name = f"user-{next(_numbers)}"
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="s3", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """Run a server while the context lasts."""
    port = free_port()
    log = folder / "s3.log"
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder)
    try:
        _wait(server, port, log)
        yield S3Server(port)
    finally:
        server.terminate()
        server.wait(SECONDS)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport, trust_env=False, timeout=SECONDS) as client:
        for _ in range(10):
            try:
                client.get(f"http://127.0.0.1:{port}/moto-api/")
            except httpx.ConnectError:
                assert server.poll() is None, log.read_text()
            else:
                return
    raise AssertionError(f"the S3 server did not start: {log.read_text()}")
