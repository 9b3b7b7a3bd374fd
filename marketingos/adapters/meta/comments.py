"""The first comment below a post on Facebook or Instagram; first_comment.py has the rule.

Wire: developers.facebook.com/docs/graph-api/reference/object/comments and .../instagram-platform/.../ig-media/comments
(v25.0). A comment's text reads `message` on Facebook and `text` on Instagram, whose list begins with the newest.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketingos import clock, log
from marketingos.adapters.meta.graph import graph
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import Content
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Accepted, Grant, Progress, Published, Ready
from marketingos.errors import OutsideError

logger = log.get_logger(__name__)

_LISTS: Mapping[Platform, tuple[str, Mapping[str, str]]] = {
    Platform.FACEBOOK: ("message", {"fields": "id,message", "limit": "100", "order": "reverse_chronological"}),
    Platform.INSTAGRAM: ("text", {"fields": "id,text", "limit": "50"}),
}
"""Where the text of a listed comment stands, and how the list is asked for: the newest first."""


async def commented(
    grant: Grant, content: Content, progress: Progress, post: Published
) -> Published | Accepted | Ready:
    """The post with its first comment, or what is to be done about that."""
    if not content.first_comment:
        return post
    if wait := first_comment.in_flight(progress, clock.now()):
        return Accepted(progress=progress, wait=wait)
    try:
        there = await _is_there(grant, content, post)
    except OutsideError as error:
        _tell(post, error)
        return first_comment.not_looked(progress, post, error)
    return first_comment.looked(progress, post, there, clock.now())


async def write_comment(grant: Grant, content: Content, progress: Progress, post: Published) -> Published | Accepted:
    """The visible call. Without `fields`: with them Instagram answers an error although the comment was made."""
    body = {"message": content.first_comment}
    try:
        (await graph("POST", f"{post.external_id}/comments", grant, commits=True, json=body)).at("id")
    except OutsideError as error:
        _tell(post, error)
        return first_comment.not_written(progress, post, error)
    return post


async def _is_there(grant: Grant, content: Content, post: Published) -> bool | None:
    """Whether the post has the comment; None when it is not among those that are listed, and there are more."""
    field, asked = _LISTS[content.platform]
    answer = await graph("GET", f"{post.external_id}/comments", grant, params=asked)
    if any(walk.same_text(str(row.get(field) or ""), content.first_comment) for row in answer.at("data")):
        return True
    return None if "next" in (answer.get("paging") or {}) else False


def _tell(post: Published, error: OutsideError) -> None:
    logger.warning("meta.first_comment_failed", post=post.external_id, error=error.key, diagnostic=error.diagnostic)
