"""What an item holds beside its text: files, which nothing fetches here, and lines in brackets that can be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gateway.case import Attachment, AttachmentState, Evidence
from normalizers.x import _clean, _limits
from normalizers.x._includes import Includes
from normalizers.x._reading import Reading

_NAMES = {"photo": "picture", "video": "video", "animated_gif": "gif"}
_PICTURES = {"png": "image/png", "webp": "image/webp", "gif": "image/gif"}
_VIDEO = "video/mp4"
_UNKNOWN_TYPE = "application/octet-stream"
UNSUPPORTED = "[unsupported message]"
"""What stands for an item that holds nothing that can be read."""


@dataclass(slots=True)
class Content:
    """What was found in one item, in the order of the platform."""

    lines: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """A line for each file, also for one without a text of its own: what stands for it in a quotation."""
    evidence: list[Evidence] = field(default_factory=list)
    files: dict[str, Attachment] = field(default_factory=dict)

    def line(self, kind: str, *parts: str) -> None:
        """Add a line such as `[poll: yes / no]`."""
        self.lines.append(_bracketed(kind, *parts))

    def say(self, name: str, value: str) -> None:
        """Add a piece of evidence that holds nothing to be cleaned."""
        self.evidence.append(Evidence(name=name, value=value))


def read(source: dict[str, Any], includes: Includes, reading: Reading) -> Content:
    """Return the files, polls, places and the article of a post, or the files of a direct message."""
    content = Content()
    attached = reading.table(source, "attachments") if "attachments" in source else {}
    told = _alt_texts(source, reading)
    for key in reading.tokens(attached, "media_keys"):
        _file(key, told.get(key, ""), content, includes, reading)
    for number in reading.identifiers(attached, "poll_ids"):
        _poll(number, content, includes, reading)
    if "geo" in source:
        _place(reading.table(source, "geo"), content, includes, reading)
    if "article" in source or "article_title" in source:
        _article(source, content, reading)
    return content


def _alt_texts(source: dict[str, Any], reading: Reading) -> dict[str, str]:
    tables = reading.tables(source, "media_metadata", _limits.ITEMS) if "media_metadata" in source else ()
    return {reading.token(table, "media_key"): reading.text(table, "alt_text") for table in tables}


def _file(key: str, told: str, content: Content, includes: Includes, reading: Reading) -> None:
    source = includes.get("media", key)
    kind = reading.token(source, "type") if source else ""
    if kind:
        content.say("content", kind)
    ref, declared = _ref(kind, source, reading) if source else ("", _UNKNOWN_TYPE)
    if not ref:
        reading.note("file_missing", "A file was announced without saying where it can be fetched.")
    alt = _clean.line(reading.text(source, "alt_text") or told, _limits.LINE_CHARS, reading)
    name = _NAMES.get(kind, "file")
    if alt:
        content.line(name, alt)
    content.shown.append(_bracketed(name, alt))
    state = AttachmentState.NOT_FETCHED if ref else AttachmentState.UNAVAILABLE
    content.files.setdefault(key, Attachment(id=key, declared_type=declared, state=state, ref=ref))


def _ref(kind: str, source: dict[str, Any], reading: Reading) -> tuple[str, str]:
    """Return where a file can be fetched, and what type it is of."""
    if kind in ("video", "animated_gif"):
        variants = [
            (reading.whole(each, "bit_rate") or 0, ref)
            for each in reading.tables(source, "variants", _limits.ITEMS)
            if reading.text(each, "content_type") == _VIDEO and (ref := _address(each, "url", reading))
        ]
        if variants:
            return max(variants, key=lambda variant: variant[0])[1], _VIDEO
        if preview := _address(source, "preview_image_url", reading):
            reading.note("file_preview_only", "Of a video only its first picture is given out.")
            return preview, _picture(preview)
        return "", _VIDEO
    ref = _address(source, "url", reading)
    return ref, (_picture(ref) if kind == "photo" else _UNKNOWN_TYPE)


def _address(source: dict[str, Any], key: str, reading: Reading) -> str:
    """Return an address whole, or nothing: one that was cut or mended would name another file."""
    value = reading.text(source, key)
    is_fit = len(value) <= _limits.URL_CHARS and value.isascii() and value.isprintable() and " " not in value
    if value and not (is_fit and value.startswith(("https://", "http://"))):
        reading.invalid(key)
        return ""
    return value


def _picture(ref: str) -> str:
    try:
        path = urlsplit(ref).path
    except ValueError:
        return "image/jpeg"
    return _PICTURES.get(path.rpartition(".")[2].lower(), "image/jpeg")


def _poll(number: str, content: Content, includes: Includes, reading: Reading) -> None:
    source = includes.get("polls", number)
    options = reading.tables(source, "options", _limits.ITEMS)
    content.say("content", "poll")
    content.line("poll", *(_line(option, "label", reading) for option in options))


def _place(source: dict[str, Any], content: Content, includes: Includes, reading: Reading) -> None:
    place = includes.get("places", reading.token(source, "place_id"))
    name = _line(place, "full_name", reading) or _line(place, "name", reading)
    where = ""
    if "coordinates" in source:
        where = _degrees(reading.table(source, "coordinates").get("coordinates"))
        if where:
            content.say("location", where)
        else:
            reading.invalid("coordinates")
    content.say("content", "place")
    content.line("place", name, where)


def _degrees(pair: Any) -> str:
    """Return latitude and longitude, which the platform gives the other way round."""
    if type(pair) is not list or len(pair) != 2 or not all(type(each) in (int, float) for each in pair):
        return ""
    longitude, latitude = pair
    return f"{latitude:.6g}, {longitude:.6g}" if abs(latitude) <= 90 and abs(longitude) <= 180 else ""


def _article(source: dict[str, Any], content: Content, reading: Reading) -> None:
    article = reading.table(source, "article")
    title = _line(article, "title", reading) or _title(source, reading)
    text = reading.text(article, "plain_text") or reading.text(article, "text") or reading.text(article, "preview_text")
    content.say("content", "article")
    content.say("article", title or "true")
    content.line("article", title)
    if len(text) > _limits.TEXT_CHARS:
        reading.note("text_over_cap", f"Only the first {_limits.TEXT_CHARS} characters of the text were kept.")
    if text:
        content.lines.append(_clean.block(text[: _limits.TEXT_CHARS], reading))


def _title(source: dict[str, Any], reading: Reading) -> str:
    value = source.get("article_title")
    return _line(source if type(value) is str else reading.table(source, "article_title"), "article_title", reading)


def _line(source: dict[str, Any], key: str, reading: Reading) -> str:
    return _clean.line(reading.text(source, key), _limits.LINE_CHARS, reading)


def _bracketed(kind: str, *parts: str) -> str:
    told = " / ".join(filter(None, parts))
    return f"[{kind}: {told}]" if told else f"[{kind}]"
