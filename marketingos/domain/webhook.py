"""Whether a notification really comes from its platform. Pure: raw body, headers and secret in, yes or no out.

The signature is made over the bytes as received, so a body must be checked before it is read as JSON. None of the
platforms signs a moment that can be trusted across its own retries, so what defends against replays is to take each
notification once. Sources: developers.facebook.com/docs/graph-api/webhooks, developers.tiktok.com/doc/webhooks-
verification, learn.microsoft.com/linkedin/shared/api-guide/webhook-validation.
"""

from __future__ import annotations

import hashlib
import hmac
import re

_TIKTOK = re.compile(r"t=(\d{1,12}),s=([0-9a-f]{64})")


def is_from_meta(body: bytes, signature: str, app_secret: str) -> bool:
    """`X-Hub-Signature-256`: `sha256=` and the HMAC of the body under the app's secret."""
    return _equal(signature, "sha256=" + _signed(app_secret, body))


def is_from_tiktok(body: bytes, signature: str, client_secret: str) -> bool:
    """`TikTok-Signature`: `t=…,s=…`, where `s` is the HMAC of `t`, a dot and the body under the client's secret."""
    found = _TIKTOK.fullmatch(signature.replace(" ", ""))
    return found is not None and _equal(found[2], _signed(client_secret, found[1].encode() + b"." + body))


def is_from_linkedin(body: bytes, signature: str, client_secret: str) -> bool:
    """`X-LI-Signature`: the HMAC of `hmacsha256=` and the body; the prefix belongs to what is signed."""
    return _equal(signature.removeprefix("hmacsha256="), _signed(client_secret, b"hmacsha256=" + body))


def meta_challenge(mode: str, token: str, challenge: str, verify_token: str) -> str | None:
    """What to answer when Meta checks a callback: the challenge, or None when its token is not ours."""
    return challenge if mode == "subscribe" and verify_token and _equal(token, verify_token) else None


def linkedin_challenge(code: str, client_secret: str) -> dict[str, str]:
    """What to answer, as JSON and within three seconds, when LinkedIn checks a callback (every two hours)."""
    return {"challengeCode": code, "challengeResponse": _signed(client_secret, code.encode())}


def _signed(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
