"""Which fields and expansions X's API knows, in the old spelling (OpenAPI 2.159) and the new one (2.167)."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.sandbox.x._router import Spelling

_SAME: Mapping[str, str] = {
    "media": """
        alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics
        public_metrics type url variants width
    """,
    "poll": "duration_minutes end_datetime id options voting_status",
    "place": "contained_within country country_code full_name geo id name place_type",
    "usage": "cap_reset_day daily_client_app_usage daily_project_usage project_cap project_id project_usage",
}
_OLD_FIELDS: Mapping[str, str] = {
    "post": """
        article attachments author_id card_uri community_id context_annotations conversation_id created_at
        display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang
        media_metadata non_public_metrics note_tweet organic_metrics possibly_sensitive promoted_metrics
        public_metrics referenced_tweets reply_settings scopes source suggested_source_links
        suggested_source_links_with_counts text withheld
    """,
    "user": """
        affiliation confirmed_email connection_status created_at description entities id is_identity_verified
        location most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected
        public_metrics receives_your_dm subscription subscription_type url username verified
        verified_followers_count verified_type withheld
    """,
    "dm_event": """
        attachments created_at dm_conversation_id entities event_type id participant_ids referenced_tweets sender_id
        text
    """,
}
_OLD_EXPANSIONS: Mapping[str, str] = {
    "post": """
        article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet
        attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username
        entities.note.mentions.username geo.place_id in_reply_to_user_id referenced_tweets.id
        referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id
    """,
    "user": "affiliation.user_id most_recent_tweet_id pinned_tweet_id",
    "dm_event": "attachments.media_keys participant_ids referenced_tweets.id sender_id",
}
_NEW_FIELDS: Mapping[str, str] = {
    "post": """
        article article_title attachments card_uri community_id context_annotations conversation_id created_at
        display_text_range edit_controls entities geo id lang matched_media_notes media_metadata non_public_metrics
        note_post note_request_suggestions organic_metrics paid_partnership possibly_sensitive promoted_metrics
        public_metrics reply_settings scopes source suggested_source_links suggested_source_links_with_counts text
        withheld
    """,
    "user": """
        confirmed_email connection_status created_at description entities id is_identity_verified location name
        parody profile_banner_url profile_image_url protected public_metrics receives_your_dm subscribes_to_you
        subscription subscription_type url username verified verified_followers_count verified_type withheld
    """,
    "dm_event": "attachments created_at dm_conversation_id entities event_type id text",
}
_NEW_EXPANSIONS: Mapping[str, str] = {
    "post": """
        article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet
        attachments.poll_ids author_id edit_history_post_ids entities.mentions.username geo.place_id
        in_reply_to_user_id referenced_posts username
    """,
    "user": "affiliation most_recent_post_id pinned_post_id",
    "dm_event": "attachments.media_keys participant_ids referenced_posts sender_id",
}

FIELDS: Mapping[Spelling, Mapping[str, frozenset[str]]] = {
    "tweet": {kind: frozenset(names.split()) for kind, names in {**_SAME, **_OLD_FIELDS}.items()},
    "post": {kind: frozenset(names.split()) for kind, names in {**_SAME, **_NEW_FIELDS}.items()},
}
"""The values of `KIND.fields`, by the kind of thing."""
EXPANSIONS: Mapping[Spelling, Mapping[str, frozenset[str]]] = {
    "tweet": {kind: frozenset(names.split()) for kind, names in _OLD_EXPANSIONS.items()},
    "post": {kind: frozenset(names.split()) for kind, names in _NEW_EXPANSIONS.items()},
}
"""The values of `expansions`, by the kind of thing that is asked for."""

_RENAMED = {
    "edit_history_post_ids": "edit_history_tweet_ids",
    "referenced_posts": "referenced_tweets",
    "note_post": "note_tweet",
    "most_recent_post_id": "most_recent_tweet_id",
    "pinned_post_id": "pinned_tweet_id",
    "repost_count": "retweet_count",
    "post_count": "tweet_count",
}
_NEW_NAMES = {
    **{old: new for new, old in _RENAMED.items()},
    "referenced_tweets.id": "referenced_posts",
    "referenced_tweets.id.author_id": "referenced_posts.author_id",
    "referenced_tweets.id.attachments.media_keys": "referenced_posts.attachments.media_keys",
    "affiliation.user_id": "affiliation",
}


def old_name(name: str) -> str:
    """Return how a field is called in the old spelling."""
    return _RENAMED.get(name, name)


def new_name(name: str) -> str:
    """Return how a field or an expansion is called in the new spelling."""
    return _NEW_NAMES.get(name, name)
