"""Products: the demo sheets become rows, once, and are complete."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import func, select

from marketingos import db
from marketingos.domain import check
from marketingos.domain.platform import Platform
from marketingos.domain.product import Fact, Product
from marketingos.domain.slot import Slot
from marketingos.services import checking, products

pytestmark = pytest.mark.usefixtures("database")


async def count(table: type) -> int:
    async with db.reading() as s:
        return (await s.exec(select(func.count()).select_from(table))).one()


async def test_the_demo_products_are_there_once() -> None:
    """Seeding twice makes three products, not six."""
    first = await products.seed_demo()
    second = await products.seed_demo()
    assert [p.name for p in first] == ["FacturaClara", "PulsoFit", "ReservasPro"]
    assert [p.id for p in first] == [p.id for p in second]
    assert await count(Product) == 3
    assert await count(Slot) == 16


async def test_every_demo_sheet_is_complete() -> None:
    """Each has a voice, a template, six to ten facts, and four to six slots that serve every platform."""
    for view in await products.seed_demo():
        async with db.reading() as s:
            row = await s.get_one(Product, view.id)
            facts = (await s.exec(select(Fact).where(Fact.product_id == view.id))).all()
            slots = (await s.exec(select(Slot).where(Slot.product_id == view.id))).all()
        assert len(row.template.hooks) >= 8
        assert row.template.hashtags
        assert row.template.calls_to_action
        assert row.template.visual_style
        assert len(row.template.palette) == 3
        assert row.voice.tone
        assert row.voice.banned_words
        assert [f.code for f in facts] == [f"F{n}" for n in range(1, len(facts) + 1)]
        assert 6 <= len(facts) <= 10
        assert 4 <= len(slots) <= 6
        assert {p for slot in slots for p in slot.platforms} == set(Platform)


async def test_the_demo_sheets_pass_our_own_checks() -> None:
    """Their hooks and calls say no banned word and lead to no foreign site."""
    for view in await products.seed_demo():
        async with db.reading() as s:
            row = await s.get_one(Product, view.id)
        book = checking.book_of(row, ())
        for line in (*row.template.hooks, *row.template.calls_to_action):
            assert check.banned_in(line, book.banned_words) == ()
            assert check.foreign_links(line, book.website) == ()


async def test_active_ones_can_be_asked_for() -> None:
    """Archived products are never listed, inactive ones only when asked for all."""
    ids = {p.name: p.id for p in await products.seed_demo()}
    async with db.session() as s:
        (await s.get_one(Product, ids["PulsoFit"])).active = False
        gone = await s.get_one(Product, ids["FacturaClara"])
        gone.archived_at = gone.created_at
    assert [p.name for p in await products.list_products()] == ["PulsoFit", "ReservasPro"]
    assert [p.name for p in await products.list_products(active_only=True)] == ["ReservasPro"]


async def test_facts_end() -> None:
    """A fact that is no longer valid may not be claimed; on its last day it still may."""
    ids = {p.name: p.id for p in await products.seed_demo()}
    async with db.session() as s:
        fact = (await s.exec(select(Fact).where(Fact.product_id == ids["PulsoFit"], Fact.code == "F4"))).one()
        fact.valid_until = date(2026, 12, 31)
    async with db.reading() as s:
        last = await products.facts_of(s, ids["PulsoFit"], date(2026, 12, 31))
        after = await products.facts_of(s, ids["PulsoFit"], date(2027, 1, 1))
    assert "F4" in {f.code for f in last}
    assert "F4" not in {f.code for f in after}
