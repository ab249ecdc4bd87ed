"""What RT's REST2 answers with, as far as the gateway reads it.

Source: https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html. A list names a field that is not there as an empty text.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")


def _id_of(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _listed(value: Any) -> Any:
    return value or []


RtId = Annotated[int, BeforeValidator(_id_of)]
"""An id, whether it is told as a number, a text, or within the object that it names."""


class Shape(BaseModel):
    """A part of an answer; what the gateway does not read is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class Listing(Shape, Generic[T]):
    """One page of a list."""

    items: list[T]


class FieldValues(Shape):
    """A custom field of a ticket."""

    name: str = ""
    values: Annotated[list[Any], BeforeValidator(_listed)] = []


class Link(Shape):
    """What may be done with an object by the one who asks; RT leaves out what he has no right to."""

    ref: str = ""
    type: str = ""
    name: str = ""


class Ticket(Shape):
    """A ticket. `effective`: the one that it was merged into, or itself."""

    id: int
    status: str = Field(default="", alias="Status")
    effective: RtId | None = Field(default=None, alias="EffectiveId")
    fields: Annotated[list[FieldValues], BeforeValidator(_listed)] = Field(default=[], alias="CustomFields")
    links: list[Link] = Field(default=[], alias="_hyperlinks")

    def value(self, name: str) -> str:
        """Return what a custom field holds, or nothing."""
        return next((str(field.values[0]) for field in self.fields if field.name == name and field.values), "")

    @property
    def can(self) -> frozenset[str]:
        """What the one who asked may do: `correspond`, `comment`, and `lifecycle` where he may change its status."""
        return frozenset(link.ref for link in self.links)


class Queue(Shape):
    """A queue."""

    links: list[Link] = Field(default=[], alias="_hyperlinks")
    fields: Annotated[list[Link], BeforeValidator(_listed)] = Field(default=[], alias="TicketCustomFields")


class User(Shape):
    """A user; agents are privileged, users who write by mail are not."""

    name: str = Field(default="", alias="Name")
    is_privileged: bool = Field(default=False, alias="Privileged")


class Creator(Shape):
    """Who made a transaction."""

    id: int
    name: str = Field(default="", alias="Name")
    real_name: str | None = Field(default=None, alias="RealName")


class Transaction(Shape):
    """One entry of a ticket's history."""

    id: int
    type: str = Field(alias="Type")
    field: str | None = Field(default="", alias="Field")
    ticket: int = Field(alias="ObjectId")
    creator: Creator = Field(alias="Creator")
    created: AwareDatetime = Field(alias="Created")
    old: str | None = Field(default="", alias="OldValue")
    new: str | None = Field(default="", alias="NewValue")


class Attachment(Shape):
    """One part of what a transaction says. `content` is in base64, and asked for of one at a time."""

    id: int
    transaction: RtId = Field(alias="TransactionId")
    content_type: str = Field(default="", alias="ContentType")
    filename: str | None = Field(default="", alias="Filename")
    length: Annotated[int, BeforeValidator(lambda value: value or 0)] = Field(default=0, alias="ContentLength")
    headers: str | None = Field(default="", alias="Headers")
    content: str | None = Field(default="", alias="Content")
