"""Products: what the organisation sells, as sheets that are read and saved whole.

A save names the version it was made from, so that nobody undoes what somebody else saved meanwhile. Facts keep their
codes and slots that stay keep their rows: posts refer to both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

from pydantic import ValidationError
from sqlalchemy import or_
from sqlmodel import col, delete, select

from marketingos import clock
from marketingos.db import AsyncSession, reading, session
from marketingos.domain import sheet as sheets_of
from marketingos.domain.account import Account, AccountState, ProductAccount
from marketingos.domain.media import Media
from marketingos.domain.product import Fact, Product, Template, Voice
from marketingos.domain.said import FactUse
from marketingos.domain.sheet import (
    AccountSheet,
    FactSheet,
    Problem,
    ProductSheet,
    SlotSheet,
    TemplateSheet,
    VoiceSheet,
    Weekday,
)
from marketingos.domain.slot import Slot
from marketingos.domain.user import Deed
from marketingos.errors import NotFound, Refused
from marketingos.services import accounts, audit, ledger, sheets
from marketingos.services.people import require
from marketingos.services.views import PersonView, ProductView

_DEMO = files("marketingos.services") / "demo"
_PLAIN = (
    "name", "description", "audience", "usp", "website", "language", "timezone", "country",
    "posts_per_week",
    "late_after_minutes", "ai_budget_month",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ProductDetail:
    """A product with all that is said of it. `version` is what a save of this has to name; `uses` tells how often each
    fact was told, by its code."""

    product: ProductView
    sheet: ProductSheet
    version: int
    archived: bool
    uses: Mapping[str, FactUse] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What came of a save: the product's id and new version, or problems, and then nothing was saved."""

    product_id: int = 0
    version: int = 0
    problems: tuple[Problem, ...] = ()


# -- reading -----------------------------------------------------------------------------------------------------------


async def list_products(active_only: bool = False) -> tuple[ProductView, ...]:
    """The products that are not archived, by name."""
    statement = select(Product).where(col(Product.archived_at).is_(None)).order_by(Product.name)
    if active_only:
        statement = statement.where(col(Product.active))
    async with reading() as s:
        return tuple(view_of(row) for row in (await s.exec(statement)).all())


