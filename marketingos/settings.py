"""The one reader of the environment.

Every name is an environment variable (and may stand in `.env`); every field says what it is for, and the
README's table is checked against these descriptions.
"""

from __future__ import annotations

import ipaddress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GRAPH_HOST = "https://graph.facebook.com"
"""Meta's Graph API; see developers.facebook.com/docs/graph-api/overview."""

OUTSIDE_CREDENTIALS = (
    "anthropic_api_key",
    "replicate_api_token",
    "meta_app_secret",
    "meta_access_token",
    "tiktok_client_secret",
    "linkedin_client_secret",
    "linkedin_member_client_secret",
)

TWIN_PATHS = {
    "anthropic_base_url": "/claude",
    "replicate_base_url": "/replicate",
    "meta_graph_url": "/meta",
    "tiktok_api_url": "/tiktok",
    "linkedin_api_url": "/linkedin",
}
"""Where the sandbox answers for each counterpart, below its own base."""

TWIN_CREDENTIALS = {
    "anthropic_api_key": "sandbox",
    "replicate_api_token": "sandbox",
    "meta_app_id": "1483920175523688",
    "meta_app_secret": "9a85d38feb6759f6ee55cb81980425af",
    "tiktok_client_key": "awywocyo1vzu97q3",
    "tiktok_client_secret": "ck4HDGjQ7q1u7pTfAmWuXQrBxIhEeTO5",
    "linkedin_client_id": "77vpuzp0wdbowv",
    "linkedin_client_secret": "WPL_AP1.7DOO6I8PZLCydDrY.yu5jpg6e",
    "linkedin_member_client_id": "7861u3mpd4ckxw",
    "linkedin_member_client_secret": "WPL_AP1.447GbmNqVDc9Vx4d.zATgWV4l",
}
"""What the twin knows us by: its keys take anything, its developer apps are these."""

OWN_HOSTS = {
    "meta_dialog_url": ("meta_graph_url", "https://www.facebook.com"),
    "tiktok_auth_url": ("tiktok_api_url", "https://www.tiktok.com"),
    "linkedin_oauth_url": ("linkedin_api_url", "https://www.linkedin.com"),
}
"""Where a platform asks people for permission: a host of its own, or, with another base for its API, that base."""


