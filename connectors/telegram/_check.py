"""What `gatehouse check` tells of a bot: token, name, privacy, webhook, operators' chat, menu, business, local files.

Asks and changes nothing; asks for no updates.
"""

from __future__ import annotations

import os

from telegram import Bot, BotCommandScopeAllPrivateChats, User, WebhookInfo

from connectors.telegram._bot import Bots
from connectors.telegram._calls import Caller, host_of, plain, watches_groups
from connectors.telegram._settings import TelegramSettings
from gateway.errors import GatewayError
from gateway.ports import Check, Report


async def check(settings: TelegramSettings, bots: Bots) -> Report:
    """Return one finding a matter; without a token that works there is but one."""
    caller = Caller(bots)
    try:
        bot = await bots.get()
        me = await caller.asked(bot.get_me())
    except GatewayError as error:
        return Report((_failed("token", error),))
    checks = [_token(settings, me), _privacy(settings, me), *await _webhook(settings, caller, bot)]
    if settings.operators_chat:
        checks.append(await _operators(settings, caller, bot))
    checks += [await _menu(caller, bot), _business(me)]
    if settings.local_root is not None:
        here = os.access(settings.local_root, os.R_OK | os.X_OK)
        told = "can be read" if here else "cannot be read by the gateway; mount it, or give it the right"
        checks.append(Check("local_root", ok=here, detail=f"the local Bot API server's directory {told}"))
    return Report(tuple(checks))


def _token(settings: TelegramSettings, me: User) -> Check:
    name = me.username or ""
    if str(me.id) != settings.bot_id or name.lower() != settings.bot.lower():
        return Check("token", ok=False, detail=f"the token is @{name}'s, not @{settings.bot}'s; edit bot or token")
    return Check("token", ok=True, detail=f"the token is @{name}'s, number {me.id}")


def _privacy(settings: TelegramSettings, me: User) -> Check:
    if me.can_read_all_group_messages:
        return Check("privacy", ok=True, detail="privacy mode is off: the bot sees all that is written in its groups")
    seen = "privacy mode is on: in groups the bot sees only commands, mentions and answers to it"
    if not watches_groups(settings):
        return Check("privacy", ok=True, detail=seen)
    remedy = "so impostors are not found when they speak; turn it off at @BotFather and add the bot to its groups anew"
    return Check("privacy", ok=False, detail=f"{seen}, {remedy}")


async def _webhook(settings: TelegramSettings, caller: Caller, bot: Bot) -> tuple[Check, ...]:
    try:
        info = await caller.asked(bot.get_webhook_info())
    except GatewayError as error:
        return (_failed("webhook", error),)
    mode = _polled(settings, info) if settings.mode == "polling" else _pushed(settings, info)
    return (mode, _waiting(settings, info))


def _polled(settings: TelegramSettings, info: WebhookInfo) -> Check:
    if not info.url:
        return Check("webhook", ok=True, detail="none is set: updates can be polled")
    host = host_of(info.url)
    if settings.take_over:
        return Check("webhook", ok=True, detail=f"one at {host} is set; it is removed at the start (take_over)")
    remedy = 'remove it there, set take_over = true, or use mode = "webhook"'
    return Check("webhook", ok=False, detail=f"one at {host} gets the updates, so they cannot be polled; {remedy}")


def _pushed(settings: TelegramSettings, info: WebhookInfo) -> Check:
    if info.url == settings.webhook_url:
        return Check("webhook", ok=True, detail=f"it is set to {host_of(info.url)}")
    if not info.url:
        return Check("webhook", ok=True, detail="none is set yet; it is set at the start")
    told = f"one at {host_of(info.url)} is set; it is replaced at the start: see that nobody else uses this bot"
    return Check("webhook", ok=False, detail=told)


def _waiting(settings: TelegramSettings, info: WebhookInfo) -> Check:
    waits = f"{info.pending_update_count} wait to be fetched"
    if settings.mode == "polling" or not info.last_error_message:
        return Check("updates", ok=True, detail=waits)
    told = f"{waits}; the last push failed: {plain(info.last_error_message)}"
    return Check("updates", ok=not info.pending_update_count, detail=told)


async def _operators(settings: TelegramSettings, caller: Caller, bot: Bot) -> Check:
    try:
        await caller.asked(bot.get_chat(int(settings.operators_chat)))
    except GatewayError as error:
        told = f"operators_chat {settings.operators_chat} cannot be reached: {error}; add the bot to that group"
        return Check("operators", ok=False, detail=told)
    return Check("operators", ok=True, detail=f"the bot is in operators_chat {settings.operators_chat}")


async def _menu(caller: Caller, bot: Bot) -> Check:
    try:
        commands = await caller.asked(bot.get_my_commands(BotCommandScopeAllPrivateChats()))
    except GatewayError as error:
        return _failed("menu", error)
    told = f"{len(commands)} commands are shown to users" if commands else "no commands yet; they are set at the start"
    return Check("menu", ok=True, detail=told)


def _business(me: User) -> Check:
    told = "may" if me.can_connect_to_business else "may not (business mode is off at @BotFather)"
    return Check(
        "business", ok=True, detail=f"business accounts {told} connect the bot; each says what it may do there"
    )


def _failed(name: str, error: GatewayError) -> Check:
    return Check(name, ok=False, detail=f"{error}; {error.action}")
