"""Saving products: whole, by version, by role; and what their accounts and slots keep."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlmodel import select

from marketingos import db
from marketingos.domain.audit import AuditEntry
from marketingos.domain.product import Fact, Product
from marketingos.domain.sheet import ProductSheet
from marketingos.domain.slot import Slot
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, NotFound, Refused
from marketingos.services import accounts, archiving, portfolio, products
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")

MONDAY = {"weekday": "monday", "time": "09:30", "platforms": ["facebook"]}
FRIDAY = {"weekday": "friday", "time": "18:00", "platforms": ["instagram", "tiktok"]}


async def made(**data: Any) -> products.Saved:
    return await products.create(await stage.person(Role.ADMIN), {"name": "AulaPlus", **data})


async def sheet(product_id: int) -> ProductSheet:
    async with db.reading() as s:
        return await products.sheet_of(s, await s.get_one(Product, product_id))


def changed(of: ProductSheet, **data: Any) -> Mapping[str, Any]:
    return {**of.model_dump(), **data}


async def test_a_product_says_what_was_saved() -> None:
    """Everything that a sheet holds comes back from the rows, and the product waits to be activated."""
    data = {
        "name": "AulaPlus",
        "description": "Gestión de academias",
        "website": "https://aulaplus.es",
        "timezone": "America/Bogota",
        "country": "MX",
        "posts_per_week": 3,
        "ai_budget_month": 12.5,
        "voice": {
            "tone": "cercano",
            "banned_words": ["barato"],
            "competitors": ["Classter"],
            "contacts": ["910 000 000"],
        },
        "template": {"hooks": ["Otra vez día 5"], "palette": ["#112233", "#FFFFFF", "#AA5500"]},
        "facts": [{"claim": "Desde 19 € al mes", "kind": "price", "source": "aulaplus.es/precios"}],
        "slots": [FRIDAY, MONDAY],
    }
    saved = await products.create(await stage.person(), data)
    assert await sheet(saved.product_id) == ProductSheet.model_validate(data)
    assert not (await products.list_products())[0].active


async def test_what_is_wrong_is_told_and_nothing_is_saved() -> None:
    """All problems at once, each with its field; the name is unique among archived products too."""
    told = await made(name="", website="no es un sitio")
    assert {p.name: p.key for p in told.problems} == {"name": "sheet.missing", "website": "sheet.bad_site"}
    assert await products.list_products() == ()


async def test_a_name_is_taken_once() -> None:
    """Neither a second product nor a renamed one gets the name of another, even of an archived one."""
    admin = await stage.person()
    first = await products.create(admin, {"name": "Uno"})
    second = await products.create(admin, {"name": "Dos"})
    again = await products.save(admin, second.product_id, {"name": "Uno"}, second.version)
    assert [p.key for p in again.problems] == ["sheet.name_taken"]
    await archiving.archive(admin, first.product_id)
    assert [p.key for p in (await products.create(admin, {"name": "Uno"})).problems] == ["sheet.name_archived"]


async def test_nobody_overwrites_what_they_have_not_seen() -> None:
    """Of two who save from the same version one is refused, at whatever moment; what the other saved stands."""
    admin = await stage.person()
    first = await products.create(admin, {"name": "AulaPlus"})
    tries = [products.save(admin, first.product_id, {"name": "AulaPlus", "usp": usp}, first.version) for usp in "ab"]
    done = await asyncio.gather(*tries, return_exceptions=True)
    refused = [d for d in done if isinstance(d, Refused)]
    assert [r.key for r in refused] == ["product.stale"]
    [kept] = [d for d in done if isinstance(d, products.Saved)]
    assert kept.version == first.version + 1
    assert (await sheet(first.product_id)).usp in ("a", "b")


async def test_saving_nothing_new_is_no_save() -> None:
    """The version and the record stay as they are."""
    admin = await stage.person()
    first = await products.create(admin, {"name": "AulaPlus"})
    again = await products.save(admin, first.product_id, {"name": "AulaPlus"}, first.version)
    assert again.version == first.version


async def test_a_save_of_something_else_keeps_the_contacts() -> None:
    """Numbers and addresses that posts may give, and the country, are no part of what a save forgets."""
    saved = await made(country="ES", voice={"contacts": ["hola@aulaplus.es", "@aulaplus"]})
    before = await sheet(saved.product_id)
    laura = await stage.person(Role.EDITOR)
    await products.save(laura, saved.product_id, changed(before, usp="otra"), saved.version)
    async with db.reading() as s:
        row = await s.get_one(Product, saved.product_id)
    assert (row.country, row.voice.contacts) == ("ES", ("hola@aulaplus.es", "@aulaplus"))


async def test_a_slot_that_stays_keeps_its_row() -> None:
    """Posts name the slot they fill, so only what moved is new."""
    admin = await stage.person()
    first = await products.create(admin, {"name": "AulaPlus", "slots": [MONDAY, FRIDAY]})
    async with db.reading() as s:
        before = {slot.weekday: slot.id for slot in (await s.exec(select(Slot))).all()}
    moved = {**FRIDAY, "time": "19:00"}
    shown = {**MONDAY, "platforms": ["facebook", "linkedin"]}
    await products.save(admin, first.product_id, {"name": "AulaPlus", "slots": [shown, moved]}, first.version)
    async with db.reading() as s:
        after = {slot.weekday: slot for slot in (await s.exec(select(Slot))).all()}
    assert after[0].id == before[0]
    assert [p.value for p in after[0].platforms] == ["facebook", "linkedin"]
    assert after[4].local_time.hour == 19


async def test_facts_keep_their_codes_and_their_order() -> None:
    """Taking one away, changing one and adding one leaves the codes of the others alone."""
    admin = await stage.person()
    first = await products.create(admin, {"name": "A", "facts": [{"claim": c} for c in ("uno", "dos", "tres")]})
    now = await sheet(first.product_id)
    facts = [now.facts[2].model_dump(), {**now.facts[0].model_dump(), "claim": "UNO"}, {"claim": "cuatro"}]
    await products.save(admin, first.product_id, changed(now, facts=facts), first.version)
    after = (await sheet(first.product_id)).facts
    assert [(f.code, f.claim) for f in after] == [("F3", "tres"), ("F1", "UNO"), ("F4", "cuatro")]
    async with db.reading() as s:
        assert len((await s.exec(select(Fact))).all()) == 3


async def test_money_and_accounts_are_for_who_administers() -> None:
    """An editor saves words, not a budget, an account or what is active; a viewer saves nothing."""
    admin, editor = await stage.person(Role.ADMIN), await stage.person(Role.EDITOR)
    product_id = await stage.product()
    now = await products.detail(admin, product_id)
    with pytest.raises(Forbidden):
        await products.save(editor, product_id, changed(now.sheet, ai_budget_month=50), now.version)
    with pytest.raises(Forbidden):
        await products.save(editor, product_id, changed(now.sheet, accounts=()), now.version)
    with pytest.raises(Forbidden):
        await products.set_active(editor, product_id, False)
    with pytest.raises(Forbidden):
        await products.save(await stage.person(Role.VIEWER), product_id, changed(now.sheet, usp="x"), now.version)
    saved = await products.save(editor, product_id, changed(now.sheet, usp="nuevo"), now.version)
    assert saved.version == now.version + 1


async def test_accounts_are_linked_by_what_they_are() -> None:
    """A sheet names accounts as the platform does; a link changed elsewhere meanwhile makes an open sheet stale."""
    admin, product_id = await stage.person(), await stage.product()
    now = await products.detail(admin, product_id)
    assert len(now.sheet.accounts) == 4
    kept = now.sheet.accounts[:1]
    await products.save(admin, product_id, changed(now.sheet, accounts=kept), now.version)
    assert (await sheet(product_id)).accounts == kept
    now = await products.detail(admin, product_id)
    facebook = next(a for a in await accounts.list_accounts() if a.platform == "facebook")
    await accounts.set_products(admin, facebook.id, [product_id])
    with pytest.raises(Refused, match=r"product\.stale"):
        await products.save(admin, product_id, changed(now.sheet, usp="x"), now.version)


async def test_every_change_is_on_record() -> None:
    """Who did what to which product, and which fields."""
    admin = await stage.person()
    first = await products.create(admin, {"name": "A"})
    await products.save(admin, first.product_id, {"name": "A", "voice": {"tone": "seco"}}, first.version)
    await products.set_active(admin, first.product_id, True)
    async with db.reading() as s:
        rows = (await s.exec(select(AuditEntry).where(AuditEntry.actor == admin.email).order_by(AuditEntry.id))).all()  # type: ignore[arg-type]
    assert [(r.action, r.detail.get("fields")) for r in rows] == [
        ("product.add", None), ("product.edit", ["voice.tone"]), ("product.activate", None),
    ]  # fmt: skip


async def test_what_is_not_there_is_not_found() -> None:
    """Neither read nor saved."""
    admin = await stage.person()
    with pytest.raises(NotFound):
        await products.detail(admin, 4711)
    with pytest.raises(NotFound):
        await products.save(admin, 4711, {"name": "A"}, 1)


async def test_the_page_counts_what_waits() -> None:
    """What is planned next, what waits for a person, and how many posts a week the slots and the pace allow."""
    admin, product_id = await stage.person(), await stage.product()
    await stage.post(product_id)
    before = await portfolio.revision()
    now = await products.detail(admin, product_id)
    await products.save(admin, product_id, changed(now.sheet, slots=[MONDAY, FRIDAY], posts_per_week=1), now.version)
    page = await portfolio.overview(admin)
    [row] = page.holdings
    assert (row.to_approve, row.per_week, len(row.platforms)) == (1, 1, 4)
    assert row.next_at is not None
    assert page.revision != before
