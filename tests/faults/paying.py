"""Cycles in a world of processes: products to write for, a witness within the database, and the verdict on the money.

The witness is a trigger: every change of the costs is seen in its transaction, with who made it, so that the verdict
knows the sums of every moment and not only of those at which a test looked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import text, update
from sqlalchemy.orm import selectinload
from sqlmodel import col, func, select

from marketingos import db
from marketingos.domain.cycle import CycleRun, CycleState, Shortfall, Spend
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Usage
from marketingos.domain.post import Post, Variant
from marketingos.domain.product import Product
from marketingos.domain.sheet import SlotSheet, Weekday
from marketingos.services import accounts, planning, products, spending
from marketingos.settings import get_settings
from tests.services.stage import KINDS

NAMES = ("Alba", "Bruma", "Cala", "Duna", "Encina", "Faro", "Garza", "Haya", "Isla", "Jara")
TIMES = (time(9, 30), time(13, 30), time(18, 30))
PLATFORMS = (Platform.INSTAGRAM, Platform.FACEBOOK, Platform.LINKEDIN)

_WITNESS = """
CREATE TABLE witness (n serial PRIMARY KEY, who text DEFAULT current_setting('application_name'), what text,
    id int, product_id int, cycle_id int, at timestamptz, euro double precision);
CREATE FUNCTION see_spend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO witness (what, id, euro) VALUES ('spend', OLD.id, 0); RETURN OLD;
    END IF;
    INSERT INTO witness (what, id, product_id, cycle_id, at, euro)
        VALUES ('spend', NEW.id, NEW.product_id, NEW.cycle_id, NEW.at, NEW.euro); RETURN NEW;
