"""A made-up desk on the sandbox's Telegram and X: its configuration and directory, and who is there."""

from __future__ import annotations

from pathlib import Path

from gateway.errors import ConfigError
from gateway.sandbox import exchange_scene, x_scene
from gateway.sandbox.chat_scene import TOKEN, TOKEN_FILE, USER, account, channel
from gateway.sandbox.exchange import ExchangeServer
from gateway.sandbox.scenario import BRAND, write_private
from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.x import XServer
from gateway.store.seal import new_key_line

NEWS = "examplex_news"

_HEADER = "# A desk of the sandbox: everything in it is made up.\n"

_CONFIGURATION = """\
[brand]
name = "{brand}"
directory = "official.toml"

[store]
path = "gatehouse.db"
blobs = "blobs"
key = {{ file = "gatehouse.key" }}

[backend]
kind = "embedded"

[answers]
articles = "examples"
links = {{ freeze = "https://examplex.test/freeze", upload = "https://examplex.test/documents" }}
"""

_WATCHING = """\
operators_chat = "{operators}"
warn_groups = true
"""

_DIRECTORY = """\
[[brands]]
id = "examplex"
name = "{brand}"

[[brands.web]]
domain = "examplex.test"
{accounts}
[[brands.accounts]]
platform = "telegram"
handle = "{news}"
id = "{news_id}"
role = "announcements"

[[scams]]
domain = "examplex-bonus.test"
reported_at = 2026-11-02
source = "users' reports"
"""


def write_desk(folder: Path, telegram: TelegramServer, x: XServer, exchange: ExchangeServer | None = None) -> Path:
    """Furnish the servers, and write configuration, directory, key and access; return the configuration's path.

    Raises `ConfigError` when the folder holds a desk already: the servers remember nothing of what that desk knows.
    """
    path = folder / "gatehouse.toml"
    if path.exists():
        raise ConfigError(f"{folder} holds a desk already; name a new folder, or none")
    folder.mkdir(parents=True, exist_ok=True)
    operators, news, here = _furnish(telegram)
    there = x_scene.furnish(x)
    secrets = {"gatehouse.key": new_key_line(), TOKEN_FILE: TOKEN, **x_scene.keys(x)}
    secrets["x.client_secret"] = x.keys.client_secret  # For who tries a login; the channel's table has no use for it.
    systems = ""
    if exchange is not None:
        wang, alex = ((f"telegram:{one}", f"x:{other}") for one, other in zip(here, there, strict=True))
        exchange_scene.furnish(exchange, wang, alex)
        secrets[exchange_scene.KEY_FILE] = exchange.key.decode()
        systems = exchange_scene.tables(exchange)
    for name, secret in secrets.items():
        write_private(folder / name, secret + "\n")
    accounts = account() + x_scene.accounts()
    directory = _DIRECTORY.format(brand=BRAND, accounts=accounts, news=NEWS, news_id=news)
    (folder / "official.toml").write_text(_HEADER + directory, encoding="utf-8")
    channels = channel(telegram.url) + _WATCHING.format(operators=operators) + x_scene.channel(x.url)
    path.write_text(_HEADER + _CONFIGURATION.format(brand=BRAND) + channels + systems, encoding="utf-8")
    return path


def _furnish(server: TelegramServer) -> tuple[int, int, tuple[int, int]]:
    """Make the brand's groups and some people; return the operators' chat, the brand's channel, and two customers."""
    operators = server.group("Examplex Desk (operators)")
    server.group("Examplex Community", bot_status="administrator")
    news = server.group("Examplex News", "channel", username=NEWS)
    wang, alex = server.person(*USER), server.person("Alex", "Doe", "alexdoe_t", "en")
    server.person("Examplex Supp0rt", username="examp1ex_support", language_code="en")
    return operators["id"], news["id"], (wang["id"], alex["id"])
