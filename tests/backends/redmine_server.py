"""A private Redmine on a loopback port of its own: Debian's program, copied once a run, with its database ready."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
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

HOME = Path("/usr/share/redmine")
LOCK = Path("/var/lib/redmine/Gemfile.lock")
SEED = Path(__file__).with_name("redmine_seed.rb")
START_SECS = 60.0
BUILD_SECS = 180.0
THREADS = 1
"""SQLite's library for Ruby waits for another thread's lock without letting that thread run."""
EMPTIED = ("issues", "journals", "journal_details", "attachments", "watchers", "issue_relations")
"""Tables of what a test makes; with the values of issues' custom fields."""


@dataclass(frozen=True)
class Seeded:
    """What the database holds from the beginning."""

    users: Mapping[str, Mapping[str, Any]]
    """`gateway`, `agent` and `limited`, each with `id` and `key`."""
    projects: Mapping[str, int]
    fields: Mapping[str, int]

    def key(self, user: str) -> str:
        """Return a user's API key."""
        return str(self.users[user]["key"])


@dataclass
class Template:
    """Redmine's program and a database that no server ever runs on."""

    folder: Path
    seeded: Seeded

    @classmethod
    @contextlib.contextmanager
    def make(cls) -> Iterator[Template]:
        """Copy the program, make the tables, seed them. Takes about ten seconds."""
        if not HOME.is_dir() or not LOCK.exists() or shutil.which("puma") is None:
            missing_server("Redmine", "apt-get install redmine redmine-sqlite puma ruby-sqlite3")
        folder = Path(tempfile.mkdtemp(prefix="redmine"))
        try:
            _copy(folder / "app")
            seeded = _seed(folder / "app", folder / "template")
            _prepare(folder / "template" / "redmine.sqlite3")
            yield cls(folder, seeded)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _prepare(path: Path) -> None:
    """Let the database give no id twice, as others do, and let whoever reads not stand in the way of who writes."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            """
            pragma journal_mode = wal;
            pragma writable_schema = on;
            update sqlite_master set sql = replace(
                sql, '"id" integer NOT NULL PRIMARY KEY,', '"id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,'
            ) where type = 'table' and name in ('issues', 'journals', 'attachments');
            pragma writable_schema = reset;
            """
        )


def _copy(app: Path) -> None:
    """Copy Debian's tree, and let it look for its configuration in its own folder rather than under /usr and /etc."""
    shutil.copytree(HOME, app, symlinks=True, ignore=shutil.ignore_patterns("instances", "database.yml"))
    (app / "Gemfile.lock").unlink()
    shutil.copy(LOCK, app / "Gemfile.lock")
    gemfile = app / "Gemfile"
    gemfile.write_text(
        gemfile.read_text().replace("/usr/share/redmine/{config,instances/*/config}", f"{app}/instances/default/config")
    )
    instance = app / "instances" / "default"
    for folder in ("config", "tmp", "log", "files", "public"):
        (instance / folder).mkdir(parents=True)
    for folder in ("tmp", "log", "plugins"):
        (app / folder).mkdir()
    # Redmine reads both files as ERB, so that all servers share one program.
    home = "<%= ENV.fetch('REDMINE_HOME') %>"
    database = {"adapter": "sqlite3", "database": f"{home}/redmine.sqlite3", "timeout": 20_000, "pool": 5}
    (instance / "config" / "database.yml").write_text(json.dumps({"production": database}))
    told = {"email_delivery": {"delivery_method": ":test"}, "attachments_storage_path": f"{home}/files"}
    (instance / "config" / "configuration.yml").write_text(json.dumps({"default": told}))


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "RAILS_ENV": "production",
        "REDMINE_HOME": str(home),
        "REDMINE_LANG": "en",
        "SECRET_KEY_BASE": secrets.token_hex(32),
    }


