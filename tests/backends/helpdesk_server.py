"""A private django-helpdesk on loopback: its own project on SQLite, with a queue, two of the staff and tokens."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.backends.python_server import PythonServer, needs_venv, run
from tests.conftest import free_port

PROJECT = "helpdesk_project"
THREADS = 8
_SETTINGS = """\
import os
HOME = os.environ["HELPDESK_HOME"]
SECRET_KEY = "made-up"
USE_TZ = True
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.sites", "django.contrib.humanize", "django.contrib.messages", "rest_framework",
    "rest_framework.authtoken", "django_cleanup", "helpdesk",
]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": HOME + "/helpdesk.sqlite3",
    "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
}}
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
ROOT_URLCONF = "helpdesk_urls"
WSGI_APPLICATION = "helpdesk_wsgi.application"
SITE_ID = 1
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME + "/media"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = HOME + "/mails"
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]}
SILENCED_SYSTEM_CHECKS = [
    "admin.E402", "admin.E404", "admin.E408", "admin.E409", "admin.E410", "admin.W411", "urls.W005", "models.W042",
]
HELPDESK_TEAMS_MODEL = "auth.Group"
HELPDESK_TEAMS_MIGRATION_DEPENDENCIES = [("auth", "0012_alter_user_first_name_max_length")]
HELPDESK_KBITEM_TEAM_GETTER = lambda _: None
HELPDESK_VALID_EXTENSIONS = [".txt", ".pdf", ".jpg", ".png", ".eml", ".bin"]
"""
_URLS = """\
from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve
urlpatterns = [
    re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
"""
_WSGI = """\
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
_SEED = """\
import json, django
django.setup()
from django.contrib.auth.models import User
from helpdesk.models import CustomField, Queue
from rest_framework.authtoken.models import Token
queue = Queue.objects.create(title="Intake", slug="intake", email_address="intake@example.test")
for place, name in enumerate(("external_key", "requester")):
    CustomField.objects.create(
        name=name, label=name, data_type="varchar", max_length=300, ordering=place, required=False, staff_only=True
    )
people = {}
for name in ("gateway", "agent", "customer"):
    user = User.objects.create_user(name, f"{name}@example.test", is_staff=name != "customer")
    people[name] = {"id": user.id, "token": Token.objects.create(user=user).key}
print(json.dumps({"queue": queue.id, "people": people}))
"""
ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": PROJECT}


@cache
def template() -> tuple[Path, Any]:
    """Return a project with a database that no server runs on, and what is in it; made once a run, in some seconds."""
    needs_venv("django-helpdesk")
    home = Path(tempfile.mkdtemp(prefix="helpdesk"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name, text in ((PROJECT, _SETTINGS), ("helpdesk_urls", _URLS), ("helpdesk_wsgi", _WSGI), ("seed", _SEED)):
        (home / f"{name}.py").write_text(text)
    told = {**ENVIRONMENT, "HELPDESK_HOME": str(home), "PYTHONPATH": str(home)}
    run(home, "-m", "django", "migrate", "--verbosity=0", **told)
    return home, json.loads(run(home, "seed.py", **told))


class DjangoHelpdesk(PythonServer):
    """A django-helpdesk behind waitress."""

    def __init__(self, folder: Path) -> None:
        made, self.seeded = template()
        home = folder / "helpdesk"
        shutil.copytree(made, home)
        port = free_port()
        arguments = (
            "-m",
            "waitress",
            f"--listen=127.0.0.1:{port}",
            f"--threads={THREADS}",
            "helpdesk_wsgi:application",
        )
        more = {**ENVIRONMENT, "HELPDESK_HOME": str(home), "PYTHONPATH": str(home)}
        super().__init__(home, port, home / "helpdesk.sqlite3", arguments, "/api/tickets/", more)

    def token(self, name: str) -> str:
        """Return a person's token."""
        return str(self.seeded["people"][name]["token"])

    @property
    def mails(self) -> str:
        """All mails that it has sent."""
        return "\n".join(file.read_text() for file in sorted((self.home / "mails").glob("*")))
