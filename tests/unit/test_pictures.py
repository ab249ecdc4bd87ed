"""What the codes in pictures say: read whatever way they are shown, and nothing decoded that could be a bomb."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFile, ImageFilter, ImageOps

from gateway.errors import MalformedError
from gateway.reading import pictures
from gateway.reading.pictures import MOST_BYTES, MOST_CHARS, MOST_CODES, codes_in
from tests.pictures import LINK, drawn, noise, saved


def faded(image: Image.Image) -> Image.Image:
    return image.point(lambda shade: 150 + shade // 12)


def in_a_photo(image: Image.Image) -> Image.Image:
    """Return a code a little turned and blurred, in a scene of colours and noise."""
    scene = Image.radial_gradient("L").resize((900, 700))
    grain = noise(900, 700)
    photo = Image.merge("RGB", (scene, ImageChops.add(scene, grain, 2), grain))
    turned = image.rotate(17, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1.2))
    photo.paste(turned.convert("RGB"), (300, 200))
    return ImageChops.blend(photo, Image.merge("RGB", (grain, grain, grain)), 0.15)


WAYS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda image: image,
    "rotated": lambda image: image.rotate(33, expand=True, fillcolor=255),
    "upside down": lambda image: image.rotate(180),
    "mirrored": ImageOps.mirror,
    "small": lambda image: image.resize((image.width // 3, image.height // 3)),
    "inverted": ImageOps.invert,
    "low contrast": faded,
    "in colours": lambda image: ImageOps.colorize(image, "#102060", "#ffe0a0"),
    "in a photo": in_a_photo,
    "in a corner of a large screen": lambda image: ImageOps.expand(image, (3400, 20, 200, 1800), 230),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_code_is_read_however_it_is_shown(way: str) -> None:
    random.seed(1)
    assert codes_in(saved(WAYS[way](drawn()))) == (LINK,)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_each_format_is_read_by_its_content(kind: str) -> None:
    assert codes_in(saved(drawn().convert("RGB"), kind)) == (LINK,)


@pytest.mark.parametrize("kind", ["QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "PDF417"])
def test_each_kind_of_code_that_holds_links_is_read(kind: str) -> None:
    text = "ab-12.test" if kind == "MicroQRCode" else LINK
    assert codes_in(saved(drawn(text, getattr(zxingcpp.BarcodeFormat, kind)))) == (text,)


def test_the_bars_on_goods_are_no_links() -> None:
    assert codes_in(saved(drawn("4006381333931", zxingcpp.BarcodeFormat.EAN13))) == ()


def test_several_codes_are_read_each_once() -> None:
    codes = [drawn(), drawn("tg://resolve?domain=examplex_help"), drawn()]
    page = Image.new("L", (sum(each.width for each in codes) + 200, 400), 255)
    left = 20
    for each in codes:
        page.paste(each, (left, 30))
        left += each.width + 60
    assert sorted(codes_in(saved(page))) == sorted([LINK, "tg://resolve?domain=examplex_help"])


def test_no_more_codes_than_that_and_each_cut() -> None:
    page = Image.new("L", (1300, 1000), 255)
    for number in range(MOST_CODES + 5):
        page.paste(drawn(f"code {number}", scale=4), (number % 6 * 210 + 10, number // 6 * 190 + 10))
    assert len(codes_in(saved(page))) == MOST_CODES
    (said,) = codes_in(saved(drawn("x" * 2500, scale=3)))
    assert said == "x" * MOST_CHARS


def test_what_is_see_through_is_seen_on_white_and_on_black() -> None:
    for shade, lit in (("black", drawn()), ("white", ImageOps.invert(drawn()))):
        ink = Image.new("RGBA", lit.size, shade)
        ink.putalpha(ImageOps.invert(lit) if shade == "black" else lit)
        assert codes_in(saved(ink)) == (LINK,), shade


def test_a_palette_and_16_bits_hide_nothing() -> None:
    assert codes_in(saved(drawn().convert("P"))) == (LINK,)
    deep = drawn().convert("I").point(lambda shade: shade * 100 + 20_000).convert("I;16")
    assert codes_in(saved(deep)) == (LINK,)


def test_control_characters_are_not_handed_on() -> None:
    assert codes_in(saved(drawn("BEGIN\r\nURL:x\x1b[2J\x85 end"))) == ("BEGIN  URL:x [2J  end",)


def test_only_the_first_frame_of_what_moves_is_read() -> None:
    plain = Image.new("L", drawn().size, 255)
    first, later = drawn(), drawn("https://examplex.test/")
    assert codes_in(saved(first, "GIF", save_all=True, append_images=[later, plain])) == (LINK,)
    assert codes_in(saved(plain, "GIF", save_all=True, append_images=[first])) == ()


def test_a_picture_without_a_code_holds_none() -> None:
    photo = Image.merge("RGB", [noise(600, 400) for _ in range(3)])
    ImageDraw.Draw(photo).rectangle((50, 50, 200, 200), fill="black", outline="white", width=20)
    assert codes_in(saved(photo)) == ()
    assert codes_in(saved(Image.new("RGB", (1, 1)))) == ()


def png(width: int, height: int, body: bytes, colour: int = 0) -> bytes:
    """Return a PNG that says it is so large, whatever is in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body, 1)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(6_400, 6_400), (60_000, 60_000), (40_000_001, 1)])
def test_a_bomb_of_pixels_is_refused_by_its_header(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*args: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(Image.Image, "load", decoded)
    with pytest.raises(MalformedError, match="pixels"):
        codes_in(png(width, height, bytes(10_000)))


def test_what_is_large_but_allowed_is_made_smaller_first(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []
    search = zxingcpp.read_barcodes

    def watched(image: Image.Image, **more: Any) -> object:
        sizes.append(image.size)
        return search(image, **more)

    monkeypatch.setattr(zxingcpp, "read_barcodes", watched)
    page = Image.new("L", (6000, 5000), 255)
    page.paste(drawn().resize((900, 900)), (3000, 3000))
    assert codes_in(saved(page)) == (LINK,)
    (size,) = sizes
    assert size[0] * size[1] <= 8_300_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        saved(drawn())[:200],
        png(300, 300, b"too little"),
        saved(drawn())[:60] + bytes(100) + saved(drawn())[160:],
        saved(drawn().convert("RGB"), "JPEG")[:700],
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["empty", "text", "svg", "cut", "short", "damaged", "cut jpeg", "postscript"],
)
def test_what_is_broken_or_no_picture_is_told_as_such(body: bytes) -> None:
    with pytest.raises(MalformedError, match="no picture that can be read"):
        codes_in(body)


def test_a_picture_that_is_cut_off_is_read_as_far_as_others_show_it() -> None:
    page = Image.new("RGB", (400, 900), "white")
    page.paste(drawn().convert("RGB"), (50, 50))
    body = saved(ImageChops.subtract(page, Image.effect_noise(page.size, 20).convert("RGB")), "JPEG")
    assert codes_in(body[: len(body) * 2 // 3]) == (LINK,)
    assert ImageFile.LOAD_TRUNCATED_IMAGES
    with pytest.raises(MalformedError):
        codes_in(saved(drawn())[:200])
    assert codes_in(saved(drawn())) == (LINK,)
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_file_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", None)
    with pytest.raises(MalformedError, match="10 MB"):
        codes_in(bytes(MOST_BYTES + 1))


def test_without_the_libraries_nobody_can_look(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pictures.can_look()
    monkeypatch.setattr(pictures, "_LIBRARIES", ("PIL", "not_installed_here"))
    assert not pictures.can_look()
