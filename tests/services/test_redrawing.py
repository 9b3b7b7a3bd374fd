"""Another picture: beside the old ones, paid for once, and nothing good is lost when it fails."""

from __future__ import annotations

import asyncio

import pytest
from sqlmodel import col, select
from starlette.responses import JSONResponse

from marketingos import clock, db
from marketingos.domain.cycle import Spend
from marketingos.domain.media import Media, MediaKind
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Post, RejectReason, Variant, VariantStatus
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, NotFound, OutsideError, Refused
from marketingos.services import drawing, generation, posts, redrawing, review
from tests.services import studio as rows
from tests.services.studio import MONDAY, Studio, demo, person


@pytest.fixture
async def post(studio: Studio) -> int:
    """A post on Instagram, written and pictured by the strict twin."""
    studio.writes()
    await demo("ReservasPro", platforms=(Platform.INSTAGRAM,))
    with clock.frozen(MONDAY):
        await generation.request_cycle(person())
        await generation.run_cycles()
    return (await rows.posts())[0].id or 0


async def drawn(post_id: int) -> list[Media]:
    async with db.reading() as s:
        return list(await drawing.drawings_of(s, post_id))


async def shown(post_id: int) -> str:
    """The hash of the picture that would go out."""
    return next(p for p in await rows.posts() if p.id == post_id).variants[0].media[0].sha256


async def test_another_picture_takes_the_place_of_the_first(post: int, studio: Studio) -> None:
    """The wish reaches the illustrator, both drawings are kept, the new one is shown, and its cost is booked."""
    first, asked = await shown(post), studio.pictures
    with clock.frozen(MONDAY):
        await redrawing.redraw(person(), post, "  más luz,\n sin gente ")
    assert studio.pictures == asked + 1
    assert "Different from before: más luz, sin gente" in studio.asked["predictions"][-1]["input"]["prompt"]
    assert len(await drawn(post)) == 2
    assert await shown(post) != first
    async with db.reading() as s:
        spent = (await s.exec(select(Spend).where(Spend.purpose == "picture").order_by(col(Spend.id).desc()))).all()
    assert len(spent) == asked + 1
    assert spent[0].settled


async def test_an_old_picture_is_chosen_again(post: int, studio: Studio) -> None:
    """Choosing costs nothing and shows to the byte what was shown before."""
    first = await shown(post)
    with clock.frozen(MONDAY):
        await redrawing.redraw(person(), post)
        asked = studio.pictures
        await redrawing.choose(person(), post, (await drawn(post))[-1].id or 0)
    assert await shown(post) == first
    assert studio.pictures == asked
    assert len(await drawn(post)) == 2


async def test_what_was_approved_has_to_be_approved_again(post: int) -> None:
    """Another picture is another content: the approval is taken back before anything goes out."""
    with clock.frozen(MONDAY):
        await review.approve(person(), post)
        await redrawing.redraw(person(), post)
    async with db.reading() as s:
        assert (await s.exec(select(Variant.status).where(Variant.post_id == post))).one() is VariantStatus.PENDING


async def test_a_drawing_that_fails_leaves_what_was_there(post: int, studio: Studio) -> None:
    """The person is told; the post keeps its picture and no mark, and may be drawn again."""
    first = await shown(post)
    studio.draws(JSONResponse({"title": "t", "detail": "no", "status": 422}, 422))
    with clock.frozen(MONDAY), pytest.raises(OutsideError):
        await redrawing.redraw(person(), post)
    assert await shown(post) == first
    assert next(p for p in await rows.posts() if p.id == post).media_error is None
    studio.instead.pop("predictions")
    with clock.frozen(MONDAY):
        await redrawing.redraw(person(), post)
    assert await shown(post) != first


async def test_two_clicks_pay_for_one_drawing(post: int, studio: Studio) -> None:
    """While one is under way another is refused."""
    asked = studio.pictures
    with clock.frozen(MONDAY):
        results = await asyncio.gather(*(redrawing.redraw(person(), post) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(r, Refused) for r in results) == 2
    assert studio.pictures == asked + 1


async def test_eight_drawings_are_enough(post: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ninth is refused before it costs."""
    monkeypatch.setattr(redrawing, "MOST", 1)
    with clock.frozen(MONDAY), pytest.raises(Refused) as caught:
        await redrawing.redraw(person(), post)
    assert caught.value.key == "media.drawn_enough"


async def test_strangers_and_nonsense_are_refused(post: int) -> None:
    """Who may not generate pays nothing; a wish has an end; another post's drawing is not to be had."""
    with clock.frozen(MONDAY):
        with pytest.raises(Forbidden):
            await redrawing.redraw(person(Role.VIEWER), post)
        with pytest.raises(InvalidInput):
            await redrawing.redraw(person(), post, "x" * 301)
        with pytest.raises(NotFound):
            await redrawing.choose(person(), post, 999_999)
        await redrawing.redraw(person(), post)
        other = next(p.id for p in await rows.posts() if p.id != post) or 0
        with pytest.raises(NotFound):
            await redrawing.choose(person(), other, (await drawn(post))[0].id or 0)
        with pytest.raises(NotFound):
            await redrawing.redraw(person(), 10**9)


async def test_a_post_shows_what_was_drawn_for_it(post: int) -> None:
    """The view lists the drawings, the newest first, and says which one is used."""
    with clock.frozen(MONDAY):
        view = await redrawing.redraw(person(), post)
    assert [d.id for d in view.drawings] == [d.id for d in await drawn(post)]
    assert view.drawing_id == view.drawings[0].id
    assert not (await posts.post(person(), post)).is_drawing


@pytest.mark.parametrize("model", ["bytedance/seedance-2.0"])
async def test_a_video_model_makes_the_film(studio: Studio, environment: object, model: str) -> None:
    """Where one is set the video is its, ordered upright and booked by the second."""
    environment(REPLICATE_VIDEO_MODEL=model)  # type: ignore[operator]
    studio.writes()
    await demo("PulsoFit", platforms=(Platform.TIKTOK,))
    with clock.frozen(MONDAY):
        await generation.request_cycle(person())
        await generation.run_cycles()
    film = next(p for p in await rows.posts()).variants[0]
    assert (film.format, film.media[0].kind) == (Format.VIDEO, MediaKind.VIDEO)
    asked = next(b["input"] for b in studio.asked["predictions"] if "duration" in b["input"])
    assert (asked["aspect_ratio"], asked["duration"], asked["generate_audio"]) == ("9:16", 5, False)
    async with db.reading() as s:
        films = (await s.exec(select(Spend).where(Spend.purpose == "film"))).all()
        assert (await s.exec(select(Post.filmed))).all()
    assert all((row.units, row.settled) == (5, True) for row in films)
    assert films


async def test_what_may_not_change_any_more_is_not_drawn_again(post: int, studio: Studio) -> None:
    """A post that is rejected whole is refused before a cent is spent."""
    asked = studio.pictures
    with clock.frozen(MONDAY):
        await review.reject(person(), post, RejectReason.TONE)
        with pytest.raises(Refused):
            await redrawing.redraw(person(), post)
    assert studio.pictures == asked
