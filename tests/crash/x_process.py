"""The real gateway with one X channel as a process of its own, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import asdict

from gateway.sandbox.x import XServer
from tests.gateway_process import GatewayProcess

HANDLE, OWN = "examplex", "1000"
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_secret", "bearer_token", "client_secret")
CONFIG = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[engine]
batch = 50
retry_base_secs = 0.05

[log]
format = "json"

[acknowledgement]
per_minute = 100000
per_sender_secs = 86400
old = true

[abuse]
per_sender = 1000000

[channels.x]
connector = "x"
handle = "{handle}"
user_id = "{own}"
api_url = "{url}"
budget = 100000
{keys}
{more}
"""
OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.accounts]]
platform = "x"
handle = "{handle}"
id = "{own}"

[[brands.web]]
domain = "examplex.test"
"""


class XProcess(GatewayProcess):
    """A gateway on the test's clock, with one X channel."""

    @property
    def running(self) -> bool:
        return self._process is not None and self.count("engine.started") > 0

    def configure_x(self, server: XServer, more: str = "") -> None:
        """Write the desk's files; `more` ends the configuration, in the channel's table."""
        secrets = {name: value for name, value in asdict(server.keys).items() if name in SECRETS}
        keys = "\n".join(f'{name} = {{ file = "{name}" }}' for name in secrets)
        text = CONFIG.format(handle=HANDLE, own=OWN, url=server.url, keys=keys, more=more)
        self._write(text, OFFICIAL.format(handle=HANDLE, own=OWN), secrets)
