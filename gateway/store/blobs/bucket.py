"""Where an S3-compatible bucket is and how to talk to it; needs no library, so that the configuration can hold it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and the credential for it. `drafts` is a local folder for what is on its way there, sealed."""

    endpoint: str
    name: str
    access_key: SecretStr
    secret_key: SecretStr
    drafts: Path
    region: str = "us-east-1"
    prefix: str = ""
    path_style: bool = True
    ca_file: Path | None = None
