"""The brand's made-up account on the sandbox's X, the channel that reads it, and who else is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from gateway.sandbox.x import XServer

HANDLE = "examplex"
USER_ID = "1000"
NEWS, NEWS_ID = "examplex_news", "1001"
"""A second account of the brand, that answers nobody."""
LOOK_ALIKE = "examp1ex_help"
"""An account that is not the brand's, although it seems so."""
USER = "wangfang_t"

_PROFILE = "Help with your Examplex account. Automated receipts, people behind them."
_SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_secret", "bearer_token")

_CHANNEL = """
[channels.x]
connector = "x"
handle = "{handle}"
user_id = "{user_id}"
{access}
activity = "stream"
privacy_url = "https://examplex.test/privacy"
api_url = "{url}"
mentions_secs = 5
conversations_secs = 10
"""

_ACCOUNTS = """
[[brands.accounts]]
platform = "x"
handle = "{handle}"
id = "{user_id}"
role = "support"

[[brands.accounts]]
platform = "x"
handle = "{news}"
id = "{news_id}"
role = "announcements"
"""


def furnish(server: XServer) -> tuple[str, str]:
    """Put people into an empty world, and let it tell at once of what happens to the brand's account.

    Returns the numbers of Wang Fang and Alex Doe.
    """
    server.rename(server.own, description=_PROFILE)
    wang, alex = server.person(USER, "Wang Fang"), server.person("alexdoe_t", "Alex Doe")
    server.person(LOOK_ALIKE, "Examplex Supp0rt")
    server.person(NEWS, "Examplex News", NEWS_ID)
    server.activity.subscribe()
    return str(wang["id"]), str(alex["id"])


def keys(server: XServer) -> Mapping[str, str]:
    """Return what gives access to the account, by the names of the files that the channel's table names."""
    made_up = asdict(server.keys)
    return {_file(name): made_up[name] for name in _SECRETS}


def channel(url: str) -> str:
    """Return the table of the account's channel on a sandbox's server."""
    access = "\n".join(f'{name} = {{ file = "{_file(name)}" }}' for name in _SECRETS)
    return _CHANNEL.format(handle=HANDLE, user_id=USER_ID, access=access, url=url)


def accounts() -> str:
    """Return the brand's entries in the directory."""
    return _ACCOUNTS.format(handle=HANDLE, user_id=USER_ID, news=NEWS, news_id=NEWS_ID)


def _file(name: str) -> str:
    return f"x.{name}"
