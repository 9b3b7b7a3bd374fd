"""Accounts as a person reads them: frozen rows of ready words and places on the axis, in one language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import dates

from marketingos.domain.account import AccountKind
from marketingos.domain.permission import Health, Provider
from marketingos.domain.platform import Platform
from marketingos.services.connection_views import ConnectionsView, ConnectionView, ConsentView, OfferView
from marketingos.services.views import ProductView
from marketingos.text import format_datetime, format_number, format_slot, sentence
from marketingos.ui.theme import PLATFORM_NAMES

NEEDS_HAND: Final = (Health.ENDING, Health.ENDED, Health.REJECTED)
DEAD: Final = (Health.ENDED, Health.REJECTED)
_MARKS = 3
"""Days named on the axis, beside today."""


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A product's mark."""

    id: str
    name: str
    mark: str
    ground: str
    ink: str


NO_BRAND = Brand(id="", name="", mark="package", ground="var(--active)", ink="var(--text-2)")


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A scheduled post on the axis. `left` is a CSS length; `lost` ones would not go out."""

    left: str
    lost: bool
    tip: str


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Sixty days of one account: how far its permission reaches (a CSS length), whether its end is in sight, and what
    is scheduled. `spoken` says all of it in words."""

    width: str = "100%"
    level: str = "working"
    ends: bool = False
    dots: tuple[Dot, ...] = ()
    spoken: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """An account. `health` chooses icon and colour of `word`; `address` is where it is reconnected."""

    id: int = 0
    platform: str = ""
    name: str = ""
    kind: str = ""
    brand: Brand = NO_BRAND
    square: bool = False
    products: tuple[Brand, ...] = ()
    health: str = Health.WORKING.value
    word: str = ""
    note: str = ""
    missing: str = ""
    tip: str = ""
    axis: Axis = field(default_factory=Axis)
    urgent: bool = False
    address: str = ""
    creator: bool = False
    audience: str = ""
    audience_note: str = ""
    private_only: bool = False
    waiting: int = 0
    paused: bool = False
    pause_id: int = 0
    rest: str = ""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A post that would not go out, and where it is."""

    address: str
    title: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """The one thing about accounts that cannot wait: a sentence, what it means, which posts, and where it is mended."""

    kind: str = ""
    title: str = ""
    detail: str = ""
    address: str = ""
    posts: tuple[Lost, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to connect accounts; `ready` when our app is set up for it."""

    provider: str
    address: str
    ready: bool


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An account to choose or not."""

    key: str
    platform: str
    name: str
    kind: str
    note: str
    chosen: bool
    possible: bool


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """In which language, and where in time."""

    language: str
    zone: str
    now: datetime

    def say(self, key: str, **values: Any) -> str:
        return sentence(key, self.language, **values)

    def moment(self, at: datetime) -> str:
        return format_datetime(at, self.language, self.zone)

    def day(self, at: datetime) -> str:
        """`12 dic`."""
        local = at.astimezone(ZoneInfo(self.zone)).date()
        return dates.format_date(local, "d MMM", locale=self.language).replace(".", "")

    def long_day(self, at: datetime) -> str:
        """`1 de diciembre`."""
        local = at.astimezone(ZoneInfo(self.zone)).date()
        pattern = "d 'de' MMMM" if self.language == "es" else "d MMMM"
        return dates.format_date(local, pattern, locale=self.language)


# -- the table ---------------------------------------------------------------------------------------------------------


def rows(view: ConnectionsView, speaker: Speaker) -> tuple[Row, ...]:
    """Every account."""
    return tuple(_row(c, view, speaker) for c in view.rows)


def days(view: ConnectionsView, speaker: Speaker) -> tuple[str, ...]:
    """What stands over the axis: today, and days at equal distances."""
    step = (view.until - view.now) / _MARKS
    named = (speaker.day(view.now + step * n) for n in range(1, _MARKS + 1))
    return (speaker.say("accounts.head.today"), *named)


def summary(view: ConnectionsView, speaker: Speaker) -> str:
    """`9 conectadas, 1 caduca pronto`."""
    counts = {
        "accounts.connected": len(view.rows),
        "accounts.ending": sum(c.health is Health.ENDING for c in view.rows),
        "accounts.dead": sum(c.health in DEAD for c in view.rows),
    }
    return ", ".join(speaker.say(key, n=n) for key, n in counts.items() if n or key == "accounts.connected")


def alarm(view: ConnectionsView, speaker: Speaker) -> Alarm:
    """The worst there is: a dead permission with posts waiting, then one that ends before a scheduled post."""
    worst = max(view.rows, key=lambda c: (c.health in DEAD, len(c.lost)), default=None)
    if worst is None or not (worst.health in DEAD or worst.lost):
        return Alarm()
    name, address, stopped = _spoken_name(worst, speaker), _reconnect(worst), _lost(worst, speaker)
    if worst.health in DEAD:
        held = "accounts.banner.held" if worst.due else "accounts.banner.nothing"
        title = speaker.say("accounts.banner.dead", name=name)
        return Alarm(
            kind="stopped", title=title, detail=speaker.say(held, n=len(worst.due)), address=address, posts=stopped
        )
    title = speaker.say("accounts.banner.ends", name=name, when=speaker.long_day(worst.ends_at or view.now))
    detail = speaker.say("accounts.banner.lost", n=len(worst.lost))
    return Alarm(kind="needs", title=title, detail=detail, address=address, posts=stopped)


def _lost(connection: ConnectionView, speaker: Speaker) -> tuple[Lost, ...]:
    return tuple(
        Lost(address=f"/?post={due.post_id}", title=due.title, when=speaker.moment(due.at))
        for due in connection.lost_posts
    )


def _row(connection: ConnectionView, view: ConnectionsView, speaker: Speaker) -> Row:
    account = connection.account
    brands = tuple(map(brand, connection.products))
    return Row(
        id=account.id,
        platform=account.platform.value,
        name=_name(connection),
        kind=speaker.say(f"accounts.kind.{connection.kind.value}"),
        brand=brands[0] if brands else NO_BRAND,
        square=connection.kind is AccountKind.ORGANIZATION,
        products=brands,
        health=connection.health.value,
        word=_word(connection, speaker),
        note=_note(connection, speaker),
        missing=_missing(connection.missing, speaker),
        tip=_checked(connection, speaker),
        axis=_axis(connection, view, speaker),
        urgent=connection.health in NEEDS_HAND,
        address=_reconnect(connection),
        creator=account.platform is Platform.TIKTOK,
        audience=_audience(connection, speaker),
        audience_note=_audience_note(connection, speaker),
        private_only=connection.private_only,
        waiting=len(connection.due),
        paused=connection.paused,
        pause_id=connection.pause_id or 0,
        rest=_rest(connection, speaker),
    )


def brand(product: ProductView) -> Brand:
    """A product's mark on its ground."""
    ground, *more = product.palette
    return Brand(
        id=str(product.id), name=product.name, mark=product.mark, ground=ground, ink=more[0] if more else "#ffffff"
    )


