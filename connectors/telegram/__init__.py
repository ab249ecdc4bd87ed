"""Telegram: reads one bot by long polling or by webhook, and answers by it."""
