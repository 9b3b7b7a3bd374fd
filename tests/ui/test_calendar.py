"""The calendar's State: what the address asks for is shown, and what a person does is done and can be undone."""

from datetime import UTC, datetime, time, timedelta
from unittest.mock import AsyncMock

import pytest
from reflex_base.event import Event
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.delivery import Delivery
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Creator
from marketingos.domain.slot import Slot
from marketingos.domain.user import Role
from marketingos.errors import InvalidInput, NotSignedIn, Refused
from marketingos.services import people, review
from marketingos.ui.pages.calendar.state import CalendarState as S
from marketingos.ui.words import Language
from tests.services import stage

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PASSWORD = "una-clave-larga"


@pytest.fixture
def moment():
    """A Monday morning."""
    with clock.frozen(NOW):
        yield NOW


@pytest.fixture
async def session(database, moment) -> str:
    """The session of somebody who may approve."""
    await people.add_user("laura@codetix.es", "Laura", Role.APPROVER, PASSWORD)
    redeemed = await people.redeem_ticket(await people.open_ticket("laura@codetix.es", PASSWORD, remember=True))
    assert redeemed
    return redeemed[0]


@pytest.fixture
async def post(session) -> int:
    """A pending post tomorrow on Facebook and LinkedIn."""
    product = await stage.product()
    return await stage.post(product, after=timedelta(days=1), platforms=(Platform.FACEBOOK, Platform.LINKEDIN))


async def opened(tab, session, post: int, path: str = "/"):
    """The calendar with a post in its panel."""
    state = tab(S, session=session, path=path)
    await S.load.fn(state)
    await S.open.fn(state, str(post))
    return state


def payloads(told) -> list[dict]:
    """What a handler answered, as the events carry it."""
    return [event.payload for event in Event.from_event_type(told)]


async def undo(state, told) -> None:
    """Presses Undo on the toast that a handler answered with."""
    ((name, payload),) = next(p["undo"] for p in payloads(told) if "undo" in p)
    await getattr(S, name.rsplit(".", 1)[-1]).fn(state, **payload)


def entry(state, post: int) -> dict:
    return next(e for e in state.entries if e["id"] == str(post))


async def test_the_address_says_what_is_shown(tab, session, post):
    """View, day, filters and the open post come from the address."""
    path = f"/?view=week&date=2026-11-25&status=pending&hide=tiktok&post={post}"
    state = tab(S, session=session, path=path)
    await S.load.fn(state)
    assert (state.view, state.day, state.tab, state.hidden) == ("week", "2026-11-25", "pending", ("tiktok",))
    assert state.title == "23 – 29 nov"
    assert state.shown.id == post
    assert entry(state, post)["status"] == "PENDING_APPROVAL"


@pytest.mark.parametrize(
    "query",
    [
        "view=year",
        "date=2026-13-45",
        "date=9999-12-31",
        "date=0001-01-01",
        "date=x",
        "status=lost",
        "product=x",
        f"product={'9' * 30}",
        f"post={'9' * 30}",
        "hide=myspace",
    ],
)
async def test_nonsense_in_the_address_is_the_plain_calendar(tab, session, post, query):
    """What cannot be is left out, and nothing fails."""
    state = tab(S, session=session, path=f"/?{query}")
    await S.load.fn(state)
    assert (state.view, state.day, state.tab, state.product_id, state.hidden) == ("month", "2026-11-23", "all", 0, ())
    assert state.loaded
    assert not state.failed


async def test_the_address_follows(tab, session, post):
    """What is looked at can be sent to somebody else, and the plain calendar has the plain address."""
    state = await opened(tab, session, post)
    assert f"('/?post={post}')" in payloads(await S.open.fn(state, str(post)))[0]["javascript_code"]
    assert f"('/?view=week&post={post}')" in payloads(await S.show.fn(state, "week"))[0]["javascript_code"]
    await S.show.fn(state, "month")
    assert "('/')" in payloads(await S.close.fn(state))[0]["javascript_code"]


async def test_nobody_sees_anything_without_a_session(tab, database, moment):
    """The page stays empty and says that it could not load."""
    state = tab(S)
    with pytest.raises(NotSignedIn):
        await S.load.fn(state)
    assert state.failed
    assert state.entries == []


