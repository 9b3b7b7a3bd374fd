"""Products: what the organisation sells, and the three that the sandbox world begins with."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from importlib.resources import files
from typing import Any

from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, reading, session
from marketingos.domain.platform import Platform, in_order
from marketingos.domain.product import Fact, Product, Template, Voice
from marketingos.domain.slot import Slot
from marketingos.services import audit
from marketingos.services.views import ProductView

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DEMO = files("marketingos.services") / "demo"


async def list_products(active_only: bool = False) -> tuple[ProductView, ...]:
    """The products that are not archived, by name."""
    statement = select(Product).where(col(Product.archived_at).is_(None)).order_by(Product.name)
    if active_only:
        statement = statement.where(col(Product.active))
    async with reading() as s:
        return tuple(view_of(row) for row in (await s.exec(statement)).all())


async def facts_of(s: AsyncSession, product_id: int, today: date) -> tuple[Fact, ...]:
    """What may be claimed of a product today, in the order of the sheet."""
    rows = (await s.exec(select(Fact).where(Fact.product_id == product_id).order_by(col(Fact.id)))).all()
    return tuple(row for row in rows if row.valid_until is None or row.valid_until >= today)


async def seed_demo() -> tuple[ProductView, ...]:
    """Makes the demo products that are missing, active, with their facts and slots; answers all three."""
    async with session() as s:
        rows = [await _ensure(s, sheet) for sheet in _sheets()]
    return tuple(view_of(row) for row in rows)


def view_of(row: Product) -> ProductView:
    """The product as lists and headers show it."""
    assert row.id is not None
    return ProductView(
        id=row.id,
        name=row.name,
        mark=row.template.mark,
        palette=row.template.palette,
        active=row.active,
        website=row.website,
        language=row.language,
        timezone=row.timezone,
    )


def _sheets() -> Iterator[Mapping[str, Any]]:
    for file in sorted(_DEMO.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            yield tomllib.loads(file.read_text("utf-8"))


async def _ensure(s: AsyncSession, sheet: Mapping[str, Any]) -> Product:
    known = (await s.exec(select(Product).where(Product.name == sheet["name"]))).first()
    if known:
        return known
    plain: dict[str, Any] = {name: value for name, value in sheet.items() if isinstance(value, str)}
    made = Product(
        **plain,
        voice=Voice(**sheet["voice"]),
        template=Template(**sheet["template"]),
        active=True,
        created_at=clock.now(),
    )
    s.add(made)
    await s.flush()
    s.add_all(_facts(sheet, made.id or 0))
    s.add_all(_slots(sheet, made.id or 0))
    audit.note(s, audit.SYSTEM, "product.add", f"product:{made.id}", name=made.name)
    return made


def _facts(sheet: Mapping[str, Any], product_id: int) -> Iterator[Fact]:
    for code, claim in sheet["facts"].items():
        yield Fact(product_id=product_id, code=code, claim=claim)


def _slots(sheet: Mapping[str, Any], product_id: int) -> Iterator[Slot]:
    for slot in sheet["slots"]:
        yield Slot(
            product_id=product_id,
            weekday=_WEEKDAYS.index(slot["weekday"]),
            local_time=time.fromisoformat(slot["time"]),
            platforms=in_order([Platform(name) for name in slot["platforms"]]),
        )
