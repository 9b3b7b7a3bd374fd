"""TikTok's envelope and its words for no.

Wire: developers.tiktok.com/doc/content-posting-api-get-started, .../tiktok-api-v2-error-handling. `error` is there on
success too (`code` is `ok`), and creator_info says no with HTTP 200: only `error.code` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from marketingos import clock
from marketingos.adapters.http import Answer, Ruling, call
from marketingos.domain import walk
from marketingos.domain.ports import Grant
from marketingos.errors import (
    AccountBlocked,
    BadAnswer,
    ContentRefused,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    PostFailed,
    RateLimited,
    TokenRejected,
)
from marketingos.settings import get_settings

_DAILY = Ruling(RateLimited, "error.tiktok.daily")
_BANNED = Ruling(AccountBlocked, "error.tiktok.banned")
_VIDEO = Ruling(ContentRefused, "error.tiktok.video")
_SPAM = Ruling(ContentRefused, "error.tiktok.spam")
_FETCH = Ruling(PostFailed, "error.tiktok.fetch")
_PRIVACY = Ruling(ContentRefused, "error.tiktok.privacy")

BY_CODE: Mapping[str, Ruling] = {
    "invalid_param": Ruling(ContentRefused),
    "invalid_params": Ruling(ContentRefused),
    "app_version_check_failed": Ruling(ContentRefused),
    "invalid_publish_id": Ruling(BadAnswer),
    "token_not_authorized_for_specified_publish_id": Ruling(BadAnswer),
    "publish_not_cancellable": Ruling(BadAnswer),
    "invalid_file_upload": _VIDEO,
    "scope_permission_missed": Ruling(PermissionMissing),
    "access_token_invalid": Ruling(TokenRejected),
    "scope_not_authorized": Ruling(PermissionMissing),
    "spam_risk_too_many_posts": _DAILY,
    "spam_risk_too_many_pending_share": _DAILY,
    "spam_risk_user_banned_from_posting": _BANNED,
    "reached_active_user_cap": _DAILY,
    "unaudited_client_can_only_post_to_private_accounts": Ruling(ContentRefused, "error.tiktok.private_only"),
    "url_ownership_unverified": Ruling(ContentRefused, "error.tiktok.domain"),
    "privacy_level_option_mismatch": _PRIVACY,
    "rate_limit_exceeded": Ruling(RateLimited, pause=timedelta(minutes=1)),
    "internal_error": Ruling(OutcomeUnknown),
}

BY_FAIL_REASON: Mapping[str, Ruling] = {
    "file_format_check_failed": _VIDEO,
    "duration_check_failed": _VIDEO,
    "frame_rate_check_failed": _VIDEO,
    "picture_size_check_failed": Ruling(ContentRefused, "error.tiktok.picture"),
    "internal": Ruling(PostFailed, "error.tiktok.processing"),
    "video_pull_failed": _FETCH,
    "photo_pull_failed": _FETCH,
    "publish_cancelled": Ruling(ContentRefused),
    "auth_removed": Ruling(TokenRejected),
    "spam_risk_too_many_posts": _DAILY,
    "spam_risk_user_banned_from_posting": _BANNED,
    "spam_risk_text": Ruling(ContentRefused, "error.tiktok.text"),
    "spam_risk": _SPAM,
}


class UnknownPublishId(BadAnswer):
    """TikTok does not know this post, or not any more."""


async def tiktok(path: str, grant: Grant, body: Mapping[str, Any] | None = None, *, commits: bool = False) -> Answer:
    """Calls a TikTok endpoint as the account; `path` begins and ends with a slash and may carry a query."""
    url = f"{get_settings().tiktok_api_url}{path}"
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    return await call("POST", url, refusal=refusal, commits=commits, token=grant.token, headers=headers, json=body)


def refusal(answer: Answer) -> OutsideError | None:
    """What an envelope means; None for `ok`."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return answer.nonsense() if answer.status < 300 else answer.by_status()
    code = error.get("code")
    if code == "ok" and answer.status < 300:
        return None
    if code == "invalid_publish_id":
        return UnknownPublishId(diagnostic=answer.diagnostic)
    ruling = BY_CODE.get(str(code))
    return _from_tomorrow(ruling, ruling.on(answer)) if ruling else answer.by_status()


def failure(reason: str) -> OutsideError:
    """The error for a post that TikTok took and then gave up."""
    ruling = BY_FAIL_REASON.get(reason, _SPAM if reason.startswith("spam") else Ruling(ContentRefused))
    return _from_tomorrow(ruling, ruling.error(ruling.key, diagnostic=f"fail_reason: {reason}"))


def _from_tomorrow(ruling: Ruling, error: OutsideError) -> OutsideError:
    if ruling is _DAILY:
        error.retry_after = walk.until_midnight(clock.now())
    return error