async def test_before_the_first_post_the_page_says_how_to_begin(tab, session):
    """With products and accounts but no post the first visit's card stands in front of the grid."""
    await stage.product()
    state = tab(S, session=session)
    await S.load.fn(state)
    assert state.unborn
    assert state.accounts == len(Platform)
    assert len(state.products) == 1


async def test_approving_can_be_undone(tab, session, post):
    """Approve says on how many platforms, the grid changes with it, and Undo truly takes it back."""
    state = await opened(tab, session, post)
    told = await S.approve.fn(state, [*state.shown.faces])
    assert state.shown.status == entry(state, post)["status"] == "APPROVED"
    await undo(state, told)
    assert state.shown.status == entry(state, post)["status"] == "PENDING_APPROVAL"


async def test_what_changed_under_the_finger_is_not_approved(tab, session, post):
    """The press carries what the browser showed; if somebody saved in between nothing is approved, and it says why."""
    state = await opened(tab, session, post)
    on_screen = [*state.shown.faces]
    variant = state.current.view
    actor = await people.who_is(session)
    with clock.frozen(NOW + timedelta(seconds=5)):
        await review.edit_text(actor, variant.id, "Las de otra persona", variant.version)
        await S.tick.fn(state)
    with pytest.raises(Refused, match=r"review\.changed"):
        await S.approve.fn(state, on_screen)
    await S.approve.fn(state, [*state.shown.faces])
    assert state.shown.status == "APPROVED"


async def test_rejecting_can_be_undone(tab, session, post):
    """The reason is kept and told; Undo brings the post back."""
    state = await opened(tab, session, post)
    S.choose_reason.fn(state, "fact")
    told = await S.reject.fn(state, {"note": "No lo podemos demostrar"})
    assert state.shown.status == "REJECTED"
    assert "Dato dudoso. No lo podemos demostrar" in state.shown.next
    await undo(state, told)
    assert state.shown.status == "PENDING_APPROVAL"


async def test_a_drop_moves_the_post_and_can_be_undone(tab, session, post):
    """The instant where a chip was dropped becomes the wall-clock time of the post's own zone."""
    state = await opened(tab, session, post)
    told = await S.drop.fn(state, str(post), "2026-11-26T11:30:00.000Z")
    assert (state.shown.date, state.shown.time) == ("2026-11-26", "12:30")
    await undo(state, told)
    assert (state.shown.date, state.shown.time) == ("2026-11-24", "10:00")


async def test_a_drop_that_is_refused_puts_the_chip_back(tab, session, post):
    """The past is refused with its reason, and the grid is told to draw again what is stored."""
    state = await opened(tab, session, post)
    before = state.revision
    with pytest.raises(Refused, match=r"move\.past"):
        await S.drop.fn(state, str(post), "2026-11-20T11:30:00.000Z")
    await S.dropped.fn(state)
    assert state.revision > before
    assert entry(state, post)["start"] == "2026-11-24T10:00:00+01:00"


async def test_the_keyboard_moves_a_post_by_days(tab, session, post):
    """A day later is the same time on the wall."""
    state = await opened(tab, session, post)
    await S.carry.fn(state, str(post), 2)
    assert (state.shown.date, state.shown.time) == ("2026-11-26", "10:00")
    assert await S.carry.fn(state, "free:1:2026-11-26T12:30", 1) is None


async def test_words_are_edited_in_place(tab, session, post):
    """The count is the platform's, saving keeps the words, and an approved post asks again."""
    state = await opened(tab, session, post)
    await S.approve.fn(state, [*state.shown.faces])
    S.edit.fn(state, state.current.id)
    S.typed.fn(state, "Hola 😅")
    assert state.length == 6
    told = await S.save.fn(state, {"text": "Otras palabras"})
    assert payloads(told)[0]["key"] == "post.saved_asks_again"
    assert state.editing == 0
    assert state.current.view.text == "Otras palabras"
    assert state.shown.waiting == 1


async def test_words_that_are_too_long_stay_where_they_are(tab, session, post):
    """The platform's limit is refused in a sentence and nothing that was typed is lost."""
    state = await opened(tab, session, post)
    S.choose.fn(state, "linkedin")
    S.edit.fn(state, state.current.id)
    with pytest.raises(InvalidInput, match=r"check\.too_long"):
        await S.save.fn(state, {"text": "x" * 3001})
    assert state.editing
    assert state.draft == "x" * 3001


