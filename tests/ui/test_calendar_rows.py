"""What the calendar draws of posts and free slots."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from marketingos.domain.cycle import CycleState
from marketingos.domain.platform import Platform
from marketingos.domain.post import PostStatus
from marketingos.services.spending import Forecast
from marketingos.services.views import CalendarView, ChipView, CycleView, FreeSlotView, ProductView
from marketingos.ui.pages.calendar import rows
from marketingos.ui.pages.calendar.rows import Choice
from marketingos.ui.pages.calendar.window import Window

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PRODUCT = ProductView(id=1, name="ReservasPro", mark="scissors", palette=("#6B1F2A", "#F6EBDD"), active=True)
MONTH = Window(view="month", day=date(2026, 11, 23), zone="Europe/Madrid")


def chip(number: int = 1, status: PostStatus = PostStatus.PENDING_APPROVAL, **known) -> ChipView:
    at = known.pop("at", NOW + timedelta(days=1))
    fixed = {
        "product": PRODUCT,
        "title": "¿Todavía pierdes clientes?",
        "timezone": "Europe/Madrid",
        "wall": at.replace(tzinfo=None),
    }
    known = {"platforms": (Platform.INSTAGRAM,), **known}
    return ChipView(id=number, status=status, scheduled_at=at, **fixed, **known)


def slot(at: datetime = NOW + timedelta(days=2), platforms=(Platform.LINKEDIN,)) -> FreeSlotView:
    return FreeSlotView(product=PRODUCT, wall=at.replace(tzinfo=None), scheduled_at=at, platforms=platforms)


def calendar(*chips: ChipView, free: tuple[FreeSlotView, ...] = ()) -> CalendarView:
    return CalendarView(chips=chips, free_slots=free, counts={}, products=(PRODUCT,), revision="1")


def test_an_entry_is_where_the_organisation_sees_it():
    """The chip's time is the wall clock of the calendar's zone, and says the same as its place."""
    entry = rows.entries(calendar(chip()), MONTH, Choice(), "es")[0]
    assert entry["time"] == "10:00"
    assert entry["start"] == "2026-11-24T10:00:00+01:00"


def test_free_slots_come_after_posts_and_cannot_be_mistaken():
    """A slot that nobody fills is an entry of another kind, with a name that no post has."""
    kinds = [e["kind"] for e in rows.entries(calendar(chip(), free=(slot(),)), MONTH, Choice(), "es")]
    assert kinds == ["post", "free"]
    assert not rows.slot_id(slot()).isdecimal()


@pytest.mark.parametrize(
    ("status", "tab"),
    [
        (PostStatus.PENDING_APPROVAL, "pending"),
        (PostStatus.APPROVED, "approved"),
        (PostStatus.PUBLISHING, "approved"),
        (PostStatus.PUBLISHED, "published"),
        (PostStatus.FAILED, "trouble"),
        (PostStatus.UNKNOWN, "trouble"),
        (PostStatus.EXPIRED, "trouble"),
        (PostStatus.PARTIAL, "trouble"),
    ],
)
def test_every_status_has_its_tab(status, tab):
    """A tab counts exactly what it leaves in when it is chosen."""
    view = calendar(chip(status=status))
    counts = rows.counts_of(view, MONTH, Choice())
    assert counts[tab] == 1
    for name in ("pending", "approved", "published", "trouble"):
        assert len(rows.entries(view, MONTH, Choice(tab=name), "es")) == counts[name]


def test_counts_stop_at_what_is_drawn():
    """A post that was fetched for the phone's list alone is not counted in the month."""
    far = chip(2, at=datetime(2027, 1, 20, 9, tzinfo=UTC))
    assert rows.counts_of(calendar(chip(), far), MONTH, Choice())["all"] == 1


def test_a_hidden_platform_hides_what_is_only_there():
    """A post stays while one of its platforms is shown."""
    both = chip(platforms=(Platform.INSTAGRAM, Platform.TIKTOK))
    only = chip(2, platforms=(Platform.TIKTOK,))
    left = rows.entries(calendar(both, only), MONTH, Choice(hidden=("tiktok",)), "es")
    assert [e["id"] for e in left] == ["1"]


