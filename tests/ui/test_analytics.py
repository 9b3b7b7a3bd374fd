"""Analytics: honest figures in the person's words, read again when a reading arrives and only then."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.account import Account
from marketingos.domain.delivery import Content, Delivery, DeliveryStatus
from marketingos.domain.performance import Metrics, Reading
from marketingos.domain.platform import Format, Platform
from marketingos.domain.post import Variant
from marketingos.domain.user import Role
from marketingos.errors import NotSignedIn
from marketingos.services import measurement, people
from marketingos.services.spending import Costs, UnitCosts
from marketingos.services.views import DayView, EngagementView, MomentView, PlatformFigures
from marketingos.ui.pages.analytics.costs import cost_rows
from marketingos.ui.pages.analytics.report import Report, report
from marketingos.ui.pages.analytics.state import AnalyticsState
from marketingos.ui.pages.analytics.words import Speaker
from tests.services import stage

NOW = datetime(2026, 11, 22, 16, 42, tzinfo=UTC)
SPANISH = Speaker(language="es", zone="Europe/Madrid", now=NOW)
NOTHING = Metrics()


def period(*engagement: int | None, before: int | None = None, moments: int = 0, **changed: object) -> EngagementView:
    """A period of as many days, on Instagram alone; `before` is what the period before gained in all."""
    first = date(2026, 11, 22) - timedelta(days=len(engagement) - 1)
    known = [n for n in engagement if n is not None]
    now = Metrics(likes=sum(known), views=20 * sum(known)) if known else NOTHING
    then = Metrics(likes=before, views=20 * before) if before is not None else NOTHING
    read_at = NOW - timedelta(minutes=12) if known else None
    days = [
        DayView(day=first + timedelta(days=n), metrics=Metrics(likes=gained), before=NOTHING, posts=n % 3)
        for n, gained in enumerate(engagement)
    ]
    platforms = [
        PlatformFigures(platform=Platform.INSTAGRAM, posts=3, metrics=now, before=then, measured_at=read_at),
        PlatformFigures(platform=Platform.TIKTOK, posts=1, metrics=NOTHING, before=NOTHING),
    ]
    values: dict[str, object] = {
        "start": first, "end": date(2026, 11, 22), "published": 3, "published_before": 5, "failed": 0,
        "totals": now, "totals_before": then, "days": tuple(days), "platforms": tuple(platforms), "posts": (),
        "moments": tuple(MomentView(at=NOW + timedelta(minutes=n), engagement=40 + n * n) for n in range(-moments, 0)),
        "products": (), "measured_at": read_at, "revision": "1",
    }  # fmt: skip
    return EngagementView(**{**values, **changed})  # type: ignore[arg-type]


def shown(view: EngagementView, speaker: Speaker = SPANISH) -> Report:
    return report(view, speaker, measure="engagement", rows=20)


def figure(drawn: Report, name: str) -> tuple[str, str, str, str]:
    """A key figure by its name: figure, change, direction, and the words below."""
    found = next(f for f in drawn.figures if f.name == name)
    return found.figure, found.change, found.direction, found.before


def test_what_is_not_known_is_never_zero() -> None:
    """Without readings every figure says so, an unread platform has a hatched bar, and no curve is drawn."""
    drawn = shown(period(None, None, None, None))
    assert figure(drawn, "Interacciones") == ("sin datos", "", "", "sin datos antes")
    assert figure(drawn, "Tasa de interacción")[0] == "sin datos"
    assert (drawn.measured, drawn.daily.line, drawn.live.chart.line) == (False, "", "")
    assert [(s.figure, s.known) for s in drawn.shares] == [("sin datos", False)] * 2


def test_costs_are_shared_among_what_came_of_them() -> None:
    """Each stage says what one cost and how many there are; one that none reached has no cost, and nothing spent is no
    table."""
    month = UnitCosts(euro=1.2, generated=12, approved=6, published=0)
    [now, ever] = cost_rows(Costs(month=month, in_all=replace(month, published=3)), SPANISH)
    assert (now.span, now.spent) == ("Este mes", "1,20\xa0€")
    assert now.stages == (("0,10\xa0€", "12 publ."), ("0,20\xa0€", "6 publ."), ("", "0 publ."))
    assert ever.stages[2] == ("0,40\xa0€", "3 publ.")
    nothing = UnitCosts(euro=0, generated=0, approved=0, published=0)
    assert cost_rows(Costs(month=nothing, in_all=nothing), SPANISH) == ()


def test_a_change_has_sign_and_direction() -> None:
    """Rises and falls against the period before, in per cent, in points for a rate, in pieces for posts."""
    drawn = shown(period(10, 20, 32, before=50))
    assert figure(drawn, "Interacciones") == ("62", "+24\N{NO-BREAK SPACE}%", "up", "50 antes")
    assert figure(drawn, "Publicaciones") == ("3", "−2", "down", "5 antes")
    assert figure(drawn, "Tasa de interacción") == ("5,0\N{NO-BREAK SPACE}%", "", "", "5,0\N{NO-BREAK SPACE}% antes")


def test_nothing_to_compare_with_is_no_change() -> None:
    """A first period does not rise by infinity."""
    assert figure(shown(period(10, 20, 30)), "Interacciones")[1:3] == ("", "")


def test_each_language_writes_its_own_figures() -> None:
    """The same period in English, with English numbers and words."""
    english = Speaker(language="en", zone="Europe/Madrid", now=NOW)
    drawn = shown(period(1000, 5000, 602, before=5320), english)
    assert figure(drawn, "Engagement") == ("6,602", "+24%", "up", "5,320 before")
    assert drawn.sources[0].words == "12\N{NO-BREAK SPACE}min ago"


def test_platforms_of_one_age_stand_together() -> None:
    """Freshness is told once for all who were read together; who was never read says so."""
    assert [(s.platforms, s.words) for s in shown(period(1, 2, 3)).sources] == [
        (("instagram",), "hace 12\N{NO-BREAK SPACE}min"),
        (("tiktok",), "sin lecturas"),
    ]


def test_the_daily_chart_speaks() -> None:
    """A sentence for who does not see the curve, and a name for each day under the arrow keys."""
    drawn = shown(period(100, 402, 120)).daily
    assert drawn.sentence == "Del vie 20 nov al dom 22 nov, 622 interacciones. El mejor día, sáb 21 nov, con 402."
    assert drawn.columns[1].spoken == "sáb 21 nov: 402 interacciones, 1 publicación"


def test_the_live_curve_starts_at_its_first_moment() -> None:
    """What came since then is the figure and the end of the curve."""
    live = shown(period(1, 2, 3, moments=8)).live
    assert (live.gained, live.since, live.fresh) == ("−63", "interacciones desde hoy 17:34", False)
    assert live.chart.columns[0].y == 100


@pytest.fixture
async def laura(database: str) -> str:
    """A session of somebody who may look."""
    await people.add_user("laura@codetix.es", "Laura", Role.VIEWER, "una-clave-larga")
    redeemed = await people.redeem_ticket(await people.open_ticket("laura@codetix.es", "una-clave-larga"))
    assert redeemed
    return redeemed[0]


async def published(product_id: int) -> int:
    """A post that went out on Facebook an hour ago; answers its delivery's id."""
    post_id, now = await stage.post(product_id, with_picture=False), clock.now()
    content = Content(platform=Platform.FACEBOOK, format=Format.TEXT, text="Hola")
    async with db.session() as s:
        variant = (await s.exec(select(Variant).where(Variant.post_id == post_id))).one()
        account = (await s.exec(select(Account))).first()
        row = Delivery(
            variant_id=variant.id or 0, account_id=account.id or 0, status=DeliveryStatus.PUBLISHED, content=content,
            content_hash=content.hash, due_at=now, not_before=now, late_after=now, created_at=now,
            published_at=now - timedelta(hours=1), external_id="1", permalink="https://facebook.com/1",
        )  # fmt: skip
        s.add(row)
        await s.flush()
        return row.id or 0


