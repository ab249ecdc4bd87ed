"""A desk's folder for tests: a configuration without a problem, its directory and its key."""

from __future__ import annotations

from pathlib import Path

from gateway.store.seal import new_key_line

SECRET = "correct-horse-battery"
CONFIGURATION = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[connectors.email]
imap_host = "imap.examplex.test"
smtp_host = "smtp.examplex.test"

[channels.support]
connector = "email"
address = "support@examplex.test"
"""
DIRECTORY = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.web]]
domain = "examplex.test"

[[scams]]
domain = "examplex-bonus.test"
"""


class Desk:
    """A folder with a configuration that a test changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "gatehouse.toml"
        self.directory = folder / "official.toml"
        self.write(CONFIGURATION)
        self.directory.write_text(DIRECTORY, encoding="utf-8")
        key = folder / "gatehouse.key"
        key.touch(mode=0o600)
        key.write_text(new_key_line(), encoding="utf-8")

    def write(self, text: str) -> None:
        """Replace the configuration."""
        self.path.write_text(text, encoding="utf-8")
