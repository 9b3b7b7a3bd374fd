"""People's own pictures and videos: given to a post, fitted to each platform, and part of what is approved."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from marketingos import adapters, db
from marketingos.adapters import film, images
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.media import Fit, Media, MediaKind
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Variant, VariantMedia, VariantStatus
from marketingos.domain.requirement import Change
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, NotFound, NotSent, Refused
from marketingos.services import attaching, fitting, posts, review
from marketingos.services.views import PersonView, PostView, VariantView
from tests.adapters.test_film import shot
from tests.services import stage

PAIR = (Platform.INSTAGRAM, Platform.LINKEDIN)


@pytest.fixture
async def laura(database: str) -> PersonView:
    """Somebody who may do everything."""
    return await stage.person()


@pytest.fixture
async def post_id(laura: PersonView) -> int:
    """A pending post with a picture on Instagram, Facebook and LinkedIn."""
    platforms = (Platform.INSTAGRAM, Platform.FACEBOOK, Platform.LINKEDIN)
    return await stage.post(await stage.product(platforms=platforms), platforms=platforms)


def picture(path: Path, size: tuple[int, int] = (1080, 1080), kind: str = "JPEG", colour: str = "#336699") -> Path:
    file = path / f"{size[0]}-{size[1]}-{colour[1:]}.{kind.lower()}"
    Image.new("RGB", size, colour).save(file, kind)
    return file


def on(view: PostView, platform: Platform) -> VariantView:
    return next(v for v in view.variants if v.platform is platform)


async def given(
    laura: PersonView, post_id: int, file: Path, *platforms: Platform, replace: bool = True
) -> attaching.Attached:
    return await attaching.attach(laura, post_id, platforms or PAIR, file, replace=replace)


async def test_what_fits_goes_out_as_it_is(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """The bytes that were given are the bytes that are approved."""
    file = picture(tmp_path)
    done = await given(laura, post_id, file)
    shown = on(done.post, Platform.INSTAGRAM)
    assert [(m.width, m.height, m.changes, m.preparing) for m in shown.media] == [(1080, 1080, (), False)]
    assert hashlib.sha256(file.read_bytes()).hexdigest() in shown.media[0].url
    assert shown.findings == ("check.missing_alt_text",)


async def test_each_platform_gets_its_own_file(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """A wide PNG is a JPEG of 1.91:1 on Instagram and itself on LinkedIn; what was given is kept."""
    done = await given(laura, post_id, picture(tmp_path, (3000, 1000), "PNG"))
    ours, theirs = on(done.post, Platform.INSTAGRAM).media[0], on(done.post, Platform.LINKEDIN).media[0]
    assert ours.width / ours.height <= 1.91
    assert ours.url.endswith(".jpg")
    assert ours.reshaped
    assert Change.RESHAPE in ours.changes
    assert (theirs.width, theirs.height, theirs.url) == (3000, 1000, ours.given_url)
    assert on(done.post, Platform.INSTAGRAM).findings == ("check.missing_alt_text",)


async def test_the_choice_of_shape_is_followed(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Cropped, the file is another one than filled; both have the shape that Instagram takes."""
    done = await given(laura, post_id, picture(tmp_path, (2000, 600)))
    filled = on(done.post, Platform.INSTAGRAM)
    view = await attaching.shape(laura, filled.id, done.media_id, Fit.CROP)
    cropped = on(view, Platform.INSTAGRAM).media[0]
    assert cropped.fit is Fit.CROP
    assert cropped.url != filled.media[0].url
    assert (cropped.width / cropped.height) == pytest.approx(filled.media[0].width / filled.media[0].height, rel=0.01)
    again = on(await attaching.shape(laura, filled.id, done.media_id, Fit.PAD), Platform.INSTAGRAM)
    assert again.media[0].url == filled.media[0].url


