"""A private Dovecot (IMAP and LMTP) on loopback ports of its own, as root or as an ordinary user."""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import free_port, missing_server

START_SECS = 20.0
ODD_USER, ODD_PASSWORD = "odd@example.test", 'pa ss"w\\örd'
"""One user more, whose password holds what a client must quote."""

_CONFIG = """\
protocols = imap lmtp
base_dir = {base}/run
state_dir = {base}/run
instance_name = gatehouse-{imap_port}
log_path = {log}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{base}/mail/%Lu/Maildir
first_valid_uid = 1
mail_max_userip_connections = 200
passdb {{
  driver = passwd-file
  args = username_format=%u {base}/odd
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%Lu allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service ipc {{
  {chroot}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@example.test
}}
"""


@dataclass
class Dovecot:
    """A running server. Any user name logs in with `password`; a mailbox is there when it is first used."""

    host: str
    imap_port: int
    lmtp_port: int
    password: str
    _base: Path
    _owner: tuple[int, int]
    _log: Path
    _process: subprocess.Popen[bytes] = field(repr=False)
    _filled: int = 0

    @classmethod
    def start(cls, tmp_path: Path, *settings: str, separator: str = "/") -> Dovecot:
        """Start and wait until it answers; its log stays in `tmp_path`, its mail goes with `stop`.

        `settings` are lines of its configuration that come last, and so hold.
        """
        dovecot = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
        if dovecot is None:
            missing_server("Dovecot", "apt-get install dovecot-imapd dovecot-lmtpd")
            raise AssertionError("not reached")
        # Not below tmp_path: that is closed to the mail user, and a socket's path must stay short.
        base = Path(tempfile.mkdtemp(prefix="dove"))
        base.chmod(0o755)
        (base / "run").mkdir(mode=0o755)
        (base / "mail").mkdir(mode=0o755)
        root = os.geteuid() == 0
        owner = _mail_owner() if root else (os.geteuid(), os.getegid())
        (base / "odd").write_text(f"{ODD_USER}:{{PLAIN}}{ODD_PASSWORD}::::::\n", encoding="utf-8")
        os.chown(base / "mail", *owner)
        server = cls(
            host="127.0.0.1",
            imap_port=free_port(),
            lmtp_port=free_port(),
            password="made-up-pass",
            _base=base,
            _owner=owner,
            _log=tmp_path / "dovecot.log",
            _process=None,  # type: ignore[arg-type]
        )
        config = tmp_path / "dovecot.conf"
        config.write_text("\n".join((server._config(root, separator), *settings, "")))
        with (tmp_path / "dovecot.out").open("wb") as out:
            server._process = subprocess.Popen([dovecot, "-F", "-c", str(config)], stdout=out, stderr=out)
        try:
            server._wait()
        except BaseException:
            server.stop()
            raise
        return server

    def _config(self, root: bool, separator: str) -> str:
        me = pwd.getpwuid(os.geteuid()).pw_name
        group = grp.getgrgid(os.getegid()).gr_name
        return _CONFIG.format(
            base=self._base,
            log=self._log,
            imap_port=self.imap_port,
            lmtp_port=self.lmtp_port,
            password=self.password,
            internal="dovecot" if root else me,
            internal_group="dovecot" if root else group,
            login="dovenull" if root else me,
            chroot="" if root else "chroot =",
            separator=separator,
            uid=self._owner[0],
            gid=self._owner[1],
        )

    def _wait(self) -> None:
        end = time.monotonic() + START_SECS
        for port, greeting in ((self.imap_port, b"* OK"), (self.lmtp_port, b"220")):
            while not _greets(port, greeting):
                if self._process.poll() is not None or time.monotonic() > end:
                    log = self._log.read_text(errors="replace") if self._log.exists() else ""
                    raise RuntimeError(f"Dovecot did not start: {log[-2000:]}")
                time.sleep(0.02)

    def deliver(self, raw: bytes, recipient: str) -> None:
        """Deliver by LMTP, as a mail server would: with the headers that a delivery adds."""
        with smtplib.LMTP(self.host, self.lmtp_port, local_hostname="mx.example.test") as line:
            line.sendmail("sender@elsewhere.test", [recipient], raw)

    def append(self, raw: bytes, user: str, folder: str = "INBOX") -> None:
        """Put a mail into a folder byte for byte; `folder` as IMAP spells it."""
        with self.imap(user) as line:
            answer, _ = line.append(f'"{folder}"', "", None, raw)  # type: ignore[arg-type]
            assert answer == "OK"

    def fill(self, raws: Sequence[bytes], user: str) -> None:
        """Put many mails into the inbox at once, by writing the files of its Maildir."""
        home = self._base / "mail" / user.lower()
        for part in ("", "Maildir", "Maildir/tmp", "Maildir/new", "Maildir/cur"):
            (home / part).mkdir(exist_ok=True)
            os.chown(home / part, *self._owner)
        for raw in raws:
            self._filled += 1
            name = f"{1_700_000_000 + self._filled}.M{self._filled:06}P1.example"
            place = home / "Maildir" / "new" / name
            place.write_bytes(raw)
            os.chown(place, *self._owner)

    @contextlib.contextmanager
    def imap(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A second client, logged in."""
        with imaplib.IMAP4(self.host, self.imap_port) as line:
            line.login(user, self.password)
            yield line

    def stop(self) -> None:
        """Stop by process id, and remove the mail."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._base, ignore_errors=True)


def _mail_owner() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _greets(port: int, greeting: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            return line.recv(512).startswith(greeting)
    except OSError:
        return False
