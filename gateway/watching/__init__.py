"""Seeing the gateway run: what is observed of it, who is told, and where it is shown."""
