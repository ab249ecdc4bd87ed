"""Media: the upload in parts or at once, and the files behind the URLs that the API gives; it looks into no file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message
from typing import Any

from gateway.sandbox._http import Answer, Request
from gateway.sandbox.x._auth import user_of
from gateway.sandbox.x._errors import invalid, not_found
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json

MOST_BYTES = {"image": 5 << 20, "gif": 15 << 20, "video": 512 << 20}
MOST_PART_BYTES = 5 << 20
_EXPIRES = timedelta(hours=24)
_WORLD_KINDS = {"image": "photo", "gif": "animated_gif", "video": "video"}
_CATEGORIES = ("tweet_image", "tweet_gif", "tweet_video", "dm_image", "dm_gif", "dm_video")
_TYPES = {"image": "image/png", "gif": "image/gif", "video": "video/mp4"}


@dataclass(slots=True)
class Upload:
    """A medium that the gateway brings; `polls_left` is how often one must ask until a video is ready."""

    id: str
    category: str
    until: datetime
    total: int | None = None
    parts: dict[int, bytes] = field(default_factory=dict)
    finished: bool = False
    polls_left: int = 0

    @property
    def kind(self) -> str:
        """Whether it is an image, a gif or a video."""
        return self.category.partition("_")[2]

    @property
    def content(self) -> bytes:
        """All of it, in order."""
        return b"".join(self.parts[each] for each in sorted(self.parts))


class Media:
    """The calls that bring media and give their files."""

    def __init__(self, site: Site) -> None:
        self._world = site.world
        self._uploads: dict[str, Upload] = {}
        self.video_polls = 1
        """How often one must ask for the state of a video until it is ready."""

    def routes(self) -> Routes:
        """Return the calls that this part answers."""
        return {
            ("POST", "/2/media/upload"): self._at_once,
            ("GET", "/2/media/upload"): self._status,
            ("POST", "/2/media/upload/initialize"): self._initialize,
            ("POST", "/2/media/upload/{id}/append"): self._append,
            ("POST", "/2/media/upload/{id}/finalize"): self._finalize,
            ("GET", "/media/{name}"): self._file,
            ("GET", "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}"): self._private_file,
        }

    @property
    def uploads(self) -> Mapping[str, Upload]:
        """What was brought, by its id."""
        return self._uploads

    def spend(self, media_ids: Iterable[str]) -> list[Json]:
        """Return the world's media for ids of finished uploads. Raises `ProblemError` 400 for others."""
        found: list[Json] = []
        for media_id in media_ids:
            upload = self._uploads.get(media_id)
            if upload is None or not upload.finished or upload.polls_left or upload.until < self._world.clock.now():
                raise invalid({"media.media_ids": [media_id]}, "Your media IDs are invalid.")
            found.append(self._world.add_media(_WORLD_KINDS[upload.kind], upload.content))
        return found

    # The calls

    async def _at_once(self, query: Query) -> Answer:
        user_of(query, "media.write")
        fields = _fields(query)
        upload = self._begin(fields.get("media_category"))
        upload.parts[0] = _content(fields)
        return self._finished(upload)

    async def _initialize(self, query: Query) -> Answer:
        user_of(query, "media.write")
        body = query.json()
        total = body.get("total_bytes")
        if not isinstance(total, int) or total < 0 or not isinstance(body.get("media_type"), str):
            raise invalid({"total_bytes": [str(total)]}, "`total_bytes` and `media_type` are needed.")
        upload = self._begin(body.get("media_category"))
        upload.total = total
        if total > MOST_BYTES[upload.kind]:
            raise invalid({"total_bytes": [str(total)]}, "The file is too large for its category.")
        return answered({"data": self._shown(upload)})

    async def _append(self, query: Query) -> Answer:
        user_of(query, "media.write")
        upload = self._find(query.path["id"])
        fields = _fields(query)
        index = str(fields.get("segment_index"))
        content = _content(fields)
        if not index.isdigit() or int(index) > 999:
            raise invalid({"segment_index": [index]}, "`segment_index` is not between 0 and 999.")
        if upload.finished or upload.total is None or len(content) > MOST_PART_BYTES:
            raise invalid({"media": []}, "The part cannot be taken.")
        upload.parts[int(index)] = content
        return answered({"data": {"expires_at": int(upload.until.timestamp())}})

    async def _finalize(self, query: Query) -> Answer:
        user_of(query, "media.write")
        upload = self._find(query.path["id"])
        if len(upload.content) != upload.total:
            raise invalid({"media": []}, "The parts are not as long as was said.")
        return self._finished(upload)

    async def _status(self, query: Query) -> Answer:
        user_of(query, "media.write")
        upload = self._find(query.params.get("media_id", ""))
        upload.polls_left = max(upload.polls_left - 1, 0)
        return answered({"data": self._shown(upload)})

    async def _file(self, query: Query) -> Answer:
        return self._stored(query.request.path)

    async def _private_file(self, query: Query) -> Answer:
        user_of(query, "dm.read")
        return self._stored(query.request.path)

    def _stored(self, path: str) -> Answer:
        file = self._world.files.get(path)
        if file is None:
            raise not_found()
        return Answer(200, file.content, file.content_type)

    # Uploads

    def _begin(self, category: Any) -> Upload:
        if category not in _CATEGORIES:
            raise invalid({"media_category": [str(category)]}, "`media_category` is not one of the supported values.")
        upload = Upload(self._world.new_id(), category, self._world.clock.now() + _EXPIRES)
        self._uploads[upload.id] = upload
        return upload

    def _find(self, media_id: str) -> Upload:
        upload = self._uploads.get(media_id)
        if upload is None or upload.until < self._world.clock.now():
            raise not_found()
        return upload

    def _finished(self, upload: Upload) -> Answer:
        if not upload.content or len(upload.content) > MOST_BYTES[upload.kind]:
            raise invalid({"media": []}, "The file is empty or too large for its category.")
        upload.finished = True
        upload.polls_left = self.video_polls if upload.kind == "video" else 0
        return answered({"data": self._shown(upload)})

    def _shown(self, upload: Upload) -> Json:
        left = max(int((upload.until - self._world.clock.now()).total_seconds()), 0)
        shown: Json = {"id": upload.id, "media_key": f"3_{upload.id}", "expires_after_secs": left}
        if not upload.finished:
            return shown
        shown["size"] = len(upload.content)
        if upload.kind != "video":
            return shown | {"image": {"image_type": _TYPES[upload.kind], "w": 640, "h": 480}}
        state = {"state": "pending", "check_after_secs": 1} if upload.polls_left else {"state": "succeeded"}
        return shown | {"video": {"video_type": _TYPES["video"]}, "processing_info": state}


def _fields(query: Query) -> Json:
    """Return the fields of a body that is JSON or multipart; a file is bytes."""
    if query.request.headers.get("content-type", "").startswith("multipart/form-data"):
        return _multipart(query.request)
    return query.json()


def _content(fields: Json) -> bytes:
    media = fields.get("media")
    if isinstance(media, bytes):
        return media
    try:
        return base64.b64decode(str(media or ""), validate=True)
    except binascii.Error:
        raise invalid({"media": []}, "`media` is not in base64.") from None


def _multipart(request: Request) -> Json:
    boundary = _parameter(request.headers["content-type"], "boundary")
    fields: Json = {}
    for part in (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())[1:]:
        head, found, content = part.partition(b"\r\n\r\n")
        if part.startswith(b"--") or not found:
            continue
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-disposition":
                named = _parameter(value.strip(), "name")
                fields[named] = content if named == "media" else content.decode("utf-8", "replace")
    return fields


def _parameter(value: str, name: str) -> str:
    message = Message()
    message["content-disposition"] = value
    found = message.get_param(name, "", header="content-disposition")
    return found if isinstance(found, str) else ""
