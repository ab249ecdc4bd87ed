"""A private Request Tracker 5 on a loopback port of its own: Debian's program, its database made once a run."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import free_port, missing_server

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SEED = Path(__file__).with_name("rt_seed.pl")
START_SECS = 60.0
BUILD_SECS = 180.0
WORKERS = 2

_CONFIG = """
Set($rtname, 'rt.test');
Set($Organization, 'rt.test');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{home}/data/rt.sqlite');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($LogToFile, undef);
Set($MailCommand, 'sendmailpipe');
Set($SendmailPath, '{home}/sendmail');
Set($WebSessionClass, 'Apache::Session::File');
Set($MasonDataDir, '{home}/mason');
Set($MasonSessionDir, '{home}/session');
Set($BcryptCost, 4);
Set($CorrespondAddress, 'rt@example.test');
Set($CommentAddress, 'rt-comment@example.test');
1;
"""
# Each request proves its token by bcrypt: with the usual cost a call takes 0.3 s longer.
_SENDMAIL = """#!/bin/sh
cat > "$(mktemp {home}/mail/XXXXXXXX)"
"""


def _user() -> Mapping[str, Any]:
    """Return how RT's programs are started: as Debian's web user, where we may choose."""
    if os.geteuid() != 0:
        return {}
    web = pwd.getpwnam("www-data")
    return {"user": web.pw_uid, "group": web.pw_gid, "extra_groups": []}


def _lay_out(home: Path, port: int) -> None:
    """Make a home's folders and write its configuration."""
    for name in ("", "data", "mason", "session", "mail", "conf.d"):
        (home / name).mkdir(exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(home / name, "www-data", "www-data")
    text = _CONFIG.replace("{home}", str(home)).replace("{port}", str(port))
    (home / "RT_SiteConfig.pm").write_text(text)
    (home / "sendmail").write_text(_SENDMAIL.replace("{home}", str(home)))
    (home / "sendmail").chmod(0o755)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    places = {"RT_SITE_CONFIG": str(home / "RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR": str(home / "conf.d")}
    return {**kept, "LANG": "C.UTF-8", **places}


def _run(home: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_environment(home),
        timeout=BUILD_SECS,
        **_user(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass
class Template:
    """A database with queues, fields and users that no server ever runs on."""

    folder: Path
    users: Mapping[str, Mapping[str, Any]]
    """By name, each with `id` and `token`."""

    @classmethod
    @contextlib.contextmanager
    def make(cls) -> Iterator[Template]:
        """Make the tables and seed them. Takes about three seconds."""
        setup = shutil.which("rt-setup-database-5")
        if not SERVER.exists() or setup is None or shutil.which("starman") is None:
            missing_server("Request Tracker 5", "apt-get install request-tracker5 rt5-db-sqlite rt5-standalone starman")
            raise AssertionError("not reached")
        # Not below pytest's folder, which is closed to the server's user.
        folder = Path(tempfile.mkdtemp(prefix="rt5"))
        folder.chmod(0o755)
        home = folder / "template"
        try:
            _lay_out(home, 80)
            _run(home, setup, "--action", "init", "--skip-create", "--dba", "none", "--dba-password", "")
            shutil.copy(SEED, home / "seed.pl")
            yield cls(folder, json.loads(_run(home, "perl", str(home / "seed.pl"))))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class RequestTracker:
    """A server on a copy of the template, in a process group of its own."""

    home: Path
    port: int
    users: Mapping[str, Mapping[str, Any]]
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, template: Template, name: str) -> RequestTracker:
        """Copy the template and serve; returns when it answers."""
        home, port = template.folder / name, free_port()
        _lay_out(home, port)
        shutil.copy(template.folder / "template" / "data" / "rt.sqlite", home / "data")
        if os.geteuid() == 0:
            shutil.chown(home / "data" / "rt.sqlite", "www-data", "www-data")
        server = cls(home, port, template.users)
        server.restart()
        return server

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.home / "server.log"

    def token(self, user: str) -> str:
        """Return a user's token."""
        return str(self.users[user]["token"])

    def id_of(self, user: str) -> int:
        """Return a user's id."""
        return int(self.users[user]["id"])

    def restart(self) -> None:
        """Serve again, on the same port and the same data."""
        assert self._process is None, "it runs already"
        place = ("--host", "127.0.0.1", "--port", str(self.port), "--workers", str(WORKERS))
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(SERVER), "--server", "Starman", *place],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env=_environment(self.home),
                start_new_session=True,
                **_user(),
            )
        until = time.monotonic() + START_SECS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                told = self.log.read_text(errors="replace")[-3000:]
                self.kill()
                raise AssertionError(f"Request Tracker does not start: {told}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, workers too; nothing is lost that it had committed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        process.wait(timeout=30)
        # A worker may outlive its master by a moment, and holds the port until then.
        until = time.monotonic() + 10
        while _listens(self.port) and time.monotonic() < until:
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/REST/2.0/rt", timeout=10):  # noqa: S310 - it is on this machine
                return True
        except urllib.error.HTTPError as error:
            return error.code == 401
        except OSError:
            return False

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask its database."""
        with closing(sqlite3.connect(self.home / "data" / "rt.sqlite", timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """Change its database behind its back."""
        with closing(sqlite3.connect(self.home / "data" / "rt.sqlite", timeout=30)) as database, database:
            database.execute(statement, values)

    def mails(self) -> list[bytes]:
        """Return the mails that it has sent."""
        return [path.read_bytes() for path in sorted((self.home / "mail").iterdir())]

    def retire(self) -> None:
        """Take the keys from all tickets: no test finds another's. Ids go on, since RT caches what they meant."""
        self.change(
            "update ObjectCustomFieldValues set Content = 'retired-' || id "
            "where ObjectType = 'RT::Ticket' and Content not like 'retired-%'"
        )
        # What never had a key is no orphan of a later test either.
        self.change("update Tickets set Created = '2020-01-01 00:00:00'")
        for path in (self.home / "mail").iterdir():
            path.unlink()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
