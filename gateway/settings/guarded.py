"""What a configuration names beside itself, looked at before it is used: secrets, certificates, places, servers.

Says what is wrong in a sentence, or nothing; never shows what stands in a file.
"""

from __future__ import annotations

import os
import ssl
import stat
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from gateway.errors import ConfigError
from gateway.settings.files import MAX_BYTES, read_plain


def secret_trouble(path: Path) -> str:
    """Say why a file must not hold a secret; one that is not there is left to whoever reads it."""
    try:
        found = path.stat()
    except OSError:
        return ""
    if not stat.S_ISREG(found.st_mode):
        return f"{path} is not a regular file"
    if found.st_size > MAX_BYTES:
        return f"{path} is longer than any secret"
    if _is_open_to_others(found):
        return f"{path} can be read by others than its owner: chmod 600 {path}"
    return ""


def _is_open_to_others(found: os.stat_result) -> bool:
    # A file of root's that a service reads by its group is how packages install secrets; its owner could not do less.
    lent = found.st_uid == 0 and os.geteuid() != 0
    return bool(stat.S_IMODE(found.st_mode) & (0o037 if lent else 0o077))


def certificate_trouble(path: Path) -> str:
    """Say why a file holds no certificates that could be trusted."""
    try:
        read_plain(path)
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return f"{path} holds no certificate in PEM form"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return ""


def database_trouble(path: Path) -> str:
    """Say why no database can be at that path."""
    try:
        if path.exists() and not path.is_file():
            return "is not a file; name the database's file itself, such as gatehouse.db"
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    return folder_trouble(path)


def folder_trouble(path: Path) -> str:
    """Say why nothing can be made at that path: its folder must be there already, so that no slip makes another."""
    folder = path.parent
    if not folder.is_dir():
        return f"its folder {folder} is not there; make it, or name another place"
    if not path.exists() and not os.access(folder, os.W_OK | os.X_OK):
        return f"its folder {folder} may not be written by this user"
    return ""


UNREADABLE_URL = "cannot be read; write postgresql://user@host:port/database, and options behind a ? as name=value"


def server_trouble(url: str) -> str:
    """Return why a PostgreSQL database cannot be named like this, or nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return UNREADABLE_URL
    if "password=" in parts.query or ":" in parts.netloc.rpartition("@")[0]:
        return (
            "a password never stands in the configuration; put it into a password file "
            "(PGPASSFILE, or ?passfile=...) or the environment (PGPASSWORD)"
        )
    if find_spec("psycopg") is None:
        return "needs a library that is not installed: pip install 'gatehouse[postgres]'"
    from gateway.store.postgres import parameters

    try:
        parameters(url)
    except ConfigError:
        return UNREADABLE_URL
    return ""
