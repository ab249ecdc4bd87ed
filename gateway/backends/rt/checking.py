"""What Request Tracker lets the gateway do, a check a right or thing needed; changes nothing.

REST2 tells of rights only through what it offers to do: with a queue whether tickets can be made there, with a ticket
what can be done on it. So some rights show only once there is a ticket.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.backends.rt.rest import Rest
from gateway.backends.rt.settings import RtSettings
from gateway.backends.rt.shapes import Queue, User
from gateway.errors import AuthError, GatewayError
from gateway.ports import Check, Report, TicketRef

ON_TICKETS = (
    ("ReplyToTicket", "correspond", "add users' messages to tickets"),
    ("CommentOnTicket", "comment", "add notes to tickets"),
    ("ModifyTicket", "lifecycle", "change the status of tickets"),
)
NOT_TOLD = "ShowTicketComments and ModifyCustomField are not told by RT: see that the gateway's user has them"


async def check(settings: RtSettings, rest: Rest) -> Report:
    """Look at the account, each queue and its fields, and what may be done on the newest ticket there."""
    try:
        checks = [await _account(settings, rest)]
    except AuthError:
        text = (
            f"{rest.api.host} does not take the token; make one in the gateway's own account (Settings > Auth Tokens)"
        )
        return Report((Check("token", ok=False, detail=text),))
    except GatewayError as error:
        return Report((Check("server", ok=False, detail=f"{error}; {error.action}"),))
    for queue in settings.all_queues:
        try:
            checks += await _queue(settings, rest, queue)
        except GatewayError as error:
            checks.append(Check(f"queue {queue}", ok=False, detail=f"{error}; {error.action}"))
    return Report(tuple(checks))


async def _account(settings: RtSettings, rest: Rest) -> Check:
    user = (await rest.api.call("GET", f"/user/{settings.own_id}")).read(User)
    if not user.is_privileged:
        return Check("token", ok=False, detail=f'let the user {user.name} be granted rights ("privileged")')
    return Check("token", ok=True, detail=f"{rest.api.host} knows the token, as {user.name}")


async def _queue(settings: RtSettings, rest: Rest, name: str) -> Sequence[Check]:
    answer = await rest.api.call("GET", f"/queue/{name}", expected=(403, 404))
    if answer.status != 200:
        detail = f"there is no queue {name}, or the gateway's user may not see it: give it SeeQueue there"
        return [Check(f"queue {name}", ok=False, detail=detail)]
    queue = answer.read(Queue)
    creates = any(link.ref == "create" and link.type == "ticket" for link in queue.links)
    detail = f"tickets can be made in {name}" if creates else f"give the gateway's user CreateTicket in {name}"
    seen = {field.name for field in queue.fields}
    wanted = dict.fromkeys((settings.key_field, *settings.fields.values(), settings.tags_field))
    fields = [_field(field, name, field in seen) for field in wanted if field]
    return [Check(f"queue {name}", ok=creates, detail=detail), *fields, *await _tickets(settings, rest, name)]


def _field(field: str, queue: str, there: bool) -> Check:
    detail = f"tickets of {queue} have it"
    if not there:
        detail = f"make the custom field {field}, apply it to {queue}, and give the gateway's user SeeCustomField on it"
    return Check(f"field {field}", ok=there, detail=detail)


async def _tickets(settings: RtSettings, rest: Rest, queue: str) -> Sequence[Check]:
    newest = await rest.search(f"Queue = '{queue}'")
    name = f"tickets of {queue}"
    if not newest:
        rights = ", ".join(right for right, _, _ in ON_TICKETS)
        detail = f"there is none that the gateway's user may see, so {rights}, ShowTicket are not told yet"
        return [Check(name, ok=True, detail=detail)]
    ticket, _ = await rest.ticket(TicketRef(str(newest[0].id)))
    missing = [(right, what) for right, act, what in ON_TICKETS if act not in ticket.can]
    checks = [Check(right, ok=False, detail=f"give the gateway's user {right} to {what}") for right, what in missing]
    if not missing:
        checks = [Check(name, ok=True, detail=f"it may reply, comment and change the status. {NOT_TOLD}")]
    return [*checks, *await _keys(settings, rest, queue)]


async def _keys(settings: RtSettings, rest: Rest, queue: str) -> Sequence[Check]:
    """See whether the last ticket that the gateway made was given its key."""
    made = await rest.search(
        f"Queue = '{queue}' AND Creator = {settings.own_id} AND Status != '{settings.double_status}'"
    )
    if not made or made[0].value(settings.key_field):
        return []
    detail = f"ticket {made[0].id} lacks its key: give the gateway's user SetInitialCustomField and ModifyCustomField"
    return [Check("SetInitialCustomField", ok=False, detail=detail)]
