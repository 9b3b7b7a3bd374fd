"""Consent in a browser, code for token, refresh and revocation, as each platform does them."""

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from marketingos.sandbox.world import DemoApp, demo_apps
from tests.sandbox.conftest import Sandbox

BACK = "https://marketing.example/oauth/callback"


def app(platform: str, scope: str = "") -> DemoApp:
    return next(one for one in demo_apps() if one.platform == platform and (not scope or scope in one.scopes))


def consent(sandbox: Sandbox, path: str, query: dict[str, str], decision: str = "allow", **form: Any) -> dict[str, str]:
    """Open the page, press the button, and read what comes back to the app."""
    page = sandbox.http.get(path, params=query)
    assert page.status_code == 200, page.text
    assert "Pruebas" in page.text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    back = sandbox.http.post(path, params=query, data={**hidden, "decision": decision, **form})
    assert back.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["location"]).query).items()}


@pytest.fixture
def meta(sandbox: Sandbox) -> dict[str, str]:
    """A short user token for two of the Pages, by way of the dialog."""
    one = app("meta")
    query = {
        "client_id": one.client_id,
        "redirect_uri": BACK,
        "state": "s t",
        "response_type": "code",
        "scope": "pages_show_list,pages_manage_posts,pages_read_engagement,instagram_basic",
    }
    pages = [sandbox.account("facebook").external_id, sandbox.account("facebook", brand="PulsoFit").external_id]
    back = consent(sandbox, "/meta/v25.0/dialog/oauth", query, account=pages)
    assert back["state"] == "s t"
    params = {
        "client_id": one.client_id,
        "client_secret": one.client_secret,
        "redirect_uri": BACK,
        "code": back["code"],
    }
    token: dict[str, str] = sandbox.http.get("/meta/v25.0/oauth/access_token", params=params).json()
    again = sandbox.http.get("/meta/v25.0/oauth/access_token", params=params)
    assert again.json()["error"]["error_subcode"] == 36009
    return token


def test_facebook_login_ends_in_page_tokens_that_publish(sandbox: Sandbox, meta: dict[str, str]) -> None:
    """Short for long, /me/accounts with the linked Instagram account, and the Page's token posts."""
    one = app("meta")
    params = {
        "grant_type": "fb_exchange_token",
        "client_id": one.client_id,
        "client_secret": one.client_secret,
        "fb_exchange_token": meta["access_token"],
    }
    long = sandbox.http.get("/meta/v25.0/oauth/access_token", params=params).json()
    assert long["expires_in"] > 50 * 86_400
    fields = "id,name,access_token,tasks,instagram_business_account{id,username}"
    pages = sandbox.http.get(
        "/meta/v25.0/me/accounts",
        params={"fields": fields},
        headers={"authorization": f"Bearer {long['access_token']}"},
    ).json()["data"]
    assert [page["name"] for page in pages] == ["ReservasPro", "PulsoFit"]
    assert pages[0]["instagram_business_account"]["username"] == "reservaspro"
    sandbox.clock.forward(70 * 86_400)
    posted = sandbox.http.post(
        f"/meta/v25.0/{pages[0]['id']}/feed",
        json={"message": "Conectado"},
        headers={"authorization": f"Bearer {pages[0]['access_token']}"},
    )
    assert posted.status_code == 200


def test_page_tokens_of_a_short_token_die_with_it(sandbox: Sandbox, meta: dict[str, str]) -> None:
    """An app that forgets the exchange finds its Page token dead within hours."""
    auth = {"authorization": f"Bearer {meta['access_token']}"}
    page = sandbox.http.get("/meta/v25.0/me/accounts", headers=auth).json()["data"][0]
    sandbox.clock.forward(3 * 3_600)
    late = sandbox.http.post(
        f"/meta/v25.0/{page['id']}/feed",
        json={"message": "x"},
        headers={"authorization": f"Bearer {page['access_token']}"},
    )
    assert late.json()["error"]["error_subcode"] == 463