class Settings(BaseSettings):
    """What the environment says, validated once. Read it through `get_settings()`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str = Field("", description="SQLite or PostgreSQL; empty means SQLite in `DATA_DIR`")
    redis_url: str = Field("", description="Reflex's session state when there is more than one replica")
    data_dir: Path = Field(Path("data"), description="where SQLite, media and the sandbox keep their files")
    media_store: str = Field(
        "", description="where media are kept: `file:///…` or `s3://bucket/prefix`; empty means `media` in `DATA_DIR`"
    )
    aws_access_key_id: str = Field("", description="S3 key; without one the machine's own role is asked")
    aws_secret_access_key: SecretStr = Field(SecretStr(""), description="its secret")
    aws_session_token: SecretStr = Field(SecretStr(""), description="its session, for keys that end")
    aws_region: str = Field("us-east-1", description="S3 region")
    aws_endpoint_url: str = Field("", description="an S3-compatible service other than Amazon's")
    public_url: str = Field("", description="where browsers and platforms reach this server; empty means localhost")
    port: int = Field(3000, ge=1, le=65535, description="the one port that serves pages, events and API")
    secret_keys: SecretStr = Field(
        SecretStr(""),
        description="comma-separated Fernet keys; the first seals, all open; required outside the sandbox",
    )
    sandbox: Literal["auto", "1", "0"] = Field(
        "auto",
        description="`1`: a local twin of the outside world, `0`: the real one, "
        "`auto`: the twin until there is a credential",
    )
    organization_id: str = Field("8uu4-W6mScG8IQtY", description="the organisation every API call must name")
    organization_name: str = Field("CodeTix", description="shown at log-in and in mails")
    timezone: str = Field("Europe/Madrid", description="the organisation's IANA time zone")
    language: Literal["es", "en"] = Field("es", description="language of a person who has not chosen one")
    scheduler: Literal["embedded", "external"] = Field(
        "embedded", description="`embedded` runs the sweeps in the server, `external` leaves them to the commands"
    )
    cycle_hours: int = Field(6, ge=1, le=168, description="hours between orchestration cycles")
    publish_every_minutes: int = Field(5, ge=1, le=60, description="minutes between publishing sweeps")
    measure_every_seconds: int = Field(60, ge=1, le=3600, description="seconds between measuring sweeps")
    horizon_days: int = Field(7, ge=1, le=60, description="days ahead that a cycle fills")
    posts_per_cycle: int = Field(12, ge=1, le=500, description="most posts that one cycle writes for one product")
    explore_share: float = Field(
        0.2, ge=0, le=1, description="share of posts that try what was not tried, whatever was learned"
    )
    anthropic_api_key: SecretStr = Field(SecretStr(""), description="Claude's key")
    anthropic_base_url: str = Field("https://api.anthropic.com", description="base of Claude's API")
    claude_model: str = Field("claude-sonnet-5-5", description="the model that writes posts")
    claude_fast_model: str = Field("claude-haiku-5-5", description="the model for cheap checks")
    replicate_api_token: SecretStr = Field(SecretStr(""), description="Replicate's token")
    replicate_base_url: str = Field("https://api.replicate.com", description="base of Replicate's API")
    replicate_image_model: str = Field("google/nano-banana-2", description="the model that makes pictures")
    replicate_video_model: str = Field(
        "", description="a model that makes the videos; empty: they are made here from the picture, at no cost"
    )
    meta_app_id: str = Field("", description="Meta app id")
    meta_app_secret: SecretStr = Field(SecretStr(""), description="Meta app secret")
    meta_access_token: SecretStr = Field(SecretStr(""), description="a first Page token, moved into the vault at start")
    meta_page_id: str = Field("", description="the Page that `META_ACCESS_TOKEN` belongs to")
    meta_graph_url: str = Field(GRAPH_HOST, description="base of Meta's Graph API")
    meta_video_url: str = Field(
        "",
        description="base for video uploads to Pages; empty means Meta's video host, or `META_GRAPH_URL` if set",
    )
    meta_dialog_url: str = Field(
        "", description="base of Meta's log-in dialog; empty means `www.facebook.com`, or `META_GRAPH_URL` if set"
    )
    meta_graph_version: str = Field("v25.0", pattern=r"^v\d+\.0$", description="pinned Graph API version")
    tiktok_client_key: str = Field("", description="TikTok client key")
    tiktok_client_secret: SecretStr = Field(SecretStr(""), description="TikTok client secret")
    tiktok_api_url: str = Field("https://open.tiktokapis.com", description="base of TikTok's API")
    tiktok_audited: bool | None = Field(
        None,
        description="whether TikTok has audited the app (`1` or `0`); until then it posts for the creator alone, on a"
        " private account. Empty means that TikTok's own refusals tell",
    )
    tiktok_auth_url: str = Field(
        "", description="base of TikTok's authorize page; empty means `www.tiktok.com`, or `TIKTOK_API_URL` if set"
    )
    linkedin_client_id: str = Field("", description="LinkedIn app of the community management product")
    linkedin_client_secret: SecretStr = Field(SecretStr(""), description="its secret")
    linkedin_member_client_id: str = Field("", description="LinkedIn app for members")
    linkedin_member_client_secret: SecretStr = Field(SecretStr(""), description="its secret")
    linkedin_api_url: str = Field("https://api.linkedin.com", description="base of LinkedIn's API")
    linkedin_oauth_url: str = Field(
        "", description="base of LinkedIn's OAuth; empty means `www.linkedin.com`, or `LINKEDIN_API_URL` if set"
    )
    linkedin_version: str = Field("202609", pattern=r"^20\d{4}$", description="pinned LinkedIn API version, YYYYMM")
    outside_timeout_seconds: float = Field(
        30.0,
        gt=0,
        le=120,
        description="how long a platform may be silent before the outcome of a call counts as unknown",
    )
    eur_per_usd: float = Field(0.92, gt=0, description="exchange rate used to book AI spend in euro")
    ai_budget_cycle: float = Field(0.0, ge=0, description="euro that AI may cost in one cycle; 0: no cap of its own")
    ai_budget_day: float = Field(5.0, ge=0, description="euro that AI may cost in a day; over it nothing is asked")
    ai_budget_month: float = Field(60.0, ge=0, description="euro that AI may cost in a month")
    admin_email: str = Field("", description="first user; without it a one-time set-up link is printed")
    admin_password: SecretStr = Field(SecretStr(""), description="first user's password")
    autosaas_secret: SecretStr = Field(
        SecretStr(""), description="signs what Auto-SaaS Builder sends; without it nothing is taken from there"
    )
    autosaas_autoactivate: bool = Field(
        False, description="`1`: products from Auto-SaaS become active once their first template is drawn"
    )
    clock_speed: float = Field(1.0, gt=0, le=100_000, description="sandbox world only: how fast time runs")
    clock_start: AwareDatetime | None = Field(
        None, description="sandbox world only: the real moment from which time runs at `CLOCK_SPEED`"
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`auto`: console at a terminal, JSON else"
    )

    sandbox_url: str = Field("", description="base of a sandbox that runs alone; empty means the one in this process")

    @field_validator("database_url")
    @classmethod
    def _driver(cls, url: str) -> str:
        """Hosts hand out `postgres://`; SQLAlchemy wants the driver named."""
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @field_validator("media_store")
    @classmethod
    def _known_store(cls, address: str) -> str:
        if address and not address.startswith(("file:///", "s3://")):
            raise ValueError("MEDIA_STORE is file:///a/folder or s3://bucket/prefix")
        return address

    @model_validator(mode="after")
    def _time_runs_faster_in_the_sandbox_only(self) -> Settings:
        if not self.is_sandbox and (self.clock_speed != 1.0 or self.clock_start):
            raise ValueError("CLOCK_SPEED and CLOCK_START belong to the sandbox world; unset them or set SANDBOX=1")
        if self.clock_speed != 1.0 and self.clock_start is None:
            raise ValueError("CLOCK_SPEED needs CLOCK_START, the real moment from which time runs faster")
        return self

    @model_validator(mode="after")
    def _reach_the_twin(self) -> Settings:
        """In the sandbox world every outside base that was not set points at the twin, with credentials it accepts."""
        if self.is_sandbox:
            base = self.sandbox_url.rstrip("/") or self._twin_here
            for name, path in TWIN_PATHS.items():
                if name not in self.model_fields_set:
                    object.__setattr__(self, name, base + path)
            for name, value in TWIN_CREDENTIALS.items():
                if name not in self.model_fields_set:
                    secret = type(self).model_fields[name].annotation is SecretStr
                    object.__setattr__(self, name, SecretStr(value) if secret else value)
        return self

    @model_validator(mode="after")
    def _ask_for_permission_at(self) -> Settings:
        for name, (api, own) in OWN_HOSTS.items():
            if not getattr(self, name):
                base = getattr(self, api)
                object.__setattr__(self, name, own if base == type(self).model_fields[api].default else base)
        return self

    def seen_by_browsers(self, address: str, origin: str) -> str:
        """An outside address as a browser at `origin` reaches it: the twin in this process is where the product is."""
        inside = self._twin_here
        return origin + "/sandbox" + address.removeprefix(inside) if address.startswith(inside) else address

    @property
    def _twin_here(self) -> str:
        return f"http://127.0.0.1:{self.port}/sandbox"

    @cached_property
    def is_sandbox(self) -> bool:
        """Whether the outside world is the local twin."""
        if self.sandbox != "auto":
            return self.sandbox == "1"
        return self._has_no_credential and self._is_loopback

    @property
    def _has_no_credential(self) -> bool:
        return not any(getattr(self, name).get_secret_value() for name in OUTSIDE_CREDENTIALS)

    @property
    def _is_loopback(self) -> bool:
        host = urlsplit(self.public_url).hostname or "localhost"
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @property
    def base_url(self) -> str:
        """Where browsers reach this server, without a final slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def sync_database_url(self) -> str:
        """The database for Alembic, which works without an event loop."""
        return self.async_database_url.replace("+aiosqlite", "")

    @property
    def async_database_url(self) -> str:
        """The database for the running server."""
        url = self.database_url or f"sqlite:///{(self.data_dir / 'marketingos.db').resolve()}"
        return url.replace("sqlite://", "sqlite+aiosqlite://", 1)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process. Tests call `get_settings.cache_clear()` after changing the environment."""
    return Settings()