async def test_a_change_takes_the_approval_back(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Another file, another shape, another description: the post asks again and nothing of the old goes out."""
    done = await given(laura, post_id, picture(tmp_path, (2000, 600)))
    variant = on(done.post, Platform.INSTAGRAM).id
    changes = (
        lambda: attaching.shape(laura, variant, done.media_id, Fit.CROP),
        lambda: attaching.describe(laura, variant, done.media_id, "Una barbería"),
        lambda: given(laura, post_id, picture(tmp_path, colour="#112233"), Platform.INSTAGRAM),
    )
    for change in changes:
        await review.approve(laura, post_id, [Platform.INSTAGRAM])
        await change()
        shown = on(await posts.post(laura, post_id), Platform.INSTAGRAM)
        assert shown.status is VariantStatus.PENDING
        async with db.reading() as s:
            rows = (await s.exec(select(Delivery).where(Delivery.variant_id == variant))).all()
        assert [row.status for row in rows] == [DeliveryStatus.CANCELLED]


async def test_what_is_approved_is_the_converted_file(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """The delivery carries the hash of the bytes that Instagram will fetch."""
    await given(laura, post_id, picture(tmp_path, (2000, 600), "PNG"))
    await review.approve(laura, post_id, [Platform.INSTAGRAM])
    async with db.reading() as s:
        content = (await s.exec(select(Delivery))).one().content
    (attached,) = content.attachments
    data = await adapters.media_store().open(attached.name)
    assert hashlib.sha256(data).hexdigest() == attached.sha256
    assert images.probe(data).mime == attached.mime == "image/jpeg"
    assert content.hash == (await posts_hash(post_id))


async def posts_hash(post_id: int) -> str | None:
    async with db.reading() as s:
        rows = (await s.exec(select(Variant).where(Variant.post_id == post_id))).all()
    return next(v.approved_hash for v in rows if v.platform is Platform.INSTAGRAM)


async def test_a_carousel_has_one_shape_and_an_order(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Later pictures take the shape of the first; who comes first gives it."""
    first = await given(laura, post_id, picture(tmp_path, (1000, 1000)), Platform.INSTAGRAM)
    second = await given(laura, post_id, picture(tmp_path, (1500, 1000)), Platform.INSTAGRAM, replace=False)
    shown = on(second.post, Platform.INSTAGRAM)
    assert [m.id for m in shown.media] == [first.media_id, second.media_id]
    assert [round(m.width / m.height, 2) for m in shown.media] == [1.0, 1.0]
    turned = on(await attaching.arrange(laura, shown.id, second.media_id, 0), Platform.INSTAGRAM)
    assert [m.id for m in turned.media] == [second.media_id, first.media_id]
    assert [round(m.width / m.height, 2) for m in turned.media] == [1.5, 1.5]
    left = on(await attaching.detach(laura, shown.id, second.media_id), Platform.INSTAGRAM)
    assert [(m.id, m.width, m.height) for m in left.media] == [(first.media_id, 1000, 1000)]


async def test_descriptions_belong_to_their_picture(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Each picture of several has its own words; too many are refused."""
    done = await given(laura, post_id, picture(tmp_path), Platform.LINKEDIN)
    variant = on(done.post, Platform.LINKEDIN).id
    view = await attaching.describe(laura, variant, done.media_id, "  El sillón\nvacío ")
    assert on(view, Platform.LINKEDIN).media[0].alt_text == "El sillón vacío"
    with pytest.raises(InvalidInput):
        await attaching.describe(laura, variant, done.media_id, "x" * 1001)


async def test_words_about_a_picture_go_with_it(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Another picture has no description until somebody writes one; the old one comes back with its own."""
    async with db.session() as s:
        for variant in (await s.exec(select(Variant).where(Variant.post_id == post_id))).all():
            variant.alt_text = "Un poste de barbero"
    shown = on(await posts.post(laura, post_id), Platform.LINKEDIN)
    old = shown.media[0].id
    await attaching.detach(laura, shown.id, old)
    done = on((await given(laura, post_id, picture(tmp_path), Platform.LINKEDIN)).post, Platform.LINKEDIN)
    assert (done.alt_text, [m.alt_text for m in done.media]) == ("", [""])
    back = await attaching.put_back(laura, shown.id, old, 0, "Un poste de barbero")
    assert [m.alt_text for m in on(back, Platform.LINKEDIN).media] == ["Un poste de barbero", ""]


async def test_a_video_chooses_the_format_and_is_put_in_order(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """A camera's file with edit lists becomes a reel on Instagram and a video on LinkedIn; until it is ready, nothing
    can be approved."""
    source = shot(tmp_path / "camera.mp4", size=(640, 360), seconds=10, bf="0", crf="0")
    done = await given(laura, post_id, source)
    waiting = on(done.post, Platform.INSTAGRAM)
    assert waiting.format is Format.REEL
    assert waiting.media[0].preparing
    assert "check.media_preparing" in waiting.findings
    with pytest.raises(Refused, match=r"check\.media_preparing"):
        await review.approve(laura, post_id, [Platform.INSTAGRAM])
    assert await fitting.fit_waiting() >= 1
    ready = on(await posts.post(laura, post_id), Platform.INSTAGRAM)
    assert (ready.findings, ready.media[0].preparing) == ((), False)
    async with db.reading() as s:
        piece = (await s.exec(select(VariantMedia).where(VariantMedia.variant_id == ready.id))).one()
        assert piece.fitted is not None
        data = await adapters.media_store().open(piece.fitted.name)
    assert not film.probe(data).film.edits
    assert await fitting.fit_waiting() == 0
    await review.approve(laura, post_id, [Platform.INSTAGRAM])


async def test_who_refuses_is_said_and_the_others_have_it(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Two seconds are enough for a Facebook video and too short for Instagram, which keeps what it had."""
    source = shot(tmp_path / "short.mp4", seconds=2)
    before = on(await posts.post(laura, post_id), Platform.INSTAGRAM).media
    done = await given(laura, post_id, source, Platform.INSTAGRAM, Platform.FACEBOOK)
    assert set(done.left_out) == {Platform.INSTAGRAM}
    assert done.left_out[Platform.INSTAGRAM].key == "media.too_short"
    assert on(done.post, Platform.FACEBOOK).format is Format.VIDEO
    assert on(done.post, Platform.INSTAGRAM).media == before
    with pytest.raises(Refused, match=r"media\.too_short"):
        await given(laura, post_id, source, Platform.INSTAGRAM)


async def test_more_than_the_platform_takes_is_refused(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """The eleventh picture of an Instagram carousel is one too many."""
    for number in range(10):
        file = picture(tmp_path, (400, 400), colour=f"#11{number}{number}11")
        await given(laura, post_id, file, Platform.INSTAGRAM, replace=number == 0)
    with pytest.raises(Refused, match=r"media\.too_many"):
        await given(laura, post_id, picture(tmp_path, (410, 410)), Platform.INSTAGRAM, replace=False)


async def test_a_picture_after_a_video_takes_its_place(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Where the two cannot stand side by side, the newer one stays."""
    await given(laura, post_id, shot(tmp_path / "camera.mp4", size=(640, 360), seconds=10, crf="0"), Platform.LINKEDIN)
    done = await given(laura, post_id, picture(tmp_path), Platform.LINKEDIN, replace=False)
    shown = on(done.post, Platform.LINKEDIN)
    assert (shown.format, [m.kind for m in shown.media]) == (Format.IMAGE, [MediaKind.IMAGE])


async def test_the_same_file_twice_is_one(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Given again, it moves to the end."""
    file = picture(tmp_path)
    await given(laura, post_id, file)
    done = await given(laura, post_id, file, replace=False)
    assert len(on(done.post, Platform.INSTAGRAM).media) == 1
    async with db.reading() as s:
        assert len((await s.exec(select(Media).where(Media.width == 1080, Media.height == 1080))).all()) == 1


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"MZ\x90\0", b"\0\0\0\x18ftypmp42" + b"x" * 99, b"%PDF-1.7"])
async def test_what_is_no_picture_is_refused(laura: PersonView, post_id: int, tmp_path: Path, data: bytes) -> None:
    """Whatever its name says: the bytes decide, and nothing changes."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(data)
    before = await posts.post(laura, post_id)
    with pytest.raises(InvalidInput, match=r"media\.unsupported"):
        await given(laura, post_id, file)
    assert (await posts.post(laura, post_id)).variants == before.variants


async def test_only_who_may_edit_attaches(database: str, post_id: int, tmp_path: Path) -> None:
    """A viewer may not, whatever the page showed; a post that is not there is not found."""
    viewer, editor = await stage.person(Role.VIEWER), await stage.person(Role.EDITOR)
    with pytest.raises(Forbidden):
        await given(viewer, post_id, picture(tmp_path))
    with pytest.raises(Forbidden):
        await attaching.may_attach(viewer, post_id)
    with pytest.raises(NotFound):
        await attaching.may_attach(editor, 999)
    with pytest.raises(NotFound):
        await attaching.detach(editor, 999, 1)


def guide(path: Path, pages: int = 3) -> Path:
    file = path / f"{pages}.pdf"
    file.write_bytes(b"%%PDF-1.4\n2 0 obj<</Type /Pages /Kids [3 0 R] /Count %d>>endobj\n%%%%EOF" % pages)
    return file


async def test_a_pdf_goes_to_linkedin_alone(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """It is a document there, called by its file's name; the other platforms say why they do not have it."""
    done = await attaching.attach(laura, post_id, PAIR, guide(tmp_path), replace=True, name="C:\\guía_de precios.pdf")
    assert done.left_out[Platform.INSTAGRAM].key == "media.paper_not_here"
    assert set(done.left_out) == {Platform.INSTAGRAM}
    shown = on(done.post, Platform.LINKEDIN)
    assert (shown.format, shown.title) == (Format.DOCUMENT, "guía de precios")
    assert [(m.kind, m.pages, m.preparing) for m in shown.media] == [(MediaKind.DOCUMENT, 3, False)]
    assert shown.media[0].thumbnail_url.endswith(".webp")
    await review.approve(laura, post_id, [Platform.LINKEDIN])
    async with db.reading() as s:
        delivery = (await s.exec(select(Delivery))).one()
    (sent,) = delivery.content.attachments
    assert (sent.mime, delivery.content.options["title"]) == ("application/pdf", "guía de precios")


async def test_a_pdf_that_nobody_takes_is_refused(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """With one sentence; also when it has more pages than LinkedIn shows."""
    with pytest.raises(Refused, match=r"media\.paper_not_here"):
        await given(laura, post_id, guide(tmp_path), Platform.FACEBOOK)
    with pytest.raises(Refused, match=r"media\.too_many_pages"):
        await given(laura, post_id, guide(tmp_path, 301), Platform.LINKEDIN)


async def test_a_pdf_is_called_as_somebody_says(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """Without a name it is not approved; a new name takes the approval back; a name that is too long is refused."""
    done = await given(laura, post_id, guide(tmp_path), Platform.LINKEDIN)
    linkedin = on(done.post, Platform.LINKEDIN).id
    assert "check.no_title" in on(done.post, Platform.LINKEDIN).findings
    with pytest.raises(Refused, match=r"check\.no_title"):
        await review.approve(laura, post_id, [Platform.LINKEDIN])
    view = await attaching.entitle(laura, linkedin, "  Precios   2027 ")
    assert on(view, Platform.LINKEDIN).title == "Precios 2027"
    await review.approve(laura, post_id, [Platform.LINKEDIN])
    view = await attaching.entitle(laura, linkedin, "Precios")
    assert on(view, Platform.LINKEDIN).status is VariantStatus.PENDING
    with pytest.raises(InvalidInput, match=r"media\.title_too_long"):
        await attaching.entitle(laura, linkedin, "x" * 101)


async def test_a_picture_after_a_pdf_takes_its_place(laura: PersonView, post_id: int, tmp_path: Path) -> None:
    """And nothing is called as the document was."""
    await attaching.attach(laura, post_id, PAIR, guide(tmp_path), replace=True, name="guía.pdf")
    done = await given(laura, post_id, picture(tmp_path), Platform.LINKEDIN, replace=False)
    shown = on(done.post, Platform.LINKEDIN)
    assert (shown.format, shown.title, [m.kind for m in shown.media]) == (Format.IMAGE, "", [MediaKind.IMAGE])
    with pytest.raises(Refused):
        await attaching.entitle(laura, shown.id, "guía")


async def test_a_conversion_for_another_first_picture_is_not_taken(
    laura: PersonView, post_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a carousel have the shape of the first: when another one is put first meanwhile, it is made anew."""
    await given(laura, post_id, picture(tmp_path, (1080, 1350)), Platform.INSTAGRAM)
    convert, order = fitting._converted, [0]

    async def slowly(job: fitting._Job) -> object:
        made = await convert(job)
        if order:
            order.pop()
            async with db.session() as s:
                mine = select(VariantMedia).where(VariantMedia.variant_id == job.variant_id)
                for piece in (await s.exec(mine)).all():
                    piece.position = 0 if piece.waiting else 1
                    piece.waiting = True
        return made

    monkeypatch.setattr(fitting, "_converted", slowly)
    done = await given(laura, post_id, picture(tmp_path, (1080, 1081)), Platform.INSTAGRAM, replace=False)
    shown = on(done.post, Platform.INSTAGRAM)
    assert not {"check.media_preparing", "media.spoilt"} & set(shown.findings)
    assert len({round(m.width / m.height, 2) for m in shown.media}) == 1


async def test_one_strange_file_keeps_no_other_waiting(
    laura: PersonView, post_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a file does to a decoder is its own trouble, is said, and is not tried for ever."""

    async def breaks(job: fitting._Job) -> object:
        raise RuntimeError("a strange file")

    monkeypatch.setattr(fitting, "_converted", breaks)
    done = await given(laura, post_id, picture(tmp_path, (2000, 600)))
    assert "media.spoilt" in on(done.post, Platform.INSTAGRAM).findings
    assert await fitting.fit_waiting() == 0


async def test_a_store_that_does_not_answer_delays_one_post_and_no_other(
    laura: PersonView, post_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files wait on; those of others are converted."""
    monkeypatch.setattr(fitting, "fit", _no_fit)
    await given(laura, post_id, picture(tmp_path, (2000, 600)))
    tried: list[int] = []

    async def fails(variant_id: int) -> None:
        tried.append(variant_id)
        raise NotSent("error.media_store")

    monkeypatch.setattr(fitting, "fit", fails)
    async with db.session() as s:
        for piece in (await s.exec(select(VariantMedia))).all():
            piece.waiting = True
    assert await fitting.fit_waiting() == len(tried) > 1


async def _no_fit(variant_id: int) -> None:
    return


async def test_a_conversion_that_a_choice_overtook_is_not_taken(
    laura: PersonView, post_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person chose to crop while the filled file was still being made: the cropped one goes out."""
    done = await given(laura, post_id, picture(tmp_path, (2000, 600)))
    variant = on(done.post, Platform.INSTAGRAM).id
    convert, choices = fitting._converted, [Fit.PAD]

    async def slowly(job: fitting._Job) -> object:
        made = await convert(job)
        if choices:
            await attaching.shape(laura, variant, done.media_id, choices.pop())
        return made

    monkeypatch.setattr(fitting, "_converted", slowly)
    view = await attaching.shape(laura, variant, done.media_id, Fit.CROP)
    shown = on(view, Platform.INSTAGRAM).media[0]
    assert (shown.fit, shown.preparing) == (Fit.PAD, False)
    assert shown.url == on(done.post, Platform.INSTAGRAM).media[0].url


async def test_a_file_that_breaks_in_conversion_says_so(
    laura: PersonView, post_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It blocks the approval with its sentence, and is not tried for ever."""

    async def breaks(job: fitting._Job) -> object:
        raise InvalidInput("media.spoilt")

    monkeypatch.setattr(fitting, "_converted", breaks)
    done = await given(laura, post_id, picture(tmp_path, (2000, 600)))
    assert "media.spoilt" in on(done.post, Platform.INSTAGRAM).findings
    assert await fitting.fit_waiting() == 0
    with pytest.raises(Refused, match=r"media\.spoilt"):
        await review.approve(laura, post_id, [Platform.INSTAGRAM])


def test_pictures_are_told_apart(tmp_path: Path) -> None:
    """The stage's own pictures differ."""
    one, other = picture(tmp_path), picture(tmp_path, colour="#112233")
    assert io.FileIO(one).read() != io.FileIO(other).read()
