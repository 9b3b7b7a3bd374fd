"""What platforms would tell by webhook: everything that came about between two moments, as signed-to-be payloads.

Meta tells of posts, comments and reactions on subscribed Pages and of comments on subscribed Instagram accounts;
TikTok of the fate of uploads; LinkedIn of reactions and comments on subscribed organisations.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marketingos.sandbox import engagement
from marketingos.sandbox.rows import Comment, Post
from marketingos.sandbox.twin import Twin

_LIFE = 7 * 86_400.0
_REACTIONS_AT_ONCE = 3
_ITEMS = {"text": "status", "link": "share", "photo": "photo", "photos": "status", "video": "video", "reel": "video"}


@dataclass(frozen=True)
class Notice:
    """One delivery to come: the platform, what it is about (for the fault script), and its JSON body."""

    platform: str
    topic: str
    body: dict[str, Any]


def between(twin: Twin, since: float, now: float) -> list[Notice]:
    """Everything from `since` on and before `now`, in the order of the platforms' posts."""
    found: list[Notice] = []
    for post in reversed(twin.ledger.posts(since=now - _LIFE)):
        if post.visible(now) and post.platform in _TELLERS:
            found += _TELLERS[post.platform](twin, post, since, now)
    return [*found, *_tiktok(twin, since, now)]


def _fresh(twin: Twin, post: Post, since: float, now: float) -> list[Comment]:
    written = engagement.comments(post, now, twin.ledger)
    return [comment for comment in written if since <= comment.created_at < now]


def _new_likes(post: Post, since: float, now: float) -> int:
    grown = engagement.counts(post, now).likes - engagement.counts(post, since).likes
    return min(grown, _REACTIONS_AT_ONCE)


# Meta


def _facebook(twin: Twin, post: Post, since: float, now: float) -> Iterator[Notice]:
    if "feed" not in twin.ledger.setting(f"subscribed:{post.account}", []):
        return
    page = twin.ledger.account(post.account)
    sender = {"id": post.account, "name": page.name if page else ""}
    if post.visible_at is not None and since <= post.visible_at < now and post.kind in _ITEMS:
        value = {
            "item": _ITEMS[post.kind],
            "verb": "add",
            "from": sender,
            "post_id": post.id,
            "published": 1,
            "created_time": int(post.visible_at),
            "message": post.text,
        }
        yield _change("page", post.account, "feed", value, now)
    for comment in _fresh(twin, post, since, now):
        yield _change("page", post.account, "feed", _feed_comment(post, comment), now)
    for index in range(_new_likes(post, since, now)):
        person = {"id": str(200_000_000_000_000 + index), "name": "Ana Robles"}
        value = {
            "item": "reaction",
            "verb": "add",
            "reaction_type": "like",
            "from": person,
            "post_id": post.id,
            "parent_id": post.id,
            "created_time": int(now),
        }
        yield _change("page", post.account, "feed", value, now)


def _feed_comment(post: Post, comment: Comment) -> dict[str, Any]:
    return {
        "item": "comment",
        "verb": "add",
        "comment_id": comment.id,
        "post_id": post.id,
        "parent_id": comment.parent or post.id,
        "message": comment.text,
        "created_time": int(comment.created_at),
        "from": {"id": comment.author, "name": comment.name},
    }


def _instagram(twin: Twin, post: Post, since: float, now: float) -> Iterator[Notice]:
    if "comments" not in twin.ledger.setting(f"subscribed:{post.account}", []):
        return
    product = {"reels": "REELS", "stories": "STORY"}.get(post.kind, "FEED")
    for comment in _fresh(twin, post, since, now):
        value = {
            "id": comment.id,
            "text": comment.text,
            "media": {"id": post.id, "media_product_type": product},
            "from": {"id": comment.author, "username": comment.name.lower().replace(" ", ".")},
        }
        if comment.parent:
            value["parent_id"] = comment.parent
        yield _change("instagram", post.account, "comments", value, now)


