"""Reads posts, direct messages and account activity of X into the common case schema; what is odd is noted."""

from __future__ import annotations

from gateway.ports import NormalizerPlugin
from normalizers.x._item import NAME, VERSION, normalize

NORMALIZER = NormalizerPlugin(name=NAME, version=VERSION, normalize=normalize)
"""One item in, its events out. Files stay on the platform until they are fetched, so there is nothing to extract."""