async def detail(actor: PersonView, product_id: int) -> ProductDetail:
    """Everything about a product; `NotFound`."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        row = await s.get(Product, product_id)
        if row is None:
            raise NotFound()
        return ProductDetail(
            product=view_of(row),
            sheet=await sheet_of(s, row),
            version=row.version,
            archived=row.archived_at is not None,
            uses=await ledger.uses(s, product_id),
        )


async def facts_of(s: AsyncSession, product_id: int, today: date) -> tuple[Fact, ...]:
    """What may be claimed of a product today, in the order of the sheet."""
    rows = (await s.exec(select(Fact).where(Fact.product_id == product_id).order_by(col(Fact.id)))).all()
    return tuple(row for row in rows if row.valid_until is None or row.valid_until >= today)


async def sheet_of(s: AsyncSession, row: Product) -> ProductSheet:
    """What is said of a product, as one value."""
    mine = row.id or 0
    facts = (await s.exec(select(Fact).where(Fact.product_id == mine).order_by(col(Fact.id)))).all()
    slots = (await s.exec(select(Slot).where(Slot.product_id == mine))).all()
    linked = (await accounts.accounts_of(s, [mine]))[mine]
    days = list(Weekday)
    return ProductSheet.model_construct(
        **{name: getattr(row, name) for name in _PLAIN},
        external_id=row.external_id or "",
        voice=VoiceSheet.model_construct(**dict(row.voice)),
        template=TemplateSheet.model_construct(**dict(row.template)),
        facts=tuple(FactSheet.model_construct(**_fields(fact, FactSheet.model_fields)) for fact in facts),
        slots=sheets_of.in_the_week(
            tuple(
                SlotSheet.model_construct(weekday=days[slot.weekday], time=slot.local_time, platforms=slot.platforms)
                for slot in slots
            )
        ),
        accounts=sheets_of.accounts_once(
            tuple(AccountSheet.model_construct(platform=a.platform, id=a.external_id) for a in linked)
        ),
    )


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


# -- saving ------------------------------------------------------------------------------------------------------------


async def create(actor: PersonView, data: Mapping[str, Any]) -> Saved:
    """A new product, inactive until somebody activates it."""
    require(actor, Deed.EDIT)
    wanted = check(data)
    if isinstance(wanted, tuple):
        return Saved(problems=wanted)
    async with session() as s:
        if problem := await taken(s, wanted, None):
            return Saved(problems=(problem,))
        _refuse_beyond_role(actor, ProductSheet(name=wanted.name), wanted)
        row = await add(s, wanted, actor.email)
    return Saved(product_id=row.id or 0, version=row.version)


async def save(actor: PersonView, product_id: int, data: Mapping[str, Any], version: int) -> Saved:
    """Puts a whole sheet in the place of the one that `version` was.

    `Refused("product.stale")` when somebody saved in between, `Refused("product.archived")`, `NotFound`; `Forbidden`
    when budget or accounts change and the person does not administer.
    """
    require(actor, Deed.EDIT)
    wanted = check(data)
    if isinstance(wanted, tuple):
        return Saved(problems=wanted)
    async with session() as s:
        row = await locked(s, product_id)
        if row.archived_at is not None:
            raise Refused("product.archived")
        if row.version != version:
            raise Refused("product.stale")
        if problem := await taken(s, wanted, row):
            return Saved(problems=(problem,))
        before = await sheet_of(s, row)
        _refuse_beyond_role(actor, before, wanted)
        await put(s, row, before, wanted, actor.email)
    return Saved(product_id=product_id, version=row.version)


async def set_active(actor: PersonView, product_id: int, active: bool) -> None:
    """Whether cycles write for a product. What is planned already stays and goes out as it was approved."""
    require(actor, Deed.ADMINISTER)
    async with session() as s:
        row = await locked(s, product_id)
        if row.archived_at is not None:
            raise Refused("product.archived")
        if row.active != active:
            row.active, row.version = active, row.version + 1
            audit.note(s, actor.email, "product.activate" if active else "product.rest", f"product:{product_id}")


def check(data: Mapping[str, Any]) -> ProductSheet | tuple[Problem, ...]:
    """The sheet that some values make, or everything that is wrong with them."""
    try:
        return ProductSheet.model_validate(data)
    except ValidationError as error:
        return sheets_of.problems(error)


async def locked(s: AsyncSession, product_id: int) -> Product:
    """A product, locked against other saves; `NotFound`."""
    row = (await s.exec(select(Product).where(Product.id == product_id).with_for_update())).first()
    if row is None:
        raise NotFound()
    return row


async def taken(s: AsyncSession, wanted: ProductSheet, row: Product | None) -> Problem | None:
    """Whether another product has the name (archived ones keep theirs)."""
    same = (await s.exec(select(Product).where(Product.name == wanted.name))).first()
    if same is None or (row is not None and same.id == row.id):
        return None
    return Problem(path=("name",), key="sheet.name_archived" if same.archived_at else "sheet.name_taken")


async def add(s: AsyncSession, wanted: ProductSheet, by: str, *, active: bool = False) -> Product:
    """A new row with all its parts, in the caller's transaction."""
    row = Product(name=wanted.name, active=active, created_at=clock.now(), external_id=wanted.external_id or None)
    s.add(row)
    _fill(row, wanted)
    await s.flush()
    await _put_parts(s, row, await sheet_of(s, row), wanted)
    audit.note(s, by, "product.add", f"product:{row.id}", name=row.name)
    return row


async def put(s: AsyncSession, row: Product, before: ProductSheet, wanted: ProductSheet, by: str) -> None:
    """The wanted sheet in the place of the one before, in the caller's transaction; nothing when they are the same."""
    changed = [difference.name for difference in sheets_of.differences(before, wanted)]
    if not changed:
        return
    _fill(row, wanted)
    row.external_id = wanted.external_id or row.external_id
    await _put_parts(s, row, before, wanted)
    row.version += 1
    audit.note(s, by, "product.edit", f"product:{row.id}", fields=changed)


async def unknown_accounts(s: AsyncSession, wanted: ProductSheet) -> tuple[AccountSheet, ...]:
    """Those accounts of a sheet that are not connected here."""
    known = await _connected(s, wanted.accounts)
    return tuple(account for account in wanted.accounts if account not in known)


async def has_logo(s: AsyncSession, wanted: ProductSheet) -> bool:
    """Whether the sheet's logo, if it names one, is a picture that is stored here."""
    logo = wanted.template.logo
    return not logo or (await s.exec(select(Media.id).where(Media.name == logo))).first() is not None


