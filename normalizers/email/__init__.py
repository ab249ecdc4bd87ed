"""Reads mail (RFC 5322, MIME) into the common case schema, however broken it is: what is odd becomes a note."""

from __future__ import annotations

from gateway.ports import NormalizerPlugin
from normalizers.email._files import extract
from normalizers.email._message import NAME, VERSION, normalize

NORMALIZER = NormalizerPlugin(name=NAME, version=VERSION, normalize=normalize, extract=extract, apart=True)
