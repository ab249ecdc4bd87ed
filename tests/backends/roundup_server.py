"""A private Roundup tracker on loopback: the classic template with what deploy/roundup adds, closed to strangers."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.backends.python_server import VENV, PythonServer, needs_venv, run
from tests.conftest import free_port

DEPLOYED = Path(__file__).parents[2] / "deploy" / "roundup"
USERS = {"gateway": ("Gatehouse", "Gatehouse"), "agent": ("User", "Ann Agent"), "boss": ("User", "Bo Boss")}
"""Role and name; the password is the user's name with `-secret`, the address (not the gateway's) at example.test."""
THREADS = 8
NOWHERE = "http://tracker.example.test"
MAILS = "mails.txt"
BEFORE_TICK = """\
            name="@note" wrap="hard" rows="5" cols="80"></textarea>
"""
_SERVE = """\
import sys
from roundup.cgi.wsgi_handler import RequestDispatcher
from waitress import serve
serve(RequestDispatcher(sys.argv[1]), listen=sys.argv[2], threads=int(sys.argv[3]))
"""


@cache
def template() -> Path:
    """Return a tracker that no server runs on; made once a run, in about a second."""
    needs_venv("Roundup")
    folder = Path(tempfile.mkdtemp(prefix="roundup"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = folder / "tracker"
    admin = (str(VENV / "bin" / "roundup-admin"), "-i", str(home))
    run(folder, *admin, "install", "classic", "anydbm")
    _configure(home)
    with (home / "schema.py").open("a") as schema:
        schema.write((DEPLOYED / "schema_gatehouse.py").read_text())
    shutil.copy(DEPLOYED / "gatehouse.py", home / "detectors" / "gatehouse.py")
    page = home / "html" / "issue.item.html"
    _replace(page, {BEFORE_TICK: BEFORE_TICK + (DEPLOYED / "tick.html").read_text()})
    run(folder, *admin, "initialise", "admin-secret")
    for user, (role, name) in USERS.items():
        values = (f"username={user}", f"password={user}-secret", f"roles={role}", f"realname={name}")
        address = () if user == "gateway" else (f"address={user}@example.test",)
        run(folder, *admin, "create", "user", *values, *address)
    return home


def _configure(home: Path) -> None:
    # Mails go to a file; a password is checked at each call, so that a slow hash would be all that is measured.
    told = {
        "\n#web = NO DEFAULT\n": f"\nweb = {NOWHERE}/\n",
        "\nbackend = anydbm\n": "\nbackend = sqlite\n",
        "\n#domain = NO DEFAULT\n": "\ndomain = example.test\n",
        "\ndebug = \n": f"\ndebug = {MAILS}\n",
        "\npassword_pbkdf2_default_rounds = 250000\n": "\npassword_pbkdf2_default_rounds = 1000\n",
    }
    _replace(home / "config.ini", told)
    # What strangers may see of the classic template is everything.
    _replace(home / "schema.py", {"    db.security.addPermissionToRole('Anonymous', 'View', cl)": "    pass"})


def _replace(file: Path, told: Mapping[str, str]) -> None:
    text = file.read_text()
    for old, new in told.items():
        assert old in text, f"Roundup's {file.name} has no {old.strip()}"
        text = text.replace(old, new)
    file.write_text(text)


class Roundup(PythonServer):
    """A tracker that serves as WSGI application, since Roundup's own server refuses to run as root."""

    def __init__(self, folder: Path, address: str) -> None:
        home = folder / "tracker"
        shutil.copytree(template(), home)
        _replace(home / "config.ini", {NOWHERE: address, f"debug = {MAILS}": f"debug = {folder / MAILS}"})
        serve = folder / "serve.py"
        serve.write_text(_SERVE)
        port = free_port()
        arguments = (str(serve), str(home), f"127.0.0.1:{port}", str(THREADS))
        super().__init__(folder, port, home / "db" / "db", arguments, "/rest/", {})
        self.tracker = home

    @property
    def mails(self) -> str:
        """All mails that the tracker has sent."""
        file = self.home / MAILS
        return file.read_text() if file.exists() else ""

    def content(self, name: str, number: int) -> bytes:
        """Return the content of a message or file, which Roundup keeps in a folder for each thousand of them."""
        return (self.tracker / "db" / "files" / name / str(number // 1000) / f"{name}{number}").read_bytes()
