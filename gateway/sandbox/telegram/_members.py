"""Members and full descriptions of chats, as the Bot API's objects."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
ADMINISTRATORS = frozenset({"creator", "administrator"})
PRESENT = frozenset({"creator", "administrator", "member", "restricted"})

_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip


def member(user: Json, status: str) -> Json:
    """Return a ChatMember of that status."""
    found: Json = {"user": user, "status": status}
    if status == "creator":
        found["is_anonymous"] = False
    elif status == "administrator":
        found |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(_RIGHTS, True)}
    elif status == "kicked":
        found["until_date"] = 0
    return found


def changed(chat: Json, by: Json, date: int, old: Json, new: Json) -> Json:
    """Return a ChatMemberUpdated."""
    return {"chat": chat, "from": by, "date": date, "old_chat_member": old, "new_chat_member": new}


def full_info(chat: Json) -> Json:
    """Return the ChatFullInfo of a chat."""
    info = {**chat, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    if chat.get("username"):
        info["active_usernames"] = [chat["username"]]
    return info


_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}