async def test_the_words_of_two_people_do_not_overwrite_each_other(tab, session, post):
    """The second to save is told, keeps the words, and replaces the other's only by saving again."""
    state = await opened(tab, session, post)
    variant = state.current.view
    S.edit.fn(state, variant.id)
    actor = await people.who_is(session)
    await review.edit_text(actor, variant.id, "Las de otra persona", variant.version)
    with pytest.raises(Refused, match=r"review\.stale"):
        await S.save.fn(state, {"text": "Las mías"})
    await S.after_save.fn(state)
    assert state.overtaken
    assert state.draft == "Las mías"
    await S.save.fn(state, {"text": "Las mías"})
    assert state.current.view.text == "Las mías"


async def test_words_are_not_lost_without_asking(tab, session, post):
    """Closing, or turning to another post, asks first; the answer does what was asked."""
    state = await opened(tab, session, post)
    S.edit.fn(state, state.current.id)
    S.typed.fn(state, "A medias")
    assert "discard-words" in str(payloads(await S.close.fn(state)))
    assert state.shown.id == post
    await S.discard.fn(state)
    assert state.shown.id == 0


async def test_words_stay_when_the_back_button_is_pressed(tab, session, post):
    """The address names no post any more: the panel stays with the words as far as they were written, and asks."""
    state = await opened(tab, session, post)
    S.edit.fn(state, state.current.id)
    S.typed.fn(state, "A medias")
    told = str(payloads(await S.load.fn(state)))
    assert "discard-words" in told
    assert f"post={post}" in told
    assert (state.shown.id, state.draft, state.written) == (post, "A medias", "A medias")
    await S.discard.fn(state)
    assert state.shown.id == 0


async def test_the_page_looks_again_only_when_something_moved(tab, session, post):
    """A tick leaves everything as it is until somebody, or the publisher, changes a post."""
    state = await opened(tab, session, post)
    seen = state.entries
    await S.tick.fn(state)
    assert state.entries is seen or state.entries == seen
    actor = await people.who_is(session)
    with clock.frozen(NOW + timedelta(seconds=5)):
        await review.approve(actor, post)
        await S.tick.fn(state)
    assert state.shown.status == entry(state, post)["status"] == "APPROVED"


async def test_a_pending_post_expires_by_itself(tab, session, post):
    """Time alone changes a status, with nobody having touched the post."""
    state = await opened(tab, session, post)
    with clock.frozen(NOW + timedelta(days=1, minutes=1)):
        await S.tick.fn(state)
    assert state.shown.status == "EXPIRED"


async def test_an_expired_post_is_offered_the_next_slot(tab, session):
    """One press gives it the next free slot of its product, where it waits for approval again."""
    product = await stage.product()
    async with db.session() as s:
        s.add(Slot(product_id=product, weekday=3, local_time=time(12, 30), platforms=(Platform.FACEBOOK,)))
    post = await stage.post(product, after=timedelta(hours=-3))
    state = await opened(tab, session, post)
    assert state.shown.status == "EXPIRED"
    assert state.next_slot == "jue 26 nov, 12:30"
    told = payloads(await S.take_next_slot.fn(state))
    assert told[0]["undo"] == [], "its old time has passed: there is no way back to offer"
    assert (state.shown.status, state.shown.slot) == ("PENDING_APPROVAL", "jue 26 nov, 12:30")
    assert state.next_slot == ""


OFFERED = Creator(nickname="ReservasPro", username="reservaspro", audiences=("PUBLIC_TO_EVERYONE", "SELF_ONLY"))


async def test_tiktok_asks_at_each_approval(tab, session, monkeypatch):
    """Approving all of a post opens TikTok's question with nothing chosen; the others can go without it."""
    monkeypatch.setattr("marketingos.adapters.creator_of", AsyncMock(return_value=OFFERED))
    product = await stage.product()
    both = (Platform.FACEBOOK, Platform.TIKTOK)
    state = await opened(tab, session, await stage.post(product, after=timedelta(days=1), platforms=both))
    assert state.shown.clear == 2
    assert "tiktok-terms" in str(payloads(await S.approve.fn(state, [*state.shown.faces])))
    assert (state.privacy, state.terms.audiences, state.terms.others) == ("", OFFERED.audiences, 1)
    await S.approve_others.fn(state)
    assert {v.platform: v.pending for v in state.shown.variants} == {"facebook": False, "tiktok": True}


