"""A private PostgreSQL cluster on a loopback port of its own, from a folder that is made once a run and copied."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.conftest import free_port, missing_server

START_SECS = 30.0
USER = "gw"
_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "shared_buffers": "32MB",
    "max_connections": "80",
    "wal_level": "replica",
    "max_wal_senders": "5",
    "max_replication_slots": "5",
    "hot_standby": "on",
    "autovacuum": "off",
    "logging_collector": "off",
}

# Quicker than TRUNCATE, which makes new files: a check leaves a few rows.
_EMPTY = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'gatehouse_revision' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(name, 1, false);
    END LOOP;
END $$
"""


def programs() -> Path:
    """Return the folder of the newest server's programs; a visible skip, or with CI=true a failure, without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    if initdb is None:
        missing_server("PostgreSQL", "apt-get install postgresql")
        raise AssertionError("not reached")
    return Path(initdb).resolve().parent


def _user() -> Mapping[str, object]:
    """Return how a server's program is started: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    postgres = pwd.getpwnam("postgres")
    return {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}


def run_program(*command: str) -> None:
    """Run one of the server's programs to its end."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_user())  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Template:
    """A fresh cluster that never runs; servers start from copies of it."""

    folder: Path
    programs: Path

    @classmethod
    @contextlib.contextmanager
    def make(cls) -> Iterator[Template]:
        bin_folder = programs()
        # Not below pytest's folder: that is closed to the server's user, and a socket's path must stay short.
        folder = Path(tempfile.mkdtemp(prefix="pgs"))
        try:
            folder.chmod(0o755)
            data = folder / "template"
            data.mkdir(mode=0o700)
            if owner := _user():
                os.chown(data, int(str(owner["user"])), int(str(owner["group"])))
                os.chown(folder, int(str(owner["user"])), int(str(owner["group"])))
            initdb = str(bin_folder / "initdb")
            run_program(
                initdb, "-D", str(data), "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
            )
            with (data / "pg_hba.conf").open("a") as rules:
                rules.write("host replication all 127.0.0.1/32 trust\n")
            yield cls(folder, bin_folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def copy(self, name: str) -> Path:
        """Return the folder of a new cluster."""
        run_program("cp", "-a", str(self.folder / "template"), str(self.folder / name))
        return self.folder / name


@dataclass
class Postgres:
    """A running server. `durable` false switches fsync off: for tests that kill no machine."""

    data: Path
    port: int
    _programs: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, template: Template, name: str, *, durable: bool = False, **settings: str) -> Postgres:
        """Copy the template, start a server on it and make its database `gw`."""
        data = template.copy(name)
        server = cls(data, free_port(), template.programs)
        lines = _SETTINGS | {"fsync": "on" if durable else "off", "port": str(server.port)} | settings
        lines["unix_socket_directories"] = f"'{data.parent}'"
        with (data / "postgresql.conf").open("a") as config:
            config.writelines(f"{key} = {value}\n" for key, value in lines.items())
        server.run()
        server.execute("CREATE DATABASE gw", database="postgres")
        return server

    def run(self) -> None:
        """Start the server on its folder and wait until it answers."""
        postgres = str(self._programs / "postgres")
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                [postgres, "-D", str(self.data)], stdout=out, stderr=out, cwd="/", **_user()
            )
        self.await_answer()

    def await_answer(self) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + START_SECS
        while True:
            try:
                self.execute("SELECT 1", database="postgres")
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()[-2000:]}") from None
                time.sleep(0.02)
            else:
                return

    @property
    def log(self) -> Path:
        """The file that the server writes its log to."""
        return self.data.parent / f"{self.data.name}.log"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def url(self, database: str = "gw", port: int | None = None, **parameters: str) -> str:
        """Return the address of a database, by another port when a line runs through a relay."""
        asked = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"postgresql://{USER}@127.0.0.1:{port or self.port}/{database}" + (f"?{asked}" if asked else "")

    def execute(self, sql: str, *values: object, database: str = "gw") -> list[tuple[object, ...]]:
        """Run one statement on a connection of its own, and return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def empty(self, database: str) -> None:
        """Empty every table of a migrated database, and number anew."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(_EMPTY)

    def until(self, query: str, database: str = "postgres") -> None:
        """Wait until a query finds something."""
        end = time.monotonic() + START_SECS
        while not self.execute(query, database=database):
            assert time.monotonic() < end
            time.sleep(0.02)

    def await_silence(self, database: str) -> None:
        """Wait until no session is left on a database."""
        end = time.monotonic() + START_SECS
        while self.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", database, database="postgres"):
            assert time.monotonic() < end
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once but in order, by process id."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Stop without any order, as a crash does."""
        self._end(signal.SIGQUIT)

    def _end(self, number: int) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
