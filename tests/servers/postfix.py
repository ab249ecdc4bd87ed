"""A private Postfix below a folder of its own: takes mail on a loopback port, hands the desk's own to the gateway.

It has to be started by root, as every Postfix; nothing of the machine's own configuration is used or changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import free_port, missing_server

START_SECS = 20.0
STOP_SECS = 10.0

_MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = /dev/stdout
myhostname = {name}
mydomain = {domain}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:5.1.1 nobody lives here
relay_domains =
default_transport = error:5.1.1 there is no world outside
transport_maps = texthash:{base}/etc/transport
virtual_mailbox_domains = {domain}
virtual_transport = {transport}
virtual_mailbox_limit = 0
message_size_limit = 36700160
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_peername_lookup = no
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_tls_security_level = none
smtp_tls_security_level = none
lmtp_send_xforward_command = yes
smtputf8_enable = yes
disable_dns_lookups = yes
smtp_host_lookup = native
recipient_delimiter = +
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
{more}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A running server. All on this machine may send through it; what is not delivered it tries each second."""

    port: int
    base: Path
    _log: Path
    _process: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(
        cls,
        tmp_path: Path,
        transport: str,
        *settings: str,
        domain: str = "examplex.test",
        outside: Mapping[str, str] | None = None,
        name: str = "mx.examplex.test",
    ) -> Postfix:
        """Start and wait until it greets; its log stays in `tmp_path`, its queue goes with `stop`.

        `transport` is where mail to `domain` goes, such as `lmtp:inet:127.0.0.1:8024` or `lmtp:unix:/path`; `outside`
        names for other domains where theirs goes, such as `smtp:[127.0.0.1]:2525`, and there are no more. `settings`
        are lines of main.cf that come last, and so hold.
        """
        postfix = _installed()
        # Not below tmp_path: that is closed to Postfix's own user.
        base = Path(tempfile.mkdtemp(prefix="pfix"))
        server = cls(free_port(), base, tmp_path / "postfix.log", None)  # type: ignore[arg-type]
        base.chmod(0o755)
        for folder in ("etc", "spool", "data"):
            (base / folder).mkdir(mode=0o755)
        shutil.chown(base / "data", "postfix")
        (base / "etc" / "main.cf").write_text(
            _MAIN.format(base=base, name=name, domain=domain, transport=transport, more="\n".join(settings))
        )
        (base / "etc" / "master.cf").write_text(_MASTER.format(port=server.port))
        server.route(outside or {})
        with server._log.open("wb") as out:
            # In a session of its own: when it ends, it ends all of its process group.
            server._process = subprocess.Popen(
                [postfix, "-c", str(base / "etc"), "start-fg"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            server._wait()
        except BaseException:
            server.stop()
            raise
        return server

    def route(self, outside: Mapping[str, str]) -> None:
        """Write where mail to other domains goes; before the server starts."""
        lines = "".join(f"{name} {where}\n" for name, where in outside.items())
        (self.base / "etc" / "transport").write_text(lines)

    def _wait(self) -> None:
        end = time.monotonic() + START_SECS
        while not _greets(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Postfix did not start: {self.log()[-2000:]}")
            time.sleep(0.02)

    def send(self, raw: bytes, recipients: Sequence[str], sender: str, client: str = "") -> None:
        """Hand a mail over as a client at that address would, given by XCLIENT; else as one of this machine."""
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="mx.user.example") as line:
            if client:
                line.ehlo()
                code, _ = line.docmd("XCLIENT", f"ADDR={client} NAME=[UNAVAILABLE] HELO=mx.user.example")
                assert code == 220
                line.ehlo()
            line.sendmail(sender, list(recipients), raw, ["SMTPUTF8"] if not sender.isascii() else [])

    def flush(self) -> None:
        """Try now what waits."""
        self._run("postqueue", "-f")

    def queue(self) -> list[dict[str, object]]:
        """Return what waits: a table for each mail, with its `recipients` and why they still wait."""
        return [json.loads(line) for line in self._run("postqueue", "-j").splitlines()]

    def log(self) -> str:
        """Return what it has logged."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _run(self, *command: str) -> str:
        name, *arguments = command
        tool = shutil.which(name) or shutil.which(name, path="/usr/sbin") or name
        done = subprocess.run([tool, "-c", str(self.base / "etc"), *arguments], check=True, capture_output=True)
        return done.stdout.decode()

    def stop(self) -> None:
        """End it with all its children, and take its queue away."""
        if self._process is not None:
            with contextlib.suppress(OSError, ValueError):
                os.kill(int((self.base / "spool" / "pid" / "master.pid").read_text()), signal.SIGTERM)
            try:
                self._process.wait(STOP_SECS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.base, ignore_errors=True)


@contextlib.contextmanager
def postfix(tmp_path: Path, transport: str, *settings: str, **own: object) -> Iterator[Postfix]:
    """Run one while the context lasts; see `Postfix.start`."""
    server = Postfix.start(tmp_path, transport, *settings, **own)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.stop()


def folder_for_socket() -> Path:
    """Return a new folder where a socket of mode 0660 can be used by Postfix, too; whoever asks takes it away."""
    _installed()
    folder = Path(tempfile.mkdtemp(prefix="lmtp"))
    shutil.chown(folder, group="postfix")
    # What is made in it is its group's (setgid), as operators are told to have it.
    folder.chmod(0o2755)
    return folder


def _installed() -> str:
    found = shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin")
    if found is None:
        missing_server("Postfix", "apt-get install postfix")
    if os.geteuid() != 0:
        missing_server("Postfix as root", "it is started by nobody else; run the tests as root")
    return str(found)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            return line.recv(100).startswith(b"220")
    except OSError:
        return False