def _refuse_beyond_role(actor: PersonView, before: ProductSheet, wanted: ProductSheet) -> None:
    """What costs money or opens a door is for who administers."""
    if (before.ai_budget_month, before.accounts) != (wanted.ai_budget_month, wanted.accounts):
        require(actor, Deed.ADMINISTER)


def columns_of(wanted: ProductSheet) -> dict[str, Any]:
    """What a sheet puts into a product's own row."""
    plain = {name: getattr(wanted, name) for name in _PLAIN}
    return {**plain, "voice": Voice(**dict(wanted.voice)), "template": Template(**dict(wanted.template))}


def _fill(row: Product, wanted: ProductSheet) -> None:
    for name, value in columns_of(wanted).items():
        setattr(row, name, value)


async def _put_parts(s: AsyncSession, row: Product, before: ProductSheet, wanted: ProductSheet) -> None:
    if not await has_logo(s, wanted):
        row.template = row.template.model_copy(update={"logo": before.template.logo})
    await _put_facts(s, row.id or 0, wanted.facts)
    await _put_slots(s, row.id or 0, wanted.slots)
    if before.accounts != wanted.accounts:
        await _put_accounts(s, row.id or 0, wanted.accounts)


async def _put_facts(s: AsyncSession, product_id: int, wanted: Sequence[FactSheet]) -> None:
    """Rows are read in the order of their ids, so facts that changed places are written anew."""
    rows = (await s.exec(select(Fact).where(Fact.product_id == product_id).order_by(col(Fact.id)))).all()
    stays = [row.code for row in rows] == [fact.code for fact in wanted][: len(rows)]
    known = {row.code: row for row in rows} if stays else {}
    if not stays:
        await s.exec(delete(Fact).where(col(Fact.product_id) == product_id))
    for fact in wanted:
        row = known.get(fact.code) or Fact(product_id=product_id, code=fact.code, claim=fact.claim)
        row.kind, row.claim, row.source, row.valid_until = fact.kind, fact.claim, fact.source, fact.valid_until
        s.add(row)
        await s.flush()


async def _put_slots(s: AsyncSession, product_id: int, wanted: Sequence[SlotSheet]) -> None:
    rows = (await s.exec(select(Slot).where(Slot.product_id == product_id))).all()
    known = {(row.weekday, row.local_time): row for row in rows}
    for slot in wanted:
        place = (slot.weekday.number, slot.time)
        row = known.pop(place, None) or Slot(product_id=product_id, weekday=place[0], local_time=place[1])
        row.platforms = slot.platforms
        s.add(row)
    for gone in known.values():
        await s.delete(gone)


async def _put_accounts(s: AsyncSession, product_id: int, wanted: Sequence[AccountSheet]) -> None:
    known = await _connected(s, wanted)
    await s.exec(delete(ProductAccount).where(col(ProductAccount.product_id) == product_id))
    s.add_all(ProductAccount(product_id=product_id, account_id=account_id) for account_id in known.values())


async def _connected(s: AsyncSession, wanted: Sequence[AccountSheet]) -> Mapping[AccountSheet, int]:
    """The accounts of a sheet that are connected here, with their ids."""
    named = select(Account).where(col(Account.external_id).in_([account.id for account in wanted]))
    rows = (await s.exec(named.where(Account.state != AccountState.REMOVED))).all()
    found = {AccountSheet(platform=row.platform, id=row.external_id): row.id or 0 for row in rows}
    return {account: found[account] for account in wanted if account in found}


def _fields(row: Fact, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


# -- the sandbox's -----------------------------------------------------------------------------------------------------


async def seed_demo() -> tuple[ProductView, ...]:
    """Makes the demo products that are missing, active, with their facts and slots; answers all three."""
    async with session() as s:
        rows = [await _ensure(s, sheet) for sheet in _demo_sheets()]
    return tuple(view_of(row) for row in rows)


def _demo_sheets() -> Iterator[ProductSheet]:
    for file in sorted(_DEMO.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            yield from (found.sheet for found in sheets.read(file.read_text("utf-8")) if found.sheet)


async def _ensure(s: AsyncSession, sheet: ProductSheet) -> Product:
    same = or_(col(Product.external_id) == sheet.external_id, col(Product.name) == sheet.name)
    known = (await s.exec(select(Product).where(same))).first()
    return known or await add(s, sheet, audit.SYSTEM, active=True)