def _name(connection: ConnectionView) -> str:
    """As its platform calls it: handles where those are what people know."""
    account = connection.account
    if account.handle and account.platform in (Platform.INSTAGRAM, Platform.TIKTOK):
        return f"@{account.handle}" if account.platform is Platform.TIKTOK else account.handle
    return account.name


def _spoken_name(connection: ConnectionView, speaker: Speaker) -> str:
    """`LinkedIn de FacturaClara`."""
    platform = PLATFORM_NAMES[connection.account.platform]
    return speaker.say("accounts.banner.name", platform=platform, name=connection.account.name)


def _reconnect(connection: ConnectionView) -> str:
    return f"/oauth/{connection.provider.value}/start?account={connection.account.id}"


# -- health ------------------------------------------------------------------------------------------------------------


def _word(connection: ConnectionView, speaker: Speaker) -> str:
    if connection.health is not Health.ENDING:
        return speaker.say(f"accounts.health.{connection.health.value}")
    left = (connection.ends_at or speaker.now) - speaker.now
    if left < timedelta(days=1):
        return speaker.say("accounts.health.ending_hours", n=max(int(left / timedelta(hours=1)), 1))
    return speaker.say("accounts.health.ending", n=left.days)


def _note(connection: ConnectionView, speaker: Speaker) -> str:
    """Until when, and what it covers."""
    if connection.health is Health.REJECTED:
        return speaker.say(connection.reason or "error.token_rejected")
    if connection.health in (Health.ENDING, Health.ENDED):
        return speaker.say("accounts.until.date", when=speaker.moment(connection.ends_at or speaker.now))
    if connection.kind is AccountKind.CREATOR and connection.health is Health.WORKING:
        return _until(connection, speaker)  # beside it stands who sees the posts
    return f"{_until(connection, speaker)} · {_scopes(connection, speaker)}"


def _rest(connection: ConnectionView, speaker: Speaker) -> str:
    """Why nothing new goes out for it now, and when it goes on."""
    if not (connection.resting_until and connection.rest_reason):
        return ""
    at = format_slot(connection.resting_until, speaker.now, speaker.language, speaker.zone)
    return speaker.say(connection.rest_reason, platform=PLATFORM_NAMES[connection.account.platform], at=at)


