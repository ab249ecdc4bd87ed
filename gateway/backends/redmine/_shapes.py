"""Redmine's answers, as far as the gateway reads them (www.redmine.org/projects/redmine/wiki/Rest_api)."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Shape(BaseModel):
    """Part of an answer; what the gateway does not know is left alone."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True)


class Named(Shape):
    """Something that has an id and a name."""

    id: int
    name: str = ""


class Status(Named):
    """A status of issues."""

    is_closed: bool = False


class FieldValue(Shape):
    """A custom field of an issue, blank or not."""

    id: int
    value: str | list[str] | None = None


class Detail(Shape):
    """One thing that a journal says was changed; `name` is an attribute's name, or a field's or a file's id."""

    property: str
    name: str
    old_value: str | None = None
    new_value: str | None = None


class Journal(Shape):
    """What somebody did to an issue at one go. Without `private_notes` it would not be safe to read any."""

    id: int
    user: Named | None = None
    notes: str | None = None
    private_notes: bool
    created_on: AwareDatetime
    details: tuple[Detail, ...] = ()


class Attachment(Shape):
    """A file of an issue; its size in bytes."""

    id: int
    filename: str
    filesize: int = 0
    content_type: str | None = None


class Issue(Shape):
    """A ticket. What is asked for by `include` is empty unless it was."""

    id: int
    project: Named
    status: Named
    author: Named | None = None
    custom_fields: tuple[FieldValue, ...] = ()
    updated_on: AwareDatetime
    journals: tuple[Journal, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    allowed_statuses: tuple[Named, ...] | None = None

    def field(self, number: int) -> str:
        """Return a custom field's value; empty when it is blank or not there."""
        found = next((field.value for field in self.custom_fields if field.id == number), None)
        return found if isinstance(found, str) else ""

    def has_field(self, number: int) -> bool:
        """Whether a custom field is there for this issue, blank or not."""
        return any(field.id == number for field in self.custom_fields)


class IssueAnswer(Shape):
    """One issue."""

    issue: Issue


class IssuesAnswer(Shape):
    """A page of a list of issues."""

    issues: tuple[Issue, ...]
    total_count: int


class Membership(Shape):
    """What a user is in a project."""

    project: Named
    roles: tuple[Named, ...] = ()


class User(Shape):
    """Whose key it is."""

    id: int
    login: str = ""
    admin: bool = False
    memberships: tuple[Membership, ...] = ()


class UserAnswer(Shape):
    """One user."""

    user: User


class Permissions(Shape):
    """What a role may do."""

    name: str = ""
    permissions: frozenset[str] = frozenset()


class RoleAnswer(Shape):
    """One role."""

    role: Permissions


class Project(Shape):
    """A project, with its trackers and modules. Its status is 1 while issues can be changed."""

    id: int
    name: str = ""
    status: int = 1
    is_public: bool = True
    trackers: tuple[Named, ...] = ()
    enabled_modules: tuple[Named, ...] = ()


class ProjectAnswer(Shape):
    """One project."""

    project: Project


class StatusesAnswer(Shape):
    """All statuses."""

    issue_statuses: tuple[Status, ...]


class PrioritiesAnswer(Shape):
    """All priorities."""

    issue_priorities: tuple[Named, ...]


class Upload(Shape):
    """What a file that was uploaded is named by."""

    token: str


class UploadAnswer(Shape):
    """One upload."""

    upload: Upload


class Refused(Shape):
    """Why Redmine refuses an item, in its own language."""

    errors: tuple[str, ...]