def _seed(app: Path, home: Path) -> Seeded:
    (home / "files").mkdir(parents=True)
    done = subprocess.run(
        ["bin/rails", "runner", str(SEED)],
        capture_output=True,
        text=True,
        check=False,
        cwd=app,
        env=_environment(home),
        timeout=BUILD_SECS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Seeded(**json.loads((home / "seeded.json").read_text()))


@dataclass
class Redmine:
    """A server on a copy of the template, in a process group of its own."""

    home: Path
    port: int
    seeded: Seeded
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, template: Template, name: str) -> Redmine:
        """Copy the template and serve; returns when it answers."""
        home = template.folder / name
        shutil.copytree(template.folder / "template", home)
        server = cls(home, free_port(), template.seeded)
        server.restart()
        return server

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.home / "puma.log"

    def restart(self) -> None:
        """Serve again, on the same port and the same data."""
        assert self._process is None, "it runs already"
        command = ("puma", "-e", "production", "-t", f"{THREADS}:{THREADS}", "-b", f"tcp://127.0.0.1:{self.port}")
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [*command, "-C", "-", "config.ru"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.home.parent / "app",
                env=_environment(self.home),
                start_new_session=True,
            )
        until = time.monotonic() + START_SECS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                told = self.log.read_text(errors="replace")[-3000:]
                self.kill()
                raise AssertionError(f"Redmine does not start: {told}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a power cut does; nothing is lost that it had committed."""
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

    def _answers(self) -> bool:
        request = urllib.request.Request(  # noqa: S310 - it is on this machine
            f"{self.url}/trackers.json", headers={"x-redmine-api-key": self.seeded.key("gateway")}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask its database."""
        with closing(sqlite3.connect(self.home / "redmine.sqlite3", timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def change(self, *statements: str) -> None:
        """Change its database behind its back."""
        with closing(sqlite3.connect(self.home / "redmine.sqlite3", timeout=20)) as database, database:
            for statement in statements:
                database.execute(statement)

    def insert(self, table: str, *rows: Mapping[str, object]) -> None:
        """Add rows that name the same columns to its database, all at one go."""
        names = list(rows[0])
        statement = f"insert into {table} ({', '.join(names)}) values ({', '.join('?' for _ in names)})"  # noqa: S608
        with closing(sqlite3.connect(self.home / "redmine.sqlite3", timeout=20)) as database, database:
            database.executemany(statement, [list(row.values()) for row in rows])

    def empty(self) -> None:
        """Forget all issues."""
        issues = [f"delete from {table}" for table in EMPTIED]  # noqa: S608 - the names are our own
        self.change("delete from custom_values where customized_type = 'Issue'", *issues)

    @contextlib.contextmanager
    def altered(self, table: str, change: str, *values: object) -> Iterator[None]:
        """Change a table until left: a right, a field, a setting."""
        before = self.rows(f"select * from {table}")  # noqa: S608
        with closing(sqlite3.connect(self.home / "redmine.sqlite3", timeout=20)) as database, database:
            database.execute(f"update {table} set {change}", values)  # noqa: S608
        try:
            yield
        finally:
            with closing(sqlite3.connect(self.home / "redmine.sqlite3", timeout=20)) as database, database:
                database.execute(f"delete from {table}")  # noqa: S608
                marks = ", ".join("?" for _ in before[0])
                database.executemany(f"insert into {table} values ({marks})", before)  # noqa: S608
                if table == "settings":
                    self._now(database)

    @contextlib.contextmanager
    def setting(self, name: str, value: str) -> Iterator[None]:
        """Set one of Redmine's settings until left."""
        with self.altered("settings", "value = case name when ? then ? else value end", name, value):
            with closing(sqlite3.connect(self.home / "redmine.sqlite3", timeout=20)) as database, database:
                self._now(database)
            yield

    @staticmethod
    def _now(database: sqlite3.Connection) -> None:
        """Let Redmine read its settings anew: it does when one is newer than what it knows."""
        database.execute("update settings set updated_on = strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 second')")
