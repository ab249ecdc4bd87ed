"""What is asked for with every page that is read, in the old spelling, which the client turns into the channel's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PAGE = 100
"""Items a page, always: the platform's own default is 10, and a page is one call of few."""

POST_FIELDS: Sequence[str] = (
    "article",
    "attachments",
    "author_id",
    "card_uri",
    "community_id",
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_controls",
    "edit_history_tweet_ids",
    "entities",
    "geo",
    "id",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "possibly_sensitive",
    "public_metrics",
    "referenced_tweets",
    "reply_settings",
    "source",
    "text",
    "withheld",
)
USER_FIELDS: Sequence[str] = (
    "affiliation",
    "created_at",
    "description",
    "id",
    "is_identity_verified",
    "name",
    "parody",
    "protected",
    "public_metrics",
    "subscription_type",
    "url",
    "username",
    "verified",
    "verified_followers_count",
    "verified_type",
    "withheld",
)
_MEDIA_FIELDS = (
    "alt_text",
    "duration_ms",
    "height",
    "media_key",
    "preview_image_url",
    "type",
    "url",
    "variants",
    "width",
)
_POST_EXPANSIONS = (
    "article.cover_media",
    "article.media_entities",
    "attachments.media_keys",
    "attachments.poll_ids",
    "author_id",
    "edit_history_tweet_ids",
    "entities.mentions.username",
    "entities.note.mentions.username",
    "geo.place_id",
    "in_reply_to_user_id",
    "referenced_tweets.id",
    "referenced_tweets.id.attachments.media_keys",
    "referenced_tweets.id.author_id",
)

_COMMON = {
    "tweet_fields": ",".join(POST_FIELDS),
    "user_fields": ",".join(USER_FIELDS),
    "media_fields": ",".join(_MEDIA_FIELDS),
    "max_results": str(PAGE),
}

POSTS: Mapping[str, str] = {
    **_COMMON,
    "expansions": ",".join(_POST_EXPANSIONS),
    "poll_fields": "duration_minutes,end_datetime,id,options,voting_status",
    "place_fields": "country_code,full_name,id,name,place_type",
}
"""The parameters of a page of posts: mentions and search, by tweepy's names."""

MESSAGES: Mapping[str, str] = {
    **_COMMON,
    "dm_event_fields": "attachments,created_at,dm_conversation_id,entities,event_type,id,participant_ids,"
    "referenced_tweets,sender_id,text",
    "expansions": "attachments.media_keys,participant_ids,referenced_tweets.id,sender_id",
    "event_types": "MessageCreate,ParticipantsJoin,ParticipantsLeave",
}
"""The parameters of a page of direct messages' events, by tweepy's names."""
