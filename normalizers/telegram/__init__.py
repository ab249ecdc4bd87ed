"""Reads updates of the Telegram Bot API into the common case schema, whatever their shape; what is odd is noted."""

from __future__ import annotations

from gateway.ports import NormalizerPlugin
from normalizers.telegram._update import NAME, VERSION, normalize

NORMALIZER = NormalizerPlugin(name=NAME, version=VERSION, normalize=normalize)
"""One update in, its events out. Files stay on the platform until they are fetched, so there is nothing to extract."""