END $$;
CREATE TRIGGER spend_seen AFTER INSERT OR UPDATE OR DELETE ON spend FOR EACH ROW EXECUTE FUNCTION see_spend();
CREATE FUNCTION see_cycle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness (what, id) VALUES ('cycle', NEW.id); RETURN NEW;
END $$;
CREATE TRIGGER cycle_seen AFTER UPDATE ON cyclerun FOR EACH ROW EXECUTE FUNCTION see_cycle();
"""


async def call_witness() -> None:
    """From now on every change of costs and cycles is seen."""
    async with db.session() as s:
        for statement in _statements(_WITNESS):
            await (await s.connection()).execute(text(statement))


def _statements(script: str) -> Iterator[str]:
    """PostgreSQL's driver takes one at a time; a function's body holds semicolons of its own."""
    rest = script
    while rest.strip():
        end = rest.index("$$;") + 2 if rest.lstrip().startswith("CREATE FUNCTION") else rest.index(";")
        yield rest[:end].replace(":", r"\:")
        rest = rest[end + 1 :]


async def stock(count: int, budget: float | None = None) -> None:
    """`count` active products, and no other, each with accounts and three slots on every day of the week."""
    slots = tuple(SlotSheet(weekday=day, time=at, platforms=PLATFORMS) for day in Weekday for at in TIMES)
    sheets = list(products._demo_sheets())
    async with db.session() as s:
        await s.exec(update(Product).values(active=False))
        for name, sheet in zip(NAMES[:count], sheets * count, strict=False):
            own = {"name": f"{sheet.name} {name}", "external_id": name, "ai_budget_month": budget}
            added = sheet.model_copy(update={**own, "slots": slots, "posts_per_week": None})
            await products.add(s, added, "test", active=True)
    for view in await products.list_products(active_only=True):
        for platform in PLATFORMS:
            await accounts.connect(
                platform=platform,
                kind=KINDS[platform],
                external_id=f"{view.name}-{platform.value}",
                name=view.name,
                token=SecretStr("token"),
                products=(view.name,),
            )


# -- what there is -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, repr=False)
class Scene:
    """What the database holds at one moment."""

    cycles: Sequence[CycleRun]
    posts: Sequence[Post]
    shortfalls: Sequence[Shortfall]
    spends: Sequence[Spend]


async def going() -> Sequence[CycleRun]:
    """The cycles that are not over."""
    over = (CycleState.DONE, CycleState.FAILED)
    async with db.reading() as s:
        return (await s.exec(select(CycleRun).where(col(CycleRun.state).not_in(over)))).all()


async def cycles() -> int:
    """How many there ever were."""
    async with db.reading() as s:
        return (await s.exec(select(func.count()).select_from(CycleRun))).one()


async def scene() -> Scene:
    parts = selectinload(Post.variants).selectinload(Variant.pieces)  # type: ignore[arg-type]
    async with db.reading() as s:
        return Scene(
            cycles=(await s.exec(select(CycleRun).order_by(col(CycleRun.id)))).all(),
            posts=(await s.exec(select(Post).options(parts))).all(),
            shortfalls=(await s.exec(select(Shortfall))).all(),
            spends=(await s.exec(select(Spend).order_by(col(Spend.id)))).all(),
        )


async def gaps(at: datetime) -> set[str]:
    """The slots that a cycle that begins then has to fill."""
    async with db.reading() as s:
        rows = (await s.exec(select(Product).where(col(Product.active)))).all()
        return {gap.slot_key for row in rows for gap in await planning.plan(s, row, at)}


async def at_work() -> str:
    """Who last wrote on a cycle: the name of his connection."""
    last = "SELECT who FROM witness WHERE what = 'cycle' AND who <> '' ORDER BY n DESC LIMIT 1"
    async with db.reading() as s:
        return str((await (await s.connection()).execute(text(last))).scalar() or "")


# -- the verdict -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Paid:
    """The highest sums there ever were, by cap; and the bills that no settled cost stands for."""

    peaks: Mapping[str, float]
    billed: Mapping[str, float]
    lost: Sequence[Mapping[str, Any]]


async def paid(bills: Sequence[Mapping[str, Any]]) -> Paid:
    """What was entered and what was billed, at their heights."""
    seen = "SELECT id, product_id, cycle_id, at, euro FROM witness WHERE what = 'spend' ORDER BY n"
    async with db.reading() as s:
        moves = (await (await s.connection()).execute(text(seen))).all()
    settled = {row.request_id: row for row in (await scene()).spends if row.settled}
    return Paid(
        peaks=_peaks(moves),
        billed=_billed(bills, settled),
        lost=[bill for bill in bills if bill["request"] not in settled],
    )


def _peaks(moves: Sequence[Any]) -> dict[str, float]:
    """Replays the costs one change after the other."""
    rows: dict[int, list[tuple[str, object]]] = {}
    costs: Counter[int] = Counter()
    sums: Counter[tuple[str, object]] = Counter()
    peaks = dict.fromkeys(("day", "month", "cycle", "product"), 0.0)
    for number, product, cycle, at, euro in moves:
        spans = rows.setdefault(number, _spans(at, product, cycle) if at else [])
        for span in spans:
            sums[span] += euro - costs[number]  # type: ignore[assignment]
            peaks[span[0]] = max(peaks[span[0]], sums[span])
        costs[number] = euro
    return peaks


def _spans(at: datetime, product: object = None, cycle: object = None) -> list[tuple[str, object]]:
    """What a cost counts for."""
    day = at.astimezone(ZoneInfo(get_settings().timezone)).date()
    month = day.replace(day=1)
    spans: list[tuple[str, object]] = [("day", day), ("month", month)]
    spans += [("product", (product, month))] if product else []
    return [*spans, ("cycle", cycle)] if cycle else spans


def _billed(bills: Sequence[Mapping[str, Any]], settled: Mapping[str, Spend]) -> dict[str, float]:
    """The highest sums by the sandbox's own count of calls and tokens. A bill that came to nobody counts for the day
    and the month."""
    sums: Counter[tuple[str, object]] = Counter()
    for bill in bills:
        ours = settled.get(bill["request"])
        at = datetime.fromtimestamp(bill["at"], UTC)
        for span in _spans(at, ours and ours.product_id, ours and ours.cycle_id):
            sums[span] += price_of(bill)  # type: ignore[assignment]
    return {kind: max((euro for span, euro in sums.items() if span[0] == kind), default=0.0)
            for kind in ("day", "month", "cycle", "product")}  # fmt: skip


def price_of(bill: Mapping[str, Any]) -> float:
    """Euro for a bill of the sandbox."""
    told = bill["usage"]
    return spending.euro_of(
        Usage(
            provider=bill["service"],
            model=bill["model"],
            purpose="",
            units=told.get("units", 0),
            input_tokens=told.get("input_tokens", 0),
            output_tokens=told.get("output_tokens", 0),
            cache_read_tokens=told.get("cache_read_input_tokens", 0),
            cache_write_tokens=told.get("cache_creation_input_tokens", 0),
        )
    )


def unexplained(now: Scene, planned: set[str]) -> list[str]:
    """Slots that are neither filled nor said to be empty, filled twice, or both; posts without picture or word."""
    filled = Counter(post.slot_key for post in now.posts)
    missing = {row.slot_key for row in now.shortfalls}
    wrong = [f"{key}: filled {count} times" for key, count in filled.items() if count > 1]
    wrong += [f"{key}: nothing said" for key in planned if key not in filled and key not in missing]
    wrong += [f"{key}: filled, and said to be empty" for key in missing if key in filled]
    return wrong + [f"post {post.id}: no picture, nothing said" for post in now.posts if _is_bare(post)]


def _is_bare(post: Post) -> bool:
    wants = any(v.format is not Format.TEXT and not v.media for v in post.variants)
    return wants and post.media_error is None