def test_permissions_and_debug_token_tell_the_truth(sandbox: Sandbox, meta: dict[str, str]) -> None:
    """Granted scopes only; a dead token is is_valid false."""
    one = app("meta")
    auth = {"authorization": f"Bearer {meta['access_token']}"}
    granted = sandbox.http.get("/meta/v25.0/me/permissions", headers=auth).json()["data"]
    assert {"permission": "pages_manage_posts", "status": "granted"} in granted
    params = {"input_token": meta["access_token"], "access_token": f"{one.client_id}|{one.client_secret}"}
    data = sandbox.http.get("/meta/v25.0/debug_token", params=params).json()["data"]
    assert (data["type"], data["is_valid"], data["app_id"]) == ("USER", True, one.client_id)
    sandbox.clock.forward(2 * 3_600)
    assert sandbox.http.get("/meta/v25.0/debug_token", params=params).json()["data"]["is_valid"] is False


def test_saying_no_comes_back_as_each_platform_says_it(sandbox: Sandbox) -> None:
    """access_denied twice, user_cancelled_authorize once, each with its state."""
    meta = {"client_id": app("meta").client_id, "redirect_uri": BACK, "state": "1", "scope": "pages_show_list"}
    assert consent(sandbox, "/meta/v25.0/dialog/oauth", meta, "deny")["error_reason"] == "user_denied"
    tiktok = {
        "client_key": app("tiktok").client_id,
        "redirect_uri": BACK,
        "state": "2",
        "scope": "video.list",
        "response_type": "code",
    }
    assert consent(sandbox, "/tiktok/v2/auth/authorize/", tiktok, "deny")["error"] == "access_denied"
    linkedin = {
        "client_id": app("linkedin", "openid").client_id,
        "redirect_uri": BACK,
        "state": "3",
        "scope": "openid profile",
        "response_type": "code",
    }
    back = consent(sandbox, "/linkedin/oauth/v2/authorization", linkedin, "deny")
    assert (back["error"], back["state"]) == ("user_cancelled_authorize", "3")


def test_tiktok_grants_two_hours_and_checks_the_verifier(sandbox: Sandbox) -> None:
    """client_key, comma-separated scopes, hex PKCE; a refused grant comes with HTTP 200."""
    one, creator = app("tiktok"), sandbox.account("tiktok")
    query = {
        "client_key": one.client_id,
        "redirect_uri": BACK,
        "state": "x",
        "response_type": "code",
        "scope": "user.info.basic,video.publish",
        "code_challenge_method": "S256",
        "code_challenge": hashlib.sha256(b"a" * 43).hexdigest(),
    }
    back = consent(sandbox, "/tiktok/v2/auth/authorize/", query, account=creator.external_id)
    assert back["scopes"] == "user.info.basic,video.publish"
    form = {
        "client_key": one.client_id,
        "client_secret": one.client_secret,
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": BACK,
        "code_verifier": "wrong",
    }
    refused = sandbox.http.post("/tiktok/v2/oauth/token/", data=form)
    assert (refused.status_code, refused.json()["error"]) == (200, "invalid_grant")
    token = sandbox.http.post("/tiktok/v2/oauth/token/", data={**form, "code_verifier": "a" * 43}).json()
    assert (token["open_id"], token["expires_in"]) == (creator.external_id, 7_200)
    revoke = {"client_key": one.client_id, "client_secret": one.client_secret, "token": token["access_token"]}
    assert sandbox.http.post("/tiktok/v2/oauth/revoke/", data=revoke).content == b""
    info = sandbox.http.post(
        "/tiktok/v2/post/publish/creator_info/query/", headers={"authorization": f"Bearer {token['access_token']}"}
    )
    assert info.status_code == 401