def _change(kind: str, owner: str, field: str, value: dict[str, Any], now: float) -> Notice:
    entry = {"id": owner, "time": int(now), "changes": [{"field": field, "value": value}]}
    topic = f"/{kind}/{field}/{value.get('item', 'comment')}"
    return Notice("meta", topic, {"object": kind, "entry": [entry]})


# TikTok


def _tiktok(twin: Twin, since: float, now: float) -> Iterator[Notice]:
    for creator in twin.ledger.accounts("tiktok"):
        for task in twin.ledger.assets(creator.id, "publish", now - _LIFE):
            for event, at, more in _fate(twin, task.facts):
                if at is not None and since <= at < now:
                    content = {"publish_id": task.id, "publish_type": _publish_type(task.facts), **more}
                    yield _event(twin, event, creator.id, int(at), content)

        for removal in twin.ledger.assets(creator.id, "removal", now - _LIFE):
            if since <= removal.created_at < now:
                yield _event(twin, "authorization.removed", creator.id, int(removal.created_at), removal.facts)


def _publish_type(facts: dict[str, Any]) -> str:
    return "INBOX_SHARE" if facts["mode"] == "inbox" else "DIRECT_PUBLISH"


def _fate(twin: Twin, facts: dict[str, Any]) -> Iterator[tuple[str, float | None, dict[str, Any]]]:
    if facts["failure"]:
        yield "post.publish.failed", facts["ready_at"], {"reason": facts["failure"]}
        return
    if facts["mode"] == "inbox":
        yield "post.publish.inbox_delivered", facts["ready_at"], {}
        return
    yield "post.publish.complete", facts["ready_at"], {}
    post = twin.ledger.post(facts["post"] or "")
    if post is None or post.audience != "public":
        return
    yield "post.publish.publicly_available", facts["public_at"], {"post_id": post.id}
    if post.deleted_at is not None:
        yield "post.publish.no_longer_publicaly_available", post.deleted_at, {"post_id": post.id}


def _event(twin: Twin, event: str, open_id: str, at: int, content: dict[str, Any]) -> Notice:
    body = {
        "client_key": twin.ledger.apps("tiktok")[0]["client_id"],
        "event": event,
        "create_time": at,
        "user_openid": open_id,
        "content": json.dumps(content, separators=(",", ":")),
    }
    return Notice("tiktok", f"/{event}", body)


# LinkedIn


def _linkedin(twin: Twin, post: Post, since: float, now: float) -> Iterator[Notice]:
    if not twin.ledger.setting(f"linkedin-subscribed:{post.account}", False) or post.audience != "public":
        return
    for comment in _fresh(twin, post, since, now):
        action = "ADMIN_COMMENT" if comment.author == post.account else "COMMENT"
        owner = comment.author if comment.author.startswith("urn:") else f"urn:li:person:{comment.author}"
        generated = {"owner": owner, "text": comment.text, "entity": comment.id, "object": post.facts["activity"]}
        yield _notification(
            twin, post, action, comment.created_at, comment.id, {"decoratedGeneratedActivity": {"comment": generated}}
        )
    for _ in range(_new_likes(post, since, now)):
        yield _notification(twin, post, "LIKE", now, post.facts["activity"], {})


def _notification(twin: Twin, post: Post, action: str, at: float, generated: str, more: dict[str, Any]) -> Notice:
    decorated = {
        "entity": post.id,
        "owner": post.account,
        "text": post.text,
        "mediaCategory": "IMAGE" if post.media else "NONE",
    }
    one = {
        "notificationId": 5_600_000_000 + twin.ledger.number(),
        "organizationalEntity": post.account,
        "action": action,
        "sourcePost": post.facts["activity"],
        "decoratedSourcePost": decorated,
        "generatedActivity": generated,
        "lastModifiedAt": int(at * 1_000),
        "subscriber": next(t.subject for t in twin.ledger.tokens_granted(post.account)),
        **more,
    }
    body = {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [one]}
    return Notice("linkedin", f"/{action}", body)


_TELLERS = {"facebook": _facebook, "instagram": _instagram, "linkedin": _linkedin}
