"""Media are kept once under the hash of their bytes, and reached under addresses that nobody can guess."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlmodel import func, select

from marketingos import adapters, db
from marketingos.adapters import video
from marketingos.domain.delivery import Attachment
from marketingos.domain.media import Media, MediaKind
from marketingos.errors import InvalidInput, NotFound
from marketingos.services import media


def picture(colour: str = "#6B1F2A", kind: str = "JPEG", size: tuple[int, int] = (216, 270)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


async def store(data: bytes) -> Media:
    async with db.session() as s:
        return await media.store(s, data, ai_generated=True)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("kind", "mime", "extension"), [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png")])
async def test_a_picture_is_kept_with_its_facts(kind: str, mime: str, extension: str) -> None:
    """Size, kind and pixels are told by the bytes; a small picture of it is kept too."""
    data = picture(kind=kind)
    row = await store(data)
    assert row.name == f"{hashlib.sha256(data).hexdigest()}.{extension}"
    assert (row.kind, row.mime, row.size) == (MediaKind.IMAGE, mime, len(data))
    assert (row.width, row.height, row.seconds) == (216, 270, None)
    assert row.ai_generated
    assert await adapters.media_store().open(row.name) == data
    assert row.thumbnail is not None
    assert len(await adapters.media_store().open(row.thumbnail)) < 8_000


@pytest.mark.usefixtures("database")
async def test_a_video_is_kept_with_its_length() -> None:
    """An MP4 has seconds, and its first frame as small picture."""
    row = await store(video.make_vertical([picture()], ["Son las 20:47."], seconds_each=3))
    assert (row.kind, row.mime, row.width, row.height) == (MediaKind.VIDEO, "video/mp4", 1080, 1920)
    assert row.seconds == pytest.approx(3, abs=0.1)
    assert media.view(row).thumbnail_url.endswith(".webp")


@pytest.mark.usefixtures("database")
async def test_the_same_bytes_are_kept_once() -> None:
    """A second time, also within one transaction, answers the row that is there."""
    async with db.session() as s:
        first = await media.store(s, picture())
        again = await media.store(s, picture())
    later = await store(picture())
    assert first.id == again.id == later.id
    async with db.reading() as s:
        assert (await s.exec(select(func.count()).select_from(Media))).one() == 1


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", picture(kind="GIF"), b"\0\0\0\x18ftypmp42" + b"x" * 64, picture()[:200]]
)
async def test_what_is_no_picture_or_video_is_refused(data: bytes) -> None:
    """Whatever the name says: other bytes are refused and leave nothing."""
    with pytest.raises(InvalidInput) as caught:
        await store(data)
    assert caught.value.key == "media.unsupported"
    async with db.reading() as s:
        assert (await s.exec(select(Media))).all() == []


@pytest.mark.usefixtures("database")
async def test_browsers_and_platforms_have_their_addresses(environment: Callable[..., object]) -> None:
    """The browser gets a path of this host, a platform the whole public address of the same file."""
    environment(PUBLIC_URL="https://marketing.codetix.es/")
    row = await store(picture())
    view = media.view(row)
    assert re.fullmatch(r"/media/[\w-]{22}/[0-9a-f]{64}\.jpg", view.url)
    attachment = Attachment(
        sha256=row.sha256, name=row.name, mime=row.mime, size=row.size, width=row.width, height=row.height
    )
    assert media.library().public_url(attachment) == f"https://marketing.codetix.es{view.url}"
    assert await media.library().read(attachment) == picture()


@pytest.mark.usefixtures("database")
async def test_only_the_right_signature_opens() -> None:
    """The address we gave opens the file; another file's signature, or a changed one, does not."""
    one, other = await store(picture("#111111")), await store(picture("#222222"))
    _, _, signature, name = media.path_of(one.name).split("/")
    opened = await media.open_signed(signature, name)
    assert (await adapters.media_store().open(opened.name), opened.mime) == (picture("#111111"), "image/jpeg")
    for wrong in ("", signature[:-1], signature + "A", signature.swapcase()):
        with pytest.raises(NotFound):
            await media.open_signed(wrong, name)
    with pytest.raises(NotFound):
        await media.open_signed(signature, other.name)


async def test_another_key_makes_other_addresses(environment: Callable[..., object]) -> None:
    """Signatures depend on the installation's key."""
    name = f"{'a' * 64}.jpg"
    environment(SECRET_KEYS="4nC1Xl0m3xq8Y1nB5c6k4h0m2p9o7sD3fG5hJ7kL9zQ=")
    first = media.path_of(name)
    environment(SECRET_KEYS="9zQ4nC1Xl0m3xq8Y1nB5c6k4h0m2p9o7sD3fG5hJ7kL=")
    assert media.path_of(name) != first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(signature=st.text(max_size=40), name=st.text(max_size=80))
async def test_made_up_addresses_open_nothing(signature: str, name: str) -> None:
    """Any other address is `NotFound`, and nothing else."""
    with pytest.raises(NotFound):
        await media.open_signed(signature, name)


async def test_an_address_given_out_under_an_older_key_still_opens(environment: Callable[..., object]) -> None:
    """A platform that fetches a picture while keys are rotated still gets it; when the older key goes, it does not."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    environment(SECRET_KEYS=old)
    kept = await media.keep(picture())
    _, _, signature, name = media.path_of(kept.name).split("/")
    environment(SECRET_KEYS=f"{new},{old}")
    assert (await media.open_signed(signature, name)).mime == "image/jpeg"
    environment(SECRET_KEYS=new)
    with pytest.raises(NotFound):
        await media.open_signed(signature, name)
