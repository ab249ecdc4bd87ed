"""Reads what the codes in a picture say: QR, Data Matrix, Aztec and PDF417. Only ever called in the reading process.

A picture is a stranger's: its size is known from its header before anything is decoded, and only its first frame is.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from gateway.errors import MalformedError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 10 * 1024 * 1024
"""A larger file is not looked at."""
MOST_PIXELS = 40_000_000
"""A picture with more is not decoded."""
MOST_CODES = 20
MOST_CHARS = 2048
"""So much is kept of what one code says."""

_LOOKED_AT = 8_300_000
"""Pixels: a screen of 3840 by 2160 is looked at as it is. What is larger is a photo, and made smaller first: the search
takes 0.4 s for a million pixels that are nothing but noise."""
_LEAST_SIDE = 11
"""The modules of the smallest code."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_CODES = "QRCode,MicroQRCode,RMQRCode,DataMatrix,Aztec,PDF417"
_LIBRARIES = ("PIL", "zxingcpp")
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0))}


def can_look() -> bool:
    """Whether the libraries of the extra `images` are there."""
    return all(importlib.util.find_spec(name) is not None for name in _LIBRARIES)


def codes_in(body: bytes) -> tuple[str, ...]:
    """Return what the codes in a picture say, each once; at most `MOST_CODES`, each cut at `MOST_CHARS`.

    Raises `MalformedError`, with the reason, when it cannot be looked at.
    """
    if len(body) > MOST_BYTES:
        raise MalformedError(f"it is larger than the {MOST_BYTES // 2**20} MB that are looked at")
    from PIL import Image, UnidentifiedImageError

    broken = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, ArithmeticError)
    try:
        try:
            return _opened(body, whole=True)
        except broken:
            # Other programs show what there is of a picture that is cut off.
            if found := _opened(body, whole=False):
                return found
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MalformedError(f"it has more than the {MOST_PIXELS:,} pixels that are looked at") from None
    except broken:
        pass
    raise MalformedError("it is no picture that can be read (PNG, JPEG, WebP, GIF, BMP, TIFF), or it is broken")


def _opened(body: bytes, *, whole: bool) -> tuple[str, ...]:
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = not whole
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            return _codes(opened)


def _codes(opened: Image) -> tuple[str, ...]:
    import zxingcpp

    if min(opened.size) < _LEAST_SIDE:
        return ()
    wanted = zxingcpp.barcode_formats_from_str(_CODES)
    for seen in _shown(opened):
        found = zxingcpp.read_barcodes(seen, formats=wanted, text_mode=zxingcpp.TextMode.Plain)
        texts = dict.fromkeys(_plain(each.text) for each in found)
        if said := tuple(text for text in texts if text)[:MOST_CODES]:
            return said
    return ()


def _shown(opened: Image) -> Iterator[Image]:
    """Yield a picture in shades of grey, as it is seen: on white by most, and what is see-through also on black."""
    from PIL import Image

    if opened.mode.startswith("I;16"):
        # Pillow cuts at 255 what has 16 bits.
        opened = opened.convert("I").point(lambda shade: shade / 256)
    if not opened.has_transparency_data:
        yield _fit(opened).convert("L")
        return
    coloured = _fit(opened.convert("RGBA"))
    for ground in ("white", "black"):
        yield Image.alpha_composite(Image.new("RGBA", coloured.size, ground), coloured).convert("L")


def _fit(image: Image) -> Image:
    pixels = image.width * image.height
    if pixels <= _LOOKED_AT:
        return image
    share = (_LOOKED_AT / pixels) ** 0.5
    least = tuple(max(_LEAST_SIDE, int(side * share)) for side in image.size)
    return (image if image.mode in ("L", "RGB", "RGBA") else image.convert("L")).resize((least[0], least[1]))


def _plain(text: str) -> str:
    cut = text[:MOST_CHARS].translate(_CONTROLS).strip()
    return cut.encode("utf-8", "replace").decode()
