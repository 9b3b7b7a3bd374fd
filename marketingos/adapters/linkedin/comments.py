"""The first comment below a post on LinkedIn; first_comment.py has the rule.

Wire: learn.microsoft.com/linkedin/marketing/community-management/shares/comments-api (202609). Its text is little text,
like a post's. It needs the `*_social_feed` scopes.
"""

from __future__ import annotations

from marketingos import clock, log
from marketingos.adapters.linkedin.little_text import escape, unescape
from marketingos.adapters.linkedin.wire import encode, linkedin, query
from marketingos.domain import first_comment, walk
from marketingos.domain.delivery import Content
from marketingos.domain.ports import Accepted, Grant, Progress, Published, Ready
from marketingos.errors import OutsideError

logger = log.get_logger(__name__)

PAGE = 100


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
    """The visible call."""
    text = {"text": escape(content.first_comment)}
    body = {"actor": grant.external_id, "object": post.external_id, "message": text}
    try:
        await linkedin("POST", _address(post), grant, commits=True, json=body)
    except OutsideError as error:
        _tell(post, error)
        return first_comment.not_written(progress, post, error)
    return post


async def _is_there(grant: Grant, content: Content, post: Published) -> bool | None:
    """Whether the post has the comment; None when it is not among those that are listed, and there may be more."""
    rows = (await linkedin("GET", f"{_address(post)}?{query(start=0, count=PAGE)}", grant)).at("elements")
    texts = [str((row.get("message") or {}).get("text", "")) for row in rows]
    if any(walk.same_text(said, content.first_comment) for text in texts for said in (text, unescape(text))):
        return True
    return None if len(rows) >= PAGE else False


def _address(post: Published) -> str:
    return f"/rest/socialActions/{encode(post.external_id)}/comments"


def _tell(post: Published, error: OutsideError) -> None:
    logger.warning("linkedin.first_comment_failed", post=post.external_id, error=error.key, diagnostic=error.diagnostic)
