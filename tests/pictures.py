"""Pictures for tests: codes as a user sends them, made by the library that also reads them."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Sequence
from typing import Any

import zxingcpp
from PIL import Image

from gateway.ports import Event, NormalizerPlugin, Raw

LINK = "https://examplex-bonus.test/claim?id=1"


def drawn(
    text: str = LINK, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.QRCode, scale: int = 6
) -> Image.Image:
    """Return a code as a picture in shades of grey."""
    bits: Any = zxingcpp.create_barcode(text, kind).to_image(scale=scale)
    height, width = bits.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(bits).cast("B")))


def saved(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """Return a picture as a file."""
    held = io.BytesIO()
    image.save(held, kind, **more)
    return held.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """Return a picture without a code, which is the hardest to be sure of."""
    return Image.effect_noise((width, height), 80)


def nothing(raw: Raw) -> Sequence[Event]:
    """Make no event of a raw."""
    return ()


def extract(raw: Raw, file: str) -> bytes:
    """Do in the process that looks what the name of a file says; any other is the raw's body."""
    match file:
        case "hang":
            signal.pause()
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fault":
            raise KeyError("a user's words")
    return raw.body


PLUGIN = NormalizerPlugin("tests.pictures", 1, nothing, extract=extract, apart=True)