def linkedin_token(sandbox: Sandbox, one: DemoApp, scope: str, **form: Any) -> httpx.Response:
    query = {"client_id": one.client_id, "redirect_uri": BACK, "state": "x", "response_type": "code", "scope": scope}
    code = consent(sandbox, "/linkedin/oauth/v2/authorization", query, **form)["code"]
    return sandbox.http.post(
        "/linkedin/oauth/v2/accessToken",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "client_id": one.client_id,
            "client_secret": one.client_secret,
            "redirect_uri": BACK,
        },
    )


def test_linkedins_two_apps_know_the_member_by_two_ids(sandbox: Sandbox) -> None:
    """Members' app: userinfo, no refresh token. Community app: organisations, refresh that does not move its end."""
    members, community = app("linkedin", "openid"), app("linkedin", "rw_organization_admin")
    token = linkedin_token(sandbox, members, "openid profile w_member_social").json()
    assert "refresh_token" not in token
    who = sandbox.http.get("/linkedin/v2/userinfo", headers={"authorization": f"Bearer {token['access_token']}"}).json()
    assert f"urn:li:person:{who['sub']}" == sandbox.account("linkedin", kind="member").external_id

    organization = sandbox.account("linkedin", kind="organization").external_id
    scope = "r_basicprofile rw_organization_admin w_organization_social r_organization_social"
    token = linkedin_token(sandbox, community, scope, account=organization).json()
    me = sandbox.http.get("/linkedin/v2/me", headers={"authorization": f"Bearer {token['access_token']}"}).json()
    assert me["id"] != who["sub"]
    sandbox.clock.forward(10 * 86_400)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token["refresh_token"],
        "client_id": community.client_id,
        "client_secret": community.client_secret,
    }
    fresh = sandbox.http.post("/linkedin/oauth/v2/accessToken", data=form).json()
    assert fresh["refresh_token"] == token["refresh_token"]
    assert token["refresh_token_expires_in"] - fresh["refresh_token_expires_in"] == 10 * 86_400
    sandbox.clock.forward(400 * 86_400)
    assert sandbox.http.post("/linkedin/oauth/v2/accessToken", data=form).json()["error"] == "invalid_grant"


def test_linkedin_refuses_scopes_the_app_has_not(sandbox: Sandbox) -> None:
    """Organisation scopes on the members' app go back as unauthorized_scope_error."""
    query = {
        "client_id": app("linkedin", "openid").client_id,
        "redirect_uri": BACK,
        "state": "x",
        "response_type": "code",
        "scope": "openid w_organization_social",
    }
    back = sandbox.http.get("/linkedin/oauth/v2/authorization", params=query)
    assert "unauthorized_scope_error" in back.headers["location"]


def test_appsecret_proof_must_fit(sandbox: Sandbox) -> None:
    """A right proof passes, a wrong one is 100 GraphMethodException."""
    page, one = sandbox.account("facebook"), app("meta")
    auth = {"authorization": f"Bearer {page.access_token}"}
    proof = hmac.new(one.client_secret.encode(), page.access_token.encode(), hashlib.sha256).hexdigest()
    path = f"/meta/v25.0/{page.external_id}"
    assert sandbox.http.get(path, params={"appsecret_proof": proof}, headers=auth).status_code == 200
    wrong = sandbox.http.get(path, params={"appsecret_proof": "0" * 64}, headers=auth).json()["error"]
    assert (wrong["code"], wrong["type"]) == (100, "GraphMethodException")


@pytest.mark.parametrize(
    ("path", "form", "error"),
    [
        ("/tiktok/v2/oauth/token/", {"client_key": "x", "client_secret": "y"}, "invalid_client"),
        ("/linkedin/oauth/v2/accessToken", {"client_id": "x", "client_secret": "y"}, "invalid_client"),
    ],
)
def test_strange_apps_are_turned_away(sandbox: Sandbox, path: str, form: dict[str, str], error: str) -> None:
    """A client id or secret that is not registered is invalid_client."""
    assert sandbox.http.post(path, data=form).json()["error"] == error
