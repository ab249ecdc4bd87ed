"""The others on the same mailbox: `mbsync`, which only copies, and django-helpdesk, which makes tickets."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmarks.node import ROOT

HELPDESK = ROOT / ".venv-peers" / "bin" / "python"
LIMIT_SECS = 900
_MBSYNC = """\
FSync yes

IMAPAccount far
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account far

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState {folder}/
"""

_SETTINGS = """\
SECRET_KEY = "made-up"
USE_TZ = True
DEBUG = False
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.sites", "django.contrib.humanize", "django.contrib.messages", "rest_framework",
    "rest_framework.authtoken", "django_cleanup", "helpdesk",
]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}}}
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
ROOT_URLCONF = "urls"
SITE_ID = 1
STATIC_URL = "/static/"
MEDIA_ROOT = {media!r}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SILENCED_SYSTEM_CHECKS = [
    "admin.E402", "admin.E404", "admin.E408", "admin.E409", "admin.E410", "admin.W411", "urls.W005", "models.W042",
]
HELPDESK_TEAMS_MODEL = "auth.Group"
HELPDESK_TEAMS_MIGRATION_DEPENDENCIES = [("auth", "0012_alter_user_first_name_max_length")]
HELPDESK_KBITEM_TEAM_GETTER = lambda _: None
"""

_URLS = (
    'from django.urls import include, path\nurlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]\n'
)

_QUEUE = """\
import django, sys
django.setup()
from helpdesk.models import Queue
Queue.objects.update_or_create(slug="desk", defaults=dict(
    title="Desk", email_address="support@examplex.test", allow_email_submission=True, email_box_type="imap",
    email_box_host="127.0.0.1", email_box_port=int(sys.argv[1]), email_box_ssl=False, email_box_user=sys.argv[2],
    email_box_pass=sys.argv[3], email_box_imap_folder="INBOX", email_box_interval=0, email_box_last_check=None))
"""


@dataclass(frozen=True)
class Took:
    """What a run cost."""

    secs: float
    cpu: float


@dataclass(frozen=True)
class Box:
    """A mailbox to fetch."""

    port: int
    user: str
    password: str


def run(command: list[str], **options: object) -> Took:
    """Run a command to its end; its processor time counts that of its children."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECS, check=False, **options)  # type: ignore[call-overload]
    secs, after = time.perf_counter() - began, os.times()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(secs, cpu)


def mbsync(box: Box, folder: Path, mails: int) -> Took:
    """Copy the mailbox into an empty Maildir, fsync on; checks that all is there."""
    if shutil.which("mbsync") is None:
        pytest.skip("mbsync is not installed: apt-get install isync")
    folder.mkdir()
    (folder / "mbsyncrc").write_text(_MBSYNC.format(port=box.port, user=box.user, password=box.password, folder=folder))
    took = run(["mbsync", "--config", str(folder / "mbsyncrc"), "all"])
    copied = sum(1 for part in ("new", "cur") for _ in (folder / "INBOX" / part).iterdir())
    assert copied == mails
    return took


class Helpdesk:
    """A django-helpdesk with one queue, on SQLite; Django's own start is measured apart."""

    def __init__(self, folder: Path) -> None:
        if not HELPDESK.exists():
            pytest.skip("django-helpdesk is not installed: make bench installs it")
        self._folder = folder
        self._database = folder / "helpdesk.db"
        folder.mkdir()
        (folder / "desk_settings.py").write_text(
            _SETTINGS.format(database=str(self._database), media=str(folder / "media"))
        )
        (folder / "urls.py").write_text(_URLS)
        (folder / "queue_of.py").write_text(_QUEUE)
        self._call("-m", "django", "migrate", "--verbosity=0")

    def _call(self, *arguments: str) -> Took:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "desk_settings", "PYTHONPATH": str(self._folder)}
        return run([str(HELPDESK), *arguments], cwd=self._folder, env=environment)

    def _tickets(self) -> int:
        with closing(sqlite3.connect(self._database)) as line:
            return int(line.execute("select count(*) from helpdesk_ticket").fetchone()[0])

    def get_email(self, box: Box, mails: int) -> Took:
        """Fetch the mailbox; checks that each mail is a ticket. Django's start is not counted."""
        self._call("queue_of.py", str(box.port), box.user, box.password)
        before = self._tickets()
        whole = self._call("-m", "django", "get_email", "--quiet")
        assert self._tickets() - before == mails
        start = self._call("-m", "django", "get_email", "--quiet")
        assert self._tickets() - before == mails
        return Took(whole.secs - start.secs, whole.cpu - start.cpu)