async def read(delivery_id: int, likes: int) -> None:
    async with db.session() as s:
        s.add(Reading(delivery_id=delivery_id, taken_at=clock.now(), likes=likes, views=likes * 20))


async def load(state: AnalyticsState) -> None:
    async for _ in AnalyticsState.load.fn(state):
        pass


async def test_the_page_follows_the_readings(tab, laura) -> None:
    """A tick without a new reading asks for nothing; with one, the figures move."""
    delivery = await published(await stage.product("ReservasPro", [Platform.FACEBOOK]))
    await read(delivery, 10)
    page = tab(AnalyticsState, session=laura, path="/analytics?days=7")
    await load(page)
    assert (page.phase, page.period, page.published, page.live.gained) == ("ready", "7", 1, "+10")

    before = page.figures
    await AnalyticsState.tick.fn(page)
    assert page.figures is before
    await read(delivery, 25)
    await AnalyticsState.tick.fn(page)
    assert page.live.gained == "+25"


async def test_an_address_from_elsewhere_is_read_with_care(tab, laura) -> None:
    """What the address asks and we do not have is the usual; a product nobody knows has no figures."""
    page = tab(AnalyticsState, session=laura, path="/analytics?days=4000&product=x&show=secrets")
    await load(page)
    assert (page.period, page.product, page.measure) == ("30", "", "engagement")
    page = tab(AnalyticsState, session=laura, path="/analytics?product=4711")
    await load(page)
    assert (page.phase, page.measured, page.product_name) == ("ready", False, "")


async def test_filters_write_the_address(tab, laura) -> None:
    """Each choice keeps the others; what is usual is left out."""
    page = tab(AnalyticsState, session=laura, path="/analytics?days=90&show=views")
    await load(page)
    assert "/analytics?days=90&product=2&show=views" in str(AnalyticsState.choose_product.fn(page, "2"))
    assert "days" not in str(AnalyticsState.choose_period.fn(page, "30"))


async def test_nobody_reads_without_a_session(tab, database) -> None:
    """The figures are for who is logged in."""
    with pytest.raises(NotSignedIn):
        await load(tab(AnalyticsState, path="/analytics"))


async def test_figures_that_cannot_be_read_are_said_in_their_place(tab, laura, monkeypatch) -> None:
    """When the service fails the page says so, quietly, until the person loads it again."""
    page = tab(AnalyticsState, session=laura, path="/analytics")
    with monkeypatch.context() as broken:
        broken.setattr(measurement, "engagement", _fails)
        with pytest.raises(RuntimeError):
            await load(page)
        await AnalyticsState.tick.fn(page)
    assert page.phase == "failed"
    await load(page)
    assert page.phase == "ready"


async def test_figures_on_screen_survive_a_failed_tick(tab, laura, monkeypatch) -> None:
    """What was read stays while the database is away for a moment."""
    await read(await published(await stage.product("ReservasPro", [Platform.FACEBOOK])), 10)
    page = tab(AnalyticsState, session=laura, path="/analytics")
    await load(page)
    monkeypatch.setattr(measurement, "revision", _fails)
    with pytest.raises(RuntimeError):
        await AnalyticsState.tick.fn(page)
    assert (page.phase, page.live.gained) == ("ready", "+10")


async def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("the database is away")
