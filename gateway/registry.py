"""Name → plugin: the built-in ones in one table, third parties by entry points, each imported only when asked for.

A plugin that cannot be imported is a `ConfigError` for whoever asked for it, and for nobody else.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TypeVar

from gateway.errors import ConfigError
from gateway.ports import BackendPlugin, ConnectorPlugin, NormalizerPlugin

BUILT_IN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "connectors": {
            "email": "connectors.email:PLUGIN",
            "lmtp": "connectors.email.lmtp:PLUGIN",
            "telegram": "connectors.telegram:PLUGIN",
            "x": "connectors.x:PLUGIN",
        },
        "backends": {
            "chatwoot": "gateway.backends.chatwoot:PLUGIN",
            "django_helpdesk": "gateway.backends.django_helpdesk:PLUGIN",
            "embedded": "gateway.backends.embedded:PLUGIN",
            "freshdesk": "gateway.backends.freshdesk:PLUGIN",
            "jira": "gateway.backends.jira:PLUGIN",
            "kafka": "gateway.backends.kafka:PLUGIN",
            "nats": "gateway.backends.nats:PLUGIN",
            "redmine": "gateway.backends.redmine:PLUGIN",
            "roundup": "gateway.backends.roundup:PLUGIN",
            "rt": "gateway.backends.rt:PLUGIN",
            "webhook": "gateway.backends.webhook:PLUGIN",
            "zammad": "gateway.backends.zammad:PLUGIN",
            "zendesk": "gateway.backends.zendesk:PLUGIN",
        },
        "normalizers": {
            "email": "normalizers.email:NORMALIZER",
            "telegram": "normalizers.telegram:NORMALIZER",
            "x": "normalizers.x:NORMALIZER",
        },
    }
)
"""Every plugin that comes with the gateway, by kind and name, as ``module:attribute``."""

OWN_PACKAGES = frozenset({"gateway", "connectors", "normalizers"})

P = TypeVar("P", ConnectorPlugin, BackendPlugin, NormalizerPlugin)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a plugin stands: ``module:attribute``, and the distribution that brings it (None for our own)."""

    value: str
    distribution: str | None = None

    @property
    def owner(self) -> str:
        """Who brings it, for a sentence."""
        return f"the package {self.distribution}" if self.distribution else "Gatehouse itself"


class MissingExtraError(ConfigError):
    """A library that this one plugin needs is not installed."""

    action = "install the library that the message names"


class Registry:
    """The plugins that can be enabled. Looks nothing up and imports nothing before it is asked."""

    def __init__(self, pointers: Mapping[str, Mapping[str, Pointer]]) -> None:
        self._pointers = pointers

    def names(self, group: str) -> tuple[str, ...]:
        """Return the names of a group (`connectors`, `backends`, `normalizers`), sorted; imports nothing."""
        return tuple(sorted(self._pointers.get(group, {})))

    def connector(self, name: str) -> ConnectorPlugin:
        """Return a connector; its normalizer must exist. Raises `ConfigError`."""
        plugin = self._plugin("connectors", name, ConnectorPlugin)
        if plugin.normalizer not in self.names("normalizers"):
            raise ConfigError(
                f'the connector "{name}" names the normalizer "{plugin.normalizer}", which is not installed'
            )
        return plugin

    def backend(self, name: str) -> BackendPlugin:
        """Return a backend. Raises `ConfigError`."""
        return self._plugin("backends", name, BackendPlugin)

    def normalizer(self, name: str) -> NormalizerPlugin:
        """Return a normalizer. Raises `ConfigError`."""
        return self._plugin("normalizers", name, NormalizerPlugin)

    def _plugin(self, group: str, name: str, kind: type[P]) -> P:
        pointer = self._pointers.get(group, {}).get(name)
        if pointer is None:
            known = ", ".join(f'"{item}"' for item in self.names(group)) or "none"
            raise ConfigError(f"no plugin of that name among the {group}; installed: {known}")
        plugin = _load(pointer, f'{group.removesuffix("s")} "{name}"')
        if not isinstance(plugin, kind) or plugin.name != name:
            raise ConfigError(
                f'the {group.removesuffix("s")} "{name}" of {pointer.owner} is not a {kind.__name__} of that name'
            )
        return plugin


def installed() -> Registry:
    """Return the registry of this installation: built-ins and the entry points of every installed package."""
    return merge(found for group in BUILT_IN for found in entry_points(group=f"gatehouse.{group}"))


def normalizer(name: str) -> NormalizerPlugin:
    """Return a normalizer of this installation. Raises `ConfigError`."""
    return installed().normalizer(name)


def merge(found: Iterable[EntryPoint]) -> Registry:
    """Join entry points to the built-ins; raises `ConfigError` when two plugins of a group bear one name."""
    pointers = {group: {name: Pointer(value) for name, value in table.items()} for group, table in BUILT_IN.items()}
    for entry in found:
        group = pointers[entry.group.removeprefix("gatehouse.")]
        new = Pointer(entry.value, entry.dist.name if entry.dist else "of an unknown name")
        old = group.get(entry.name)
        if old is not None and old != new:
            raise ConfigError(
                f'two plugins bear the name "{entry.name}" in {entry.group}: '
                f"one of {old.owner} and one of {new.owner}; uninstall one of them"
            )
        group[entry.name] = new
    return Registry(pointers)


def _load(pointer: Pointer, what: str) -> object:
    """Import what a pointer names; whatever goes wrong is a sentence for the operator."""
    module, _, attribute = pointer.value.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        raise _missing(pointer, what, module, error) from error
    except Exception as error:
        raise ConfigError(
            f"the {what} of {pointer.owner} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _missing(pointer: Pointer, what: str, module: str, error: ModuleNotFoundError) -> ConfigError:
    library = (error.name or "").partition(".")[0]
    if not library or library in OWN_PACKAGES or library == module.partition(".")[0]:
        return ConfigError(f"the {what} of {pointer.owner} cannot be imported: {error}")
    remedy = f"gatehouse[{module.rpartition('.')[2]}]" if pointer.distribution is None else pointer.distribution
    return MissingExtraError(f"the {what} needs the library {library}, which is not installed: pip install '{remedy}'")
