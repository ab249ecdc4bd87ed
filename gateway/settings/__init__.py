"""Typed configuration: gatehouse.toml and official.toml as one frozen value, or as every problem in them at once."""

from gateway.settings.files import directory_of, read_directory, store_of
from gateway.settings.load import load
from gateway.settings.model import (
    EXIT_STATUS,
    BackendSettings,
    ChannelSettings,
    EngineTable,
    LogTable,
    Problem,
    Settings,
    SettingsError,
    StoreSettings,
)

__all__ = [
    "EXIT_STATUS",
    "BackendSettings",
    "ChannelSettings",
    "EngineTable",
    "LogTable",
    "Problem",
    "Settings",
    "SettingsError",
    "StoreSettings",
    "directory_of",
    "load",
    "read_directory",
    "store_of",
]