async def test_what_was_chosen_for_tiktok_is_what_goes_out(tab, session, monkeypatch):
    """Choosing and agreeing approves the part on TikTok with exactly these choices."""
    monkeypatch.setattr("marketingos.adapters.creator_of", AsyncMock(return_value=OFFERED))
    product = await stage.product()
    post = await stage.post(product, after=timedelta(days=1), platforms=(Platform.TIKTOK,))
    state = await opened(tab, session, post)
    await S.approve.fn(state, [*state.shown.faces])
    S.choose_privacy.fn(state, "SELF_ONLY")
    S.allow.fn(state, "comments", True)
    await S.agree.fn(state)
    (tiktok,) = state.shown.variants
    assert tiktok.seen_by == "Solo la cuenta"
    async with db.reading() as s:
        options = (await s.exec(select(Delivery))).one().content.options
    assert (options["privacy_level"], options["disable_comment"], options["disable_duet"]) == ("SELF_ONLY", False, True)


async def test_a_viewer_is_offered_nothing_that_is_refused(tab, database, moment):
    """Who may only look gets no buttons, and the service refuses all the same."""
    product = await stage.product()
    post = await stage.post(product, after=timedelta(days=1))
    await people.add_user("ojo@codetix.es", "Ojo", Role.VIEWER, PASSWORD)
    redeemed = await people.redeem_ticket(await people.open_ticket("ojo@codetix.es", PASSWORD))
    state = await opened(tab, redeemed[0], post)
    row = state.shown
    assert not any((row.can_edit, row.can_approve, row.can_reject, row.can_move, row.can_publish_now))
    assert not state.may_generate


async def test_another_language_is_another_text(tab, session, post):
    """Strings that the server wrote are written again after the language changed."""
    state = await opened(tab, session, post)
    (await state.get_state(Language)).code = "en"
    await S.load.fn(state)
    assert state.title == "November"


async def test_a_free_slot_offers_to_write(tab, session, post):
    """Pressing a slot that is gone does nothing; one that is there says what would be written."""
    product = await stage.product("PulsoFit")
    async with db.session() as s:
        s.add(Slot(product_id=product, weekday=3, local_time=time(12, 30), platforms=(Platform.LINKEDIN,)))
    state = await opened(tab, session, post)
    near, gone = f"free:{product}:2026-11-26T12:30", f"free:{product}:2026-11-27T12:30"
    assert await S.ask_free.fn(state, gone) is None
    assert "free-slot" in str(payloads(await S.ask_free.fn(state, near)))
    assert (state.slot.product, state.slot.when, state.slot.reached) == ("PulsoFit", "jue 26 nov, 12:30", True)


async def test_what_it_would_cost_is_said_before(tab, session, post):
    """Pressing the button asks first: how many posts, about how many euro, and what is left; for one product or all."""
    product = await stage.product("PulsoFit")
    async with db.session() as s:
        s.add(Slot(product_id=product, weekday=3, local_time=time(12, 30), platforms=(Platform.LINKEDIN,)))
    state = await opened(tab, session, post)
    assert "generate" in str(payloads(await S.ask_generate.fn(state, product)))
    assert (state.asked, state.asked_name) == (product, "PulsoFit")
    assert state.forecast.replace("\u00a0", " ") == "Unos 0,08 € por 1 publicación. Hoy quedan 5,00 €."
    assert not state.cycle.running
    await S.ask_generate.fn(state, 0)
    assert (state.asked, state.asked_name) == (0, "")


async def test_generating_shows_at_once_and_twice_is_refused(tab, session, post):
    """The page says that a cycle is under way as soon as it was asked for."""
    state = await opened(tab, session, post)
    await S.generate.fn(state, 0)
    assert state.cycle.running
    with pytest.raises(Refused):
        await S.generate.fn(state, 0)