def _until(connection: ConnectionView, speaker: Speaker) -> str:
    if connection.renews:
        return speaker.say("accounts.until.renews")
    if connection.ends_at is None:
        return speaker.say("accounts.until.none")
    return speaker.say("accounts.until.date", when=speaker.day(connection.ends_at))


def _scopes(connection: ConnectionView, speaker: Speaker) -> str:
    if not (connection.granted or connection.missing):
        return speaker.say("accounts.scopes.unknown")
    total = len(connection.granted) + len(connection.missing)
    return speaker.say("accounts.scopes", granted=len(connection.granted), n=total)


def _missing(scopes: Sequence[str], speaker: Speaker) -> str:
    names = ", ".join(dict.fromkeys(speaker.say(f"scope.{scope}") for scope in scopes))
    return speaker.say("accounts.scopes.missing", names=names) if names else ""


def _checked(connection: ConnectionView, speaker: Speaker) -> str:
    facts = [speaker.say("accounts.reconnected", when=speaker.day(connection.connected_at))]
    if connection.checked_at:
        when = format_slot(connection.checked_at, speaker.now, speaker.language, speaker.zone)
        facts.append(speaker.say("accounts.checked", when=when))
    return " · ".join(facts)


# -- the axis ----------------------------------------------------------------------------------------------------------


def _axis(connection: ConnectionView, view: ConnectionsView, speaker: Speaker) -> Axis:
    place = _places(view)
    dead = connection.health in DEAD
    end = connection.ends_at
    in_sight = not dead and end is not None and end < view.until
    lost = set(connection.lost)
    return Axis(
        width="0%" if dead else place(end) if in_sight and end else "100%",
        level="dead" if dead else "ending" if connection.health is Health.ENDING else "working",
        ends=in_sight,
        dots=tuple(Dot(left=place(at), lost=at in lost, tip=speaker.moment(at)) for at in connection.due),
        spoken=_spoken(connection, speaker),
    )


def _places(view: ConnectionsView) -> Callable[[datetime], str]:
    """Moments as places between the two ends of the axis."""
    span = view.until - view.now

    def place(at: datetime) -> str:
        return f"{min(max((at - view.now) / span, 0.0), 1.0) * 100:.2f}%"

    return place


def _spoken(connection: ConnectionView, speaker: Speaker) -> str:
    words = [speaker.say("accounts.axis", n=len(connection.due))]
    if connection.lost:
        words.append(speaker.say("accounts.axis.lost", n=len(connection.lost)))
    return ", ".join(words)


# -- TikTok's audience -------------------------------------------------------------------------------------------------


def _audience(connection: ConnectionView, speaker: Speaker) -> str:
    return speaker.say(f"post.privacy.{connection.audience}") if connection.audience else ""


def _audience_note(connection: ConnectionView, speaker: Speaker) -> str:
    if not connection.audience:
        return speaker.say("accounts.audience.unchosen")
    if connection.audience_at is None:
        return ""
    when = speaker.moment(connection.audience_at)
    return speaker.say("accounts.audience.chosen", name=connection.audience_by, when=when)


# -- connecting --------------------------------------------------------------------------------------------------------


def ways(view: ConnectionsView) -> tuple[Way, ...]:
    """How accounts are connected."""
    return tuple(Way(provider=p.value, address=f"/oauth/{p.value}/start", ready=p in view.configured) for p in Provider)


def offers(consent: ConsentView, speaker: Speaker) -> tuple[Offer, ...]:
    """What there is to choose from; all that can be connected is chosen to begin with."""
    return tuple(_offer(offer, speaker) for offer in consent.offers)


def problem(consent: ConsentView, speaker: Speaker) -> str:
    """What went wrong, with what is missing by name."""
    if consent.problem is None:
        return ""
    said = speaker.say(consent.problem, **dict(consent.details))
    missing = _missing(consent.details.get("missing") or (), speaker)
    return f"{said} {missing}." if missing else said


def _offer(offer: OfferView, speaker: Speaker) -> Offer:
    return Offer(
        key=offer.key,
        platform=offer.platform.value,
        name=offer.name,
        kind=speaker.say(f"accounts.kind.{offer.kind.value}"),
        note=_offer_note(offer, speaker),
        chosen=offer.obstacle is None,
        possible=offer.obstacle is None,
    )


def _offer_note(offer: OfferView, speaker: Speaker) -> str:
    if offer.obstacle:
        return f"{speaker.say(offer.obstacle)} {_missing(offer.missing, speaker)}".strip()
    if offer.connected:
        return speaker.say("accounts.offer.known")
    if offer.followers is None:
        return ""
    return speaker.say("accounts.followers", n=format_number(offer.followers, speaker.language))