def test_a_post_that_needs_a_hand_says_why():
    """The second line is the cause, without a full stop; a pending post keeps its title."""
    failed = chip(status=PostStatus.FAILED, cause="error.token_rejected")
    pending = chip(2, cause="cause.no_picture")
    first, second = rows.entries(calendar(failed, pending), MONTH, Choice(), "es")
    assert first["cause"] == "El permiso ya no vale. Reconecta la cuenta"
    assert second["cause"] == ""


@pytest.mark.parametrize(("cause", "word"), [("hold.late", "LATE"), ("hold.paused", "HELD"), (None, "APPROVED")])
def test_an_approved_post_that_waits_has_its_own_word(cause, word):
    """Late and on hold are told apart from what goes out by itself."""
    assert rows.word_of(chip(status=PostStatus.APPROVED, cause=cause)) == word


def test_the_list_begins_at_the_chosen_day_and_leaves_empty_days_out():
    """Days before are not listed, today and tomorrow are named."""
    view = calendar(chip(1, at=NOW - timedelta(days=2)), chip(2, at=NOW), chip(3), chip(4, at=NOW + timedelta(days=4)))
    listed = rows.days(view, MONTH, Choice(), NOW, "es")
    assert [d.name for d in listed] == ["Hoy", "Mañana", "Viernes"]
    assert listed[0].date == "lunes 23"


def test_a_week_shows_seven_days_and_at_most_three_dots():
    """The strip is the week of the chosen day, today marked."""
    view = calendar(*(chip(n, at=NOW + timedelta(minutes=n)) for n in range(5)))
    week = rows.strip(view, MONTH, Choice(), NOW, "es")
    assert [d.number for d in week] == ["23", "24", "25", "26", "27", "28", "29"]
    assert [d.today for d in week] == [True, *[False] * 6]
    assert len(week[0].dots) == 3


CYCLE = CycleView(id=1, state=CycleState.RUNNING, planned=14, written=6, pictured=0, failed=0, step="cycle.writing")


@pytest.mark.parametrize(
    ("cycle", "text"),
    [
        (CYCLE, "Escribiendo 7 de 14…"),
        (replace(CYCLE, product_name="ReservasPro"), "Escribiendo 7 de 14… ReservasPro"),
        (replace(CYCLE, planned=0, written=0), "Preparando la tanda…"),
        (replace(CYCLE, written=13, failed=1, pictured=3), "Creando imágenes y vídeos, 5 de 14…"),
    ],
)
def test_a_cycle_says_how_far_it_is(cycle, text):
    """First the texts are counted, then the pictures."""
    row = rows.cycle_row(cycle, "es")
    assert row.running
    assert row.text == text
    assert row.done <= row.planned


@pytest.mark.parametrize(
    "cycle", [None, replace(CYCLE, state=CycleState.DONE), replace(CYCLE, state=CycleState.FAILED)]
)
def test_a_cycle_that_is_over_shows_nothing(cycle):
    """Nothing is under way before the first and after the last."""
    assert not rows.cycle_row(cycle, "es").running


@pytest.mark.parametrize(
    ("posts", "euro", "left", "text"),
    [
        (6, 0.42, 3.1, "Unos 0,42 € por 6 publicaciones. Hoy quedan 3,10 €."),
        (6, 0.42, 0.1, "6 publicaciones costarían unos 0,42 € y hoy solo quedan 0,10 €: se escribe lo que quepa."),
        (0, 0.0, 3.1, "No hay huecos libres en los próximos días: no se escribe ni se gasta nada."),
    ],
)
def test_a_forecast_in_words(posts, euro, left, text):
    """What it would cost and what is left; a budget that does not suffice, and nothing to do, are said."""
    said = rows.forecast_text(Forecast(posts=posts, euro=euro, left=left), "es")
    assert said.replace("\u00a0", " ") == text
