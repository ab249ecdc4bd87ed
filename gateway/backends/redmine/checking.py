"""What is missing in Redmine, a sentence each; asks, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from gateway.backends._api import Api
from gateway.backends.redmine._shapes import IssuesAnswer, Project
from gateway.backends.redmine.catalog import Catalog
from gateway.backends.redmine.settings import RedmineSettings
from gateway.case import CaseState
from gateway.errors import GatewayError
from gateway.ports import Check, Report

RIGHTS = (
    (("view_issues",), "View issues"),
    (("add_issues",), "Add issues"),
    (("edit_issues", "edit_own_issues"), "Edit own issues"),
    (("add_issue_notes",), "Add notes"),
    (("view_private_notes",), "View private notes"),
    (("set_notes_private",), "Set notes as private"),
)
"""What our user needs, by Redmine's own names, and what the page of a role calls it. One of several is enough."""
NOBODY = "gatehouse-check"
"""A case number that no case has."""


async def report(api: Api, settings: RedmineSettings, catalog: Catalog) -> Report:
    """Look at everything that the backend needs, as far as Redmine tells."""
    key = await _key(api, catalog)
    if not key.ok:
        return Report((key,))
    checks = [key, await _names(settings, catalog)]
    for name in settings.projects:
        checks += await _project(name, settings, catalog)
    return Report((*checks, *await _fields(api, settings, catalog)))


async def _key(api: Api, catalog: Catalog) -> Check:
    answer = await api.call("GET", "/users/current.json", expected=(401, 403))
    if answer.status == 401:
        return Check("key", ok=False, detail="Redmine does not know the API key; take it from our user's account page")
    if answer.status == 403:
        return Check(
            "key",
            ok=False,
            detail="Redmine takes no API calls; switch on its REST web service under Administration, Settings, API",
        )
    user = await catalog.user()
    return Check("key", ok=True, detail=f"Redmine knows our user as {user.login or user.id}")


async def _names(settings: RedmineSettings, catalog: Catalog) -> Check:
    try:
        for state in CaseState:
            await catalog.status(state)
        for name in settings.priorities.values():
            await catalog.priority_named(name)
    except GatewayError as error:
        return Check("names", ok=False, detail=f"{error}; {error.action}")
    return Check("names", ok=True, detail="every state and priority has its name in Redmine")


async def _project(name: str, settings: RedmineSettings, catalog: Catalog) -> list[Check]:
    what = f"project {name}"
    try:
        project = await catalog.project(name)
        rights = await catalog.rights(project.id)
        if "issue_tracking" not in {module.name for module in project.enabled_modules}:
            detail = f"the project {name} has no issue tracking; switch the module on in its settings"
            return [Check(what, ok=False, detail=detail)]
        if project.status != 1:
            return [Check(what, ok=False, detail=f"the project {name} is closed; reopen it, or name another")]
        await catalog.tracker(project)
    except GatewayError as error:
        return [Check(what, ok=False, detail=f"{error}; {error.action}")]
    lacks = 'our user lacks the right "{}" in the project {}; give it to his role'
    checks = [Check(what, ok=False, detail=lacks.format(label, name)) for has, label in RIGHTS if not rights.has(*has)]
    if not checks:
        checks = [Check(what, ok=True, detail=f"our user has every right that he needs in the project {name}")]
    return [*checks, await _strangers(name, project, catalog)]


async def _strangers(name: str, project: Project, catalog: Catalog) -> Check:
    """See that nobody can answer users who is no agent: whoever may write a note there, can."""
    if project.is_public and (await catalog.rights_of_strangers()).has("add_issue_notes"):
        detail = (
            f"anybody may write notes in the public project {name}, and they would go to users; make it private, or "
            'take the right "Add notes" from the roles Non member and Anonymous'
        )
        return Check(f"strangers in {name}", ok=False, detail=detail)
    return Check(f"strangers in {name}", ok=True, detail=f"only members can write notes in the project {name}")


async def _fields(api: Api, settings: RedmineSettings, catalog: Catalog) -> list[Check]:
    field = settings.key_field
    query: dict[str, str | int] = {"status_id": "*", "limit": 1}
    found = (await api.call("GET", "/issues.json", query={**query, f"cf_{field}": NOBODY})).read(IssuesAnswer)
    detail = f"Redmine does not search by the custom field {field}; let it be used as a filter, and our user see it"
    checks = [Check("key_field", ok=False, detail=detail)] if found.total_count else []
    for name in settings.projects:
        try:
            project = await catalog.project(name)
            query |= {"project_id": project.id, "tracker_id": await catalog.tracker(project), "subproject_id": "!*"}
        except GatewayError:
            continue
        one = (await api.call("GET", "/issues.json", query=query)).read(IssuesAnswer).issues
        checks.append(_fields_in(name, settings, one[0].has_field if one else None))
    return checks


def _fields_in(name: str, settings: RedmineSettings, has: Callable[[int], bool] | None) -> Check:
    wanted = {"key_field": settings.key_field, "mark_field": settings.mark_field}
    optional = {"requester_field": settings.requester_field, "tags_field": settings.tags_field}
    wanted |= {setting: number for setting, number in optional.items() if number is not None}
    wanted |= {f"fields.{setting}": int(number) for setting, number in settings.fields.items()}
    if has is None:
        detail = f"the project {name} holds no issue of the tracker yet, so its custom fields cannot be seen"
        return Check(f"fields in {name}", ok=True, detail=detail)
    missing = [f"{number} ({setting})" for setting, number in wanted.items() if not has(number)]
    if missing:
        detail = (
            f"the tracker in the project {name} lacks the custom fields {', '.join(missing)}; switch them on for both, "
            "and let our user's role see them"
        )
        return Check(f"fields in {name}", ok=False, detail=detail)
    return Check(f"fields in {name}", ok=True, detail=f"every custom field is there in the project {name}")
