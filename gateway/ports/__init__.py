"""The interfaces of the gateway: all that a plugin may import, together with `gateway.case` and `gateway.errors`.

A plugin is one frozen value (`ConnectorPlugin`, `NormalizerPlugin`, `BackendPlugin`). It fetches, classifies and maps;
the engine retries, waits, stores and keeps order. The contracts stand here once; implementations add only what differs.
Every call may be cancelled at any await; a plugin then gives up its connection rather than trust it.
"""

from __future__ import annotations

from gateway.ports.events import (
    Deleted,
    DeliveryReport,
    Edited,
    Event,
    Extractor,
    MemberSeen,
    Normalizer,
    Pressed,
    TicketEvent,
    Unknown,
    Wake,
)
from gateway.ports.incoming import Check, Connector, Ingress, Page, Pushed, PushRequest, Raw, Refusal, Report
from gateway.ports.names import Clock, Cursor, FileRef, Handle, Key, StreamId, TicketRef
from gateway.ports.outgoing import Absent, Downloader, Profile, Receipt, Reply, ReplyKind, Resolver, Sender, Unchecked
from gateway.ports.plugins import (
    BackendPlugin,
    Channel,
    ConnectorPlugin,
    Limit,
    NormalizerPlugin,
    Opening,
    Role,
    Scope,
    TicketSystem,
    Window,
)
from gateway.ports.secrets import Secret
from gateway.ports.tickets import Backend, Desk, DeskEntry, Done, Failed, Feed, Pending, TicketAction, TicketWrite

__all__ = [
    "Absent",
    "Backend",
    "BackendPlugin",
    "Channel",
    "Check",
    "Clock",
    "Connector",
    "ConnectorPlugin",
    "Cursor",
    "Deleted",
    "DeliveryReport",
    "Desk",
    "DeskEntry",
    "Done",
    "Downloader",
    "Edited",
    "Event",
    "Extractor",
    "Failed",
    "Feed",
    "FileRef",
    "Handle",
    "Ingress",
    "Key",
    "Limit",
    "MemberSeen",
    "Normalizer",
    "NormalizerPlugin",
    "Opening",
    "Page",
    "Pending",
    "Pressed",
    "Profile",
    "PushRequest",
    "Pushed",
    "Raw",
    "Receipt",
    "Refusal",
    "Reply",
    "ReplyKind",
    "Report",
    "Resolver",
    "Role",
    "Scope",
    "Secret",
    "Sender",
    "StreamId",
    "TicketAction",
    "TicketEvent",
    "TicketRef",
    "TicketSystem",
    "TicketWrite",
    "Unchecked",
    "Unknown",
    "Wake",
    "Window",
]
