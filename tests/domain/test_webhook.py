"""Signatures of notifications: what really comes from a platform passes, anything else does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.webhook import (
    is_from_linkedin,
    is_from_meta,
    is_from_tiktok,
    linkedin_challenge,
    meta_challenge,
)
from marketingos.sandbox.webhooks import signature

META_BODY = (
    rb'{"object":"page","entry":[{"id":"100000000000001","time":1608952524,"changes":[{"value":{"from":'
    rb'{"id":"200000000000000001","name":"User One"},"post":{"status_type":"added_video","is_published":true,'
    rb'"updated_time":"2020-12-26T03:15:23+0000","permalink_url":'
    rb'"https://www.facebook.com/example.page/videos/407298303721936/","promotion_status":"inactive",'
    rb'"id":"100000000000001_407298303721936"},"message":"\ud83d\ude4f","post_id":"100000000000001_407298303721936",'
    rb'"comment_id":"407298303721936_408074750310958","created_time":1608952523,"item":"comment",'
    rb'"parent_id":"100000000000001_407298303721936","verb":"add"},"field":"feed"}]}]}'
)
META_SIGNATURE = "sha256=b272be6d942978a3c94564cbfed42a6b110d8518595ab75dd8ccd0ce272741c3"

CHECKS: dict[str, tuple[str, Callable[[bytes, str, str], bool]]] = {
    "meta": ("x-hub-signature-256", is_from_meta),
    "tiktok": ("tiktok-signature", is_from_tiktok),
    "linkedin": ("x-li-signature", is_from_linkedin),
}
every_platform = pytest.mark.parametrize("platform", CHECKS)


def signed(platform: str, body: bytes, secret: str = "secret") -> str:
    """The header that the platform's twin would send."""
    ledger = SimpleNamespace(apps=lambda _: [{"secret": secret}])
    twin: Any = SimpleNamespace(ledger=ledger, now=lambda: 1633174587.4)
    return signature(twin, platform, body)[CHECKS[platform][0]]


@every_platform
@given(st.binary(max_size=200), st.data())
def test_only_the_very_bytes_under_the_very_secret_pass(platform: str, body: bytes, data: st.DataObject) -> None:
    """The signature of a body passes with it, and with no other body, secret or header."""
    check, header = CHECKS[platform][1], signed(platform, body)
    assert check(body, header, "secret")
    assert not check(body + b"x", header, "secret")
    assert not check(body, header, "other")
    spot = data.draw(st.integers(0, len(header) - 1))
    spoilt = header[:spot] + ("0" if header[spot] != "0" else "1") + header[spot + 1 :]
    assert not check(body, spoilt, "secret")


@every_platform
@given(st.text(max_size=100))
def test_any_text_for_a_header_is_refused_not_an_error(platform: str, header: str) -> None:
    """A missing, malformed or foreign header never passes and never raises."""
    assert not CHECKS[platform][1](b"{}", header, "secret")


def test_metas_bytes_are_taken_as_they_travel() -> None:
    """A body with `\\uxxxx` escapes passes as received; parsed and written again it does not."""
    secret = "test_app_secret_0123456789abcdef"
    assert is_from_meta(META_BODY, META_SIGNATURE, secret)
    assert not is_from_meta(json.dumps(json.loads(META_BODY), ensure_ascii=False).encode(), META_SIGNATURE, secret)


def test_linkedins_prefix_in_the_header_does_no_harm() -> None:
    """Some senders repeat in the header what belongs to the signed text alone."""
    header = signed("linkedin", b"{}")
    assert is_from_linkedin(b"{}", "hmacsha256=" + header, "secret")


def test_linkedins_challenge() -> None:
    """The vector of the contract."""
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    assert linkedin_challenge(code, "linkedin-test-client-secret") == {
        "challengeCode": code,
        "challengeResponse": "af1e6bba74c4504b06262fdf4d066b0e34b3bdbe38e24e198f3fe1efca8a96d4",
    }


@pytest.mark.parametrize(
    ("mode", "token", "ours", "answer"),
    [
        ("subscribe", "t", "t", "1158"),
        ("subscribe", "x", "t", None),
        ("unsubscribe", "t", "t", None),
        ("subscribe", "", "", None),
    ],
)
def test_metas_challenge(mode: str, token: str, ours: str, answer: str | None) -> None:
    """The challenge goes back only to who knows our token; no token set means nobody."""
    assert meta_challenge(mode, token, "1158", ours) == answer
