"""The sandbox's IMAP4rev1 server: several sessions on one mail store, strict about what a client may send.

Any address logs in with the sandbox's password. IDLE pushes in the very moment of a delivery; UIDPLUS, MOVE and
LITERAL+ are there, TLS, BODYSTRUCTURE and full-text search are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import IntEnum

from gateway.sandbox import _folders
from gateway.sandbox._search import UnknownCharsetError
from gateway.sandbox._selected import ReadOnlyError, RenumberedError, Selected
from gateway.sandbox._syntax import BadCommandError, RefusedError, words
from gateway.sandbox._wire import Command, HangUpError, TaggedBadError, Wire
from gateway.sandbox.mailbox import Account, MailStore

CAPABILITIES = "IMAP4rev1 LITERAL+ IDLE UIDPLUS UNSELECT NAMESPACE MOVE"
MAX_FAILURES = 20


class _Phase(IntEnum):
    NEW = 0
    LOGGED_IN = 1
    SELECTED = 2


Handler = Callable[["Session", Command], Awaitable[str]]
"""Does a command and returns the text of its OK."""


class ImapServer:
    """All sessions of one server."""

    def __init__(self, store: MailStore, password: str) -> None:
        self._store = store
        self._password = password
        self._sessions: dict[asyncio.Task[None] | None, Wire] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Run one session to its end."""
        task = asyncio.current_task()
        wire = self._sessions[task] = Wire(reader, writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await Session(self._store, self._password, wire).run()
        finally:
            del self._sessions[task]
            writer.close()

    def drop_connections(self) -> None:
        """Cut every line without a word."""
        for wire in tuple(self._sessions.values()):
            wire.cut()

    async def stop(self) -> None:
        """Cut every line and wait until all sessions have ended."""
        tasks = [task for task in self._sessions if task is not None]
        self.drop_connections()
        await asyncio.gather(*tasks, return_exceptions=True)


class Session:
    """One client's session, from the greeting to the BYE."""

    def __init__(self, store: MailStore, password: str, wire: Wire) -> None:
        self._store = store
        self._password = password
        self._wire = wire
        self._account: Account | None = None
        self._selected: Selected | None = None
        self._failures = 0
        self._over = False

    async def run(self) -> None:
        """Greet, then answer commands until the client or the server has had enough."""
        self._wire.send(f"* OK [CAPABILITY {CAPABILITIES}] Gatehouse sandbox ready\r\n".encode())
        try:
            while not self._over:
                await self._wire.flush()
                await self._next()
        except (HangUpError, RenumberedError) as error:
            self._wire.send(f"* BYE {error}\r\n".encode())
        await self._wire.flush()

    async def _next(self) -> None:
        try:
            command = await self._wire.read_command()
            answer = await self._answer(command)
        except TaggedBadError as error:
            answer = f"{error.tag} BAD {error}"
        if answer.partition(" ")[2].startswith(("BAD", "NO")):
            self._failures += 1
        self._wire.send(f"{answer}\r\n".encode())
        if self._failures >= MAX_FAILURES:
            raise HangUpError("too many failures")

    async def _answer(self, command: Command) -> str:
        try:
            text = await self._do(command)
        except BadCommandError as error:
            return f"{command.tag} BAD {error}"
        except RefusedError as error:
            return f"{command.tag} NO {error}"
        except ReadOnlyError:
            return f"{command.tag} NO [READ-ONLY] the folder was opened with EXAMINE"
        except UnknownCharsetError:
            return f"{command.tag} NO [BADCHARSET (UTF-8 US-ASCII)] that charset is not read here"
        self._tell_updates(expunges=command.name not in ("FETCH", "STORE", "SEARCH"))
        return f"{command.tag} OK {text}"

    async def _do(self, command: Command) -> str:
        found = _COMMANDS.get(command.name)
        if found is None:
            raise BadCommandError("there is no such command")
        needed, handler = found
        if self._phase < needed:
            raise BadCommandError("log in first" if self._account is None else "select a folder first")
        return await handler(self, command)

    @property
    def _phase(self) -> _Phase:
        if self._account is None:
            return _Phase.NEW
        return _Phase.LOGGED_IN if self._selected is None else _Phase.SELECTED

    @property
    def _user(self) -> Account:
        if self._account is None:
            raise BadCommandError("log in first")
        return self._account

    @property
    def _open(self) -> Selected:
        if self._selected is None:
            raise BadCommandError("select a folder first")
        return self._selected

    def _tell_updates(self, expunges: bool = True) -> None:
        if self._selected is not None:
            self._wire.send(self._selected.updates(expunges))

    # At any time

    async def _capability(self, command: Command) -> str:
        _no_arguments(command)
        self._wire.send(f"* CAPABILITY {CAPABILITIES}\r\n".encode())
        return "told"

    async def _noop(self, command: Command) -> str:
        _no_arguments(command)
        return "done"

    async def _logout(self, command: Command) -> str:
        _no_arguments(command)
        self._wire.send(b"* BYE until next time\r\n")
        self._selected, self._over = None, True
        return "logged out"

    async def _login(self, command: Command) -> str:
        if self._account is not None or len(command.arguments) != 2:
            raise BadCommandError("LOGIN takes a user and a password, once")
        user, password = (words(argument) for argument in command.arguments)
        if password != self._password or "@" not in user:
            raise RefusedError("[AUTHENTICATIONFAILED] any address and the sandbox's password")
        self._account = self._store.account(user)
        return f"[CAPABILITY {CAPABILITIES}] logged in"

    # Logged in

    async def _namespace(self, command: Command) -> str:
        _no_arguments(command)
        self._wire.send(b'* NAMESPACE (("" "/")) NIL NIL\r\n')
        return "told"

    async def _list(self, command: Command) -> str:
        self._wire.send(_folders.listing(self._user, command.arguments, command.name))
        return "listed"

    async def _status(self, command: Command) -> str:
        self._wire.send(_folders.status(self._user, command.arguments))
        return "told"

    async def _create(self, command: Command) -> str:
        _folders.create(self._user, command.arguments)
        return "created"

    async def _subscribe(self, command: Command) -> str:
        if len(command.arguments) != 1:
            raise BadCommandError("a folder's name belongs there")
        _folders.existing(self._user, command.arguments[0])
        return "every folder is subscribed"

    async def _append(self, command: Command) -> str:
        return _folders.append(self._user, command.arguments) + "stored"

    async def _select(self, command: Command) -> str:
        self._selected = None
        if len(command.arguments) != 1:
            raise BadCommandError("a folder's name belongs there")
        folder = self._user.folder(words(command.arguments[0]))
        if folder is None:
            raise RefusedError("[NONEXISTENT] there is no such folder")
        self._selected = Selected(folder, read_only=command.name == "EXAMINE")
        self._wire.send(self._selected.greeting())
        return "[READ-ONLY] examined" if self._selected.read_only else "[READ-WRITE] selected"

    async def _idle(self, command: Command) -> str:
        _no_arguments(command)
        self._wire.send(b"+ idling\r\n")
        folder = None if self._selected is None else self._selected.folder
        if folder is not None:
            folder.watch(self._push)
        try:
            self._push()
            await self._wire.flush()
            if (await self._wire.read_line()).upper() != b"DONE":
                raise BadCommandError("IDLE ends with DONE")
        finally:
            if folder is not None:
                folder.unwatch(self._push)
        return "idled"

    def _push(self) -> None:
        try:
            self._tell_updates()
        except RenumberedError:
            self._wire.cut()

    # With a folder selected

    async def _close(self, command: Command) -> str:
        _no_arguments(command)
        if command.name == "CLOSE" and not self._open.read_only:
            self._open.expunge(self._open.deleted())
        self._selected = None
        return "closed"

    async def _search(self, command: Command) -> str:
        self._wire.send(self._open.search(command.arguments, by_uid=_by_uid(command)))
        return "searched"

    async def _fetch(self, command: Command) -> str:
        for response in self._open.fetch(command.arguments, by_uid=_by_uid(command)):
            self._wire.send(response)
            await self._wire.flush()
        return "fetched"

    async def _store_flags(self, command: Command) -> str:
        self._wire.send(self._open.store(command.arguments, by_uid=_by_uid(command)))
        return "stored"

    async def _copy(self, command: Command) -> str:
        if len(command.arguments) != 2:
            raise BadCommandError("a set and a folder belong there")
        chosen = self._open.chosen(command.arguments[0], by_uid=_by_uid(command))
        target = _folders.existing(self._user, command.arguments[1])
        if not command.name.endswith("MOVE"):
            return self._open.copy(chosen, target) + "copied"
        self._open.require_writable()
        code = self._open.copy(chosen, target)
        # The code comes before the removals, so that the client can still tell whose UIDs it names (RFC 6851, 4.3).
        self._wire.send((f"* OK {code}moved\r\n" if code else "").encode() + self._open.expunge(chosen))
        return "moved"

    async def _expunge(self, command: Command) -> str:
        self._open.require_writable()
        if len(command.arguments) != (1 if _by_uid(command) else 0):
            raise BadCommandError("EXPUNGE takes no argument, UID EXPUNGE a set")
        among = command.arguments[0] if command.arguments else None
        self._wire.send(self._open.expunge(self._open.deleted(among)))
        return "expunged"


def _no_arguments(command: Command) -> None:
    if command.arguments:
        raise BadCommandError(f"{command.name} takes no argument")


def _by_uid(command: Command) -> bool:
    return command.name.startswith("UID ")


_COMMANDS: dict[str, tuple[_Phase, Handler]] = {
    "CAPABILITY": (_Phase.NEW, Session._capability),
    "NOOP": (_Phase.NEW, Session._noop),
    "LOGOUT": (_Phase.NEW, Session._logout),
    "LOGIN": (_Phase.NEW, Session._login),
    "NAMESPACE": (_Phase.LOGGED_IN, Session._namespace),
    "LIST": (_Phase.LOGGED_IN, Session._list),
    "LSUB": (_Phase.LOGGED_IN, Session._list),
    "STATUS": (_Phase.LOGGED_IN, Session._status),
    "CREATE": (_Phase.LOGGED_IN, Session._create),
    "SUBSCRIBE": (_Phase.LOGGED_IN, Session._subscribe),
    "UNSUBSCRIBE": (_Phase.LOGGED_IN, Session._subscribe),
    "APPEND": (_Phase.LOGGED_IN, Session._append),
    "SELECT": (_Phase.LOGGED_IN, Session._select),
    "EXAMINE": (_Phase.LOGGED_IN, Session._select),
    "IDLE": (_Phase.LOGGED_IN, Session._idle),
    "CHECK": (_Phase.SELECTED, Session._noop),
    "CLOSE": (_Phase.SELECTED, Session._close),
    "UNSELECT": (_Phase.SELECTED, Session._close),
    "EXPUNGE": (_Phase.SELECTED, Session._expunge),
    **{
        prefix + name: (_Phase.SELECTED, handler)
        for prefix in ("", "UID ")
        for name, handler in {
            "SEARCH": Session._search,
            "FETCH": Session._fetch,
            "STORE": Session._store_flags,
            "COPY": Session._copy,
            "MOVE": Session._copy,
        }.items()
    },
    "UID EXPUNGE": (_Phase.SELECTED, Session._expunge),
}
