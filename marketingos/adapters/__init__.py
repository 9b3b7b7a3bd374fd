"""The outside world, one file a counterpart. Here, and nowhere else, an implementation is chosen for a port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from weakref import WeakSet

from pydantic import SecretStr

from marketingos.adapters import http
from marketingos.adapters.claude import Claude
from marketingos.adapters.http import advised as advised
from marketingos.adapters.linkedin import LinkedIn
from marketingos.adapters.linkedin import versions as linkedin_versions
from marketingos.adapters.linkedin.oauth import LinkedInLogin
from marketingos.adapters.media_store import MediaStore, bucket, folder_of, local
from marketingos.adapters.meta import Facebook, Instagram
from marketingos.adapters.meta import versions as meta_versions
from marketingos.adapters.meta.oauth import MetaLogin
from marketingos.adapters.meta.oauth import page_with as page_with
from marketingos.adapters.replicate import Replicate
from marketingos.adapters.tiktok import TikTok
from marketingos.adapters.tiktok.oauth import TikTokLogin
from marketingos.adapters.tiktok.oauth import creator_of as creator_of
from marketingos.domain.media import MediaKind
from marketingos.domain.permission import Provider
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Authorizer, Illustrator, Library, Publisher, Writer
from marketingos.settings import get_settings

_PUBLISHERS: Mapping[Platform, Callable[[Library], Publisher]] = {
    Platform.INSTAGRAM: Instagram,
    Platform.FACEBOOK: Facebook,
    Platform.LINKEDIN: LinkedIn,
    Platform.TIKTOK: TikTok,
}

_AUTHORIZERS: Mapping[Provider, Authorizer] = {
    Provider.META: MetaLogin(),
    Provider.TIKTOK: TikTokLogin(),
    Provider.LINKEDIN: LinkedInLogin(Provider.LINKEDIN),
    Provider.LINKEDIN_MEMBER: LinkedInLogin(Provider.LINKEDIN_MEMBER),
}


def publisher_for(platform: Platform, library: Library) -> Publisher:
    """Who publishes on a platform; `library` holds the files of the posts."""
    return _PUBLISHERS[platform](library)


def authorizer_for(provider: Provider) -> Authorizer:
    """Who asks for permission at a platform, and looks after it."""
    return _AUTHORIZERS[provider]


def writer(*, fast: bool = False) -> Writer:
    """Who writes posts; the `fast` one for what needs no craft."""
    settings = get_settings()
    model = settings.claude_fast_model if fast else settings.claude_model
    return _claude(settings.anthropic_api_key, settings.anthropic_base_url, model)


def illustrator() -> Illustrator:
    """Who makes pictures."""
    settings = get_settings()
    return _replicate(settings.replicate_api_token, settings.replicate_base_url, settings.replicate_image_model)


def filmer(*, seconds: int) -> Illustrator:
    """Who makes films, as long as that, where a video model is set."""
    settings = get_settings()
    model = settings.replicate_video_model
    return _replicate(settings.replicate_api_token, settings.replicate_base_url, model, seconds)


def media_store() -> MediaStore:
    """Where files are kept."""
    settings = get_settings()
    if not settings.media_store.startswith("s3://"):
        return _folder(folder_of(settings.media_store) if settings.media_store else settings.data_dir / "media")
    return _bucket(
        settings.media_store,
        key=settings.aws_access_key_id,
        secret=settings.aws_secret_access_key,
        session=settings.aws_session_token,
        region=settings.aws_region,
        endpoint=settings.aws_endpoint_url,
    )


def sunsets() -> Mapping[str, date | None]:
    """When the pinned API version of each provider ends; None where nobody has said it yet."""
    settings = get_settings()
    return {
        "meta": meta_versions.sunset(settings.meta_graph_version),
        "linkedin": linkedin_versions.sunset(settings.linkedin_version),
    }


def declares_ai(platform: Platform, kind: MediaKind) -> bool:
    """Whether a file by a model is declared as one with its post there, so that nobody has to label it by hand."""
    if platform is Platform.TIKTOK:
        return True
    labelled = platform is Platform.INSTAGRAM or (platform is Platform.FACEBOOK and kind is MediaKind.VIDEO)
    return labelled and meta_versions.knows_ai_label(get_settings().meta_graph_version)


async def close() -> None:
    """Closes the connections of the running event loop; call once at shutdown."""
    settings = get_settings()
    for model in (settings.claude_model, settings.claude_fast_model):
        await _claude(settings.anthropic_api_key, settings.anthropic_base_url, model).close()
    for made in _replicates:
        await made.close()
    await http.close()


@lru_cache(maxsize=4)
def _claude(api_key: SecretStr, base_url: str, model: str) -> Claude:
    return Claude(api_key=api_key, base_url=base_url, model=model)


@lru_cache(maxsize=4)
def _replicate(token: SecretStr, base_url: str, model: str, seconds: int | None = None) -> Replicate:
    made = Replicate(token=token, base_url=base_url, model=model, seconds=seconds)
    _replicates.add(made)
    return made


_replicates: WeakSet[Replicate] = WeakSet()


@lru_cache(maxsize=4)
def _folder(folder: Path) -> MediaStore:
    return local(folder)


@lru_cache(maxsize=4)
def _bucket(address: str, *, key: str, secret: SecretStr, session: SecretStr, region: str, endpoint: str) -> MediaStore:
    told = {"secret": secret.get_secret_value(), "session": session.get_secret_value()}
    return bucket(address, key=key, region=region, endpoint=endpoint, **told)
