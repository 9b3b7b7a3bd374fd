"""Who lives in the sandbox: three brands with an account on every platform, and the developer apps they use.

Pure data, the same on every machine and at every start, so that a demo, a test and a benchmark can name an
account without asking for it. Tokens are shaped like real ones; they open nothing outside the sandbox.
"""

import hashlib
import string
from dataclasses import dataclass
from functools import partial
from typing import Literal

Platform = Literal["facebook", "instagram", "tiktok", "linkedin"]
Kind = Literal["page", "instagram", "creator", "organization", "member"]

_BASE62 = string.digits + string.ascii_letters
_BASE64URL = _BASE62 + "-_"

META_SCOPES = (
    "pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_manage_engagement",
    "pages_read_user_content", "pages_manage_metadata", "read_insights", "business_management",
    "instagram_basic", "instagram_content_publish", "instagram_manage_insights", "instagram_manage_comments",
    "instagram_manage_contents",
)  # fmt: skip
TIKTOK_SCOPES = (
    "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish", "video.upload",
)  # fmt: skip
ORGANIZATION_SCOPES = (
    "r_basicprofile", "rw_organization_admin", "w_organization_social", "r_organization_social",
    "w_organization_social_feed", "r_organization_social_feed", "w_member_social_feed",
    "w_member_social", "r_member_postAnalytics", "r_member_profileAnalytics",
)  # fmt: skip
MEMBER_SCOPES = ("openid", "profile", "email", "w_member_social")


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """An account that can be published to.

    `external_id` is what the platform's API calls it: a Page id, an Instagram user id, a TikTok open_id, a
    LinkedIn URN. An Instagram account's token is its Page's, as in the Facebook Login stack.
    """

    brand: str
    platform: Platform
    kind: Kind
    external_id: str
    name: str
    handle: str
    access_token: str
    refresh_token: str | None = None
    scopes: tuple[str, ...]
    parent_external_id: str | None = None
    followers: int


@dataclass(frozen=True, kw_only=True)
class DemoApp:
    """A developer app registered with a platform: its public id and the secret that signs webhooks."""

    platform: Literal["meta", "tiktok", "linkedin"]
    client_id: str
    client_secret: str
    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """Someone who signs in and grants access: a Facebook user, or a LinkedIn member who runs organisations."""

    platform: Literal["facebook", "linkedin"]
    external_id: str
    name: str
    access_token: str


def secret(seed: str, length: int, alphabet: str = _BASE62) -> str:
    """A string of `length` characters that looks random and is always the same for the same seed."""
    stream = hashlib.shake_256(seed.encode()).digest(length)
    return "".join(alphabet[byte % len(alphabet)] for byte in stream)


def meta_token(seed: str) -> str:
    return "EAAB" + secret(f"meta:{seed}", 190)


def tiktok_token(seed: str) -> str:
    return "act." + secret(f"tiktok:{seed}", 68) + "!6421.e1"


def tiktok_refresh_token(seed: str) -> str:
    return "rft." + secret(f"tiktok-refresh:{seed}", 68) + "!6407.e1"


def linkedin_token(seed: str) -> str:
    return "AQ" + secret(f"linkedin:{seed}", 348, _BASE64URL)


@dataclass(frozen=True)
class _Brand:
    name: str
    handle: str
    page_id: str
    instagram_id: str
    organization: str
    followers: tuple[int, int, int, int]


_BRANDS = (
    _Brand("ReservasPro", "reservaspro", "104823915627341", "17841459031772846", "89342716",
           (2_840, 5_120, 3_460, 1_190)),
    _Brand("PulsoFit", "pulsofit", "107316482905518", "17841462208951307", "90517283",
           (4_310, 8_970, 12_600, 860)),
    _Brand("FacturaClara", "facturaclara", "102954786310277", "17841457719340682", "87961034",
           (1_720, 2_450, 1_980, 3_540)),
)  # fmt: skip


def _accounts_of(brand: _Brand) -> tuple[DemoAccount, ...]:
    page, instagram, tiktok, linkedin = brand.followers
    account = partial(DemoAccount, brand=brand.name, name=brand.name, handle=brand.handle)
    meta = partial(account, access_token=meta_token(brand.page_id), scopes=META_SCOPES)
    return (
        meta(platform="facebook", kind="page", external_id=brand.page_id, followers=page),
        meta(platform="instagram", kind="instagram", external_id=brand.instagram_id, followers=instagram,
             parent_external_id=brand.page_id),
        account(platform="tiktok", kind="creator", external_id="-000" + secret(f"open_id:{brand.handle}", 32),
                access_token=tiktok_token(brand.handle), refresh_token=tiktok_refresh_token(brand.handle),
                scopes=TIKTOK_SCOPES, followers=tiktok),
        account(platform="linkedin", kind="organization", external_id=f"urn:li:organization:{brand.organization}",
                access_token=linkedin_token(brand.organization), scopes=ORGANIZATION_SCOPES, followers=linkedin,
                refresh_token=linkedin_token(f"refresh:{brand.organization}")),
    )  # fmt: skip


_MEMBER = DemoAccount(
    brand="FacturaClara",
    platform="linkedin",
    kind="member",
    external_id="urn:li:person:8hQ2vLmZ3x",
    name="Marta Ibáñez",
    handle="marta-ibanez",
    access_token=linkedin_token("member"),
    scopes=MEMBER_SCOPES,
    followers=2_210,
)


def demo_accounts() -> tuple[DemoAccount, ...]:
    """Every account of the three brands, and one LinkedIn member: thirteen in all."""
    return (*(account for brand in _BRANDS for account in _accounts_of(brand)), _MEMBER)


def demo_people() -> tuple[DemoPerson, ...]:
    """The people behind the pages: the Facebook user who runs them, the LinkedIn administrator.

    LinkedIn person ids differ from app to app, so the administrator is a stranger to the member's app.
    """
    return (
        DemoPerson(
            platform="facebook", external_id="10230617845529031", name="Marta Ibáñez", access_token=meta_token("user")
        ),
        DemoPerson(
            platform="linkedin",
            external_id="urn:li:person:c7RkT0wYpA",
            name="Marta Ibáñez",
            access_token=linkedin_token("administrator"),
        ),
    )


def demo_apps() -> tuple[DemoApp, ...]:
    """One Meta app, one TikTok app, and LinkedIn's two: community management must be alone on its app."""
    return (
        DemoApp(
            platform="meta",
            client_id="1483920175523688",
            client_secret=_hex("meta"),
            name="MarketingOS",
            scopes=META_SCOPES,
        ),
        DemoApp(
            platform="tiktok",
            client_id="aw" + secret("tiktok-key", 14).lower(),
            client_secret=secret("tiktok-secret", 32),
            name="MarketingOS",
            scopes=TIKTOK_SCOPES,
        ),
        DemoApp(
            platform="linkedin",
            client_id="77" + secret("linkedin-cma", 12).lower(),
            client_secret="WPL_AP1." + secret("linkedin-cma-secret", 16) + "." + secret("cma", 8),
            name="MarketingOS Community",
            scopes=ORGANIZATION_SCOPES,
        ),
        DemoApp(
            platform="linkedin",
            client_id="78" + secret("linkedin-member", 12).lower(),
            client_secret="WPL_AP1." + secret("linkedin-member-secret", 16) + "." + secret("member", 8),
            name="MarketingOS",
            scopes=MEMBER_SCOPES,
        ),
    )


def _hex(seed: str) -> str:
    return hashlib.sha256(f"app:{seed}".encode()).hexdigest()[:32]
