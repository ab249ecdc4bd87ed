"""Reading what could be a bomb in a process of its own, with limits on its time and memory."""

from gateway.reading.apart import Apart, Bounds, ReaderAwayError
from gateway.reading.frames import Judgement, Seen, Setup

__all__ = ["Apart", "Bounds", "Judgement", "ReaderAwayError", "Seen", "Setup"]
