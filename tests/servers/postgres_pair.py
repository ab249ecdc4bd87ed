"""A PostgreSQL primary and the synchronous standby that takes its place; both private, on ports of the loopback."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.conftest import free_port
from tests.servers.postgres import USER, Postgres, Template, run_program

STANDBY = "standby"
_numbers = count(1)


@dataclass
class Pair:
    """Both servers. Nothing is confirmed to a client before the standby has it on its disk."""

    template: Template
    primary: Postgres
    standby: Postgres

    @classmethod
    @contextmanager
    def start(cls, template: Template) -> Iterator[Pair]:
        """Start both, from a template; without fsync, since processes die here and no machine."""
        primary = Postgres.start(template, f"primary{next(_numbers)}")
        pair = cls(template, primary, primary)
        try:
            pair.standby = pair.copy_of(primary, f"{primary.data.name}-{STANDBY}")
            pair.hold_to_standby()
            yield pair
        finally:
            pair.standby.stop()
            primary.stop()

    def copy_of(self, source: Postgres, name: str) -> Postgres:
        """Start a standby that follows a running server."""
        data = self.template.folder / name
        address = f"host=127.0.0.1 port={source.port} user={USER}"
        basebackup = str(self.template.programs / "pg_basebackup")
        run_program(basebackup, "-D", str(data), "-d", address, "-X", "stream", "-c", "fast", "-R")
        server = Postgres(data, free_port(), self.template.programs)
        with (data / "postgresql.conf").open("a") as config:
            config.write(f"port = {server.port}\n")
            config.write(f"primary_conninfo = '{address} application_name={STANDBY}'\n")
        # What `-R` wrote wins over the file: the standby has to follow under the name that the primary waits for.
        (data / "postgresql.auto.conf").write_text("")
        server.run()
        return server

    def hold_to_standby(self) -> None:
        """Let the primary confirm nothing that the standby does not have; return when both agree on that."""
        self._set(self.primary, "synchronous_standby_names", f"FIRST 1 ({STANDBY})")
        self.primary.until("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")

    def let_go(self) -> None:
        """Let the primary confirm alone, as an administrator does whose standby is lost for good."""
        self._set(self.primary, "synchronous_standby_names", "")

    def kill_primary(self) -> None:
        """SIGKILL to every process of the primary at the same time, as when its machine loses power."""
        postmaster = self.primary.process.pid
        # Each server process leads a group of its own, so that none could be killed with the postmaster's.
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.primary.process.wait()

    async def wait_for_commits(self) -> None:
        """Return when a commit waits for the standby."""
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        await asyncio.to_thread(self.primary.until, waiting)

    def promote(self) -> None:
        """Make the standby the primary; returns when it takes writes."""
        self.standby.execute("SELECT pg_promote(true, 30)", database="postgres")

    def url(self, *ports: int, database: str = "gw", **parameters: str) -> str:
        """Return one address that names both servers, by other ports when lines run through relays."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports or (self.primary.port, self.standby.port))
        asked = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"postgresql://{USER}@{hosts}/{database}" + (f"?{asked}" if asked else "")

    def _set(self, server: Postgres, name: str, value: str) -> None:
        server.execute(f"ALTER SYSTEM SET {name} = '{value}'", database="postgres")
        server.execute("SELECT pg_reload_conf()", database="postgres")
