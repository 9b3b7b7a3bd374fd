"""Products from YAML files and into them. A file is taken whole or not at all; a dry run says what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anyio import to_thread
from sqlmodel import col, select

from marketingos.db import AsyncSession, reading, session
from marketingos.domain.product import Product
from marketingos.domain.sheet import AccountSheet, Difference, Problem, ProductSheet, differences, merged
from marketingos.domain.user import Deed
from marketingos.errors import NotFound
from marketingos.services import products, sheets
from marketingos.services.people import require
from marketingos.services.views import PersonView

TERMINAL = "terminal"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What a file does to one product: makes it (`new`) or changes it, field by field. Accounts that are not connected
    here and a logo that is not stored here are left out."""

    name: str
    new: bool
    changes: tuple[Difference, ...]
    unknown_accounts: tuple[AccountSheet, ...] = ()
    unknown_logo: bool = False


@dataclass(frozen=True, kw_only=True)
class Import:
    """What a file did or would do; with problems, nothing."""

    arrivals: tuple[Arrival, ...] = ()
    problems: tuple[Problem, ...] = ()


async def import_file(actor: PersonView, text: str, *, dry_run: bool) -> Import:
    """Makes and changes the products of a file. A product is known by its `external_id`, else by its name; what the
    file does not mention stays as it is."""
    require(actor, Deed.ADMINISTER)
    return await _import(text, actor.email, dry_run)


async def import_from_terminal(text: str, *, dry_run: bool) -> Import:
    """The same for a command."""
    return await _import(text, TERMINAL, dry_run)


async def export(actor: PersonView, product_id: int) -> str:
    """A product as YAML; `NotFound`."""
    require(actor, Deed.LOOK)
    async with reading() as s:
        row = await s.get(Product, product_id)
        if row is None:
            raise NotFound()
        return sheets.write([await products.sheet_of(s, row)])


async def export_from_terminal(names: Sequence[str] = ()) -> str:
    """The products of these names, or all that are not archived; `NotFound("cycle.unknown_product")`."""
    async with reading() as s:
        wanted = col(Product.name).in_(names) if names else col(Product.archived_at).is_(None)
        rows = (await s.exec(select(Product).where(wanted).order_by(Product.name))).all()
        if len(rows) < len(set(names)):
            raise NotFound("cycle.unknown_product")
        return sheets.write([await products.sheet_of(s, row) for row in rows])


async def _import(text: str, by: str, dry_run: bool) -> Import:
    documents = await to_thread.run_sync(sheets.read, text)
    wanted = [document.sheet for document in documents if document.sheet]
    broken = [problem for document in documents for problem in document.problems]
    async with session() as s:
        for sheet in wanted:
            broken += await _clash(s, sheet, wanted)
        if broken:
            return Import(problems=tuple(broken))
        return Import(arrivals=tuple([await _arrive(s, sheet, by, dry_run) for sheet in wanted]))


async def _arrive(s: AsyncSession, sheet: ProductSheet, by: str, dry_run: bool) -> Arrival:
    row = await _known(s, sheet)
    before = await products.sheet_of(s, row) if row else None
    unknown = await products.unknown_accounts(s, sheet)
    whole = merged(before, sheet) if before else sheet
    usable = whole.model_copy(update={"accounts": tuple(a for a in whole.accounts if a not in unknown)})
    if before and unknown and not usable.accounts:
        # A file from elsewhere names none of the accounts here: the links stay as they are.
        usable = usable.model_copy(update={"accounts": before.accounts})
    arrival = Arrival(
        name=sheet.name,
        new=row is None,
        changes=differences(before, usable),
        unknown_accounts=unknown,
        unknown_logo=not await products.has_logo(s, sheet),
    )
    if not dry_run:
        await (products.put(s, row, before, usable, by) if row and before else products.add(s, usable, by))
    return arrival


async def _known(s: AsyncSession, sheet: ProductSheet) -> Product | None:
    """The product that a sheet is about. One of the same name that another system knows by another id is not."""
    for column, value in ((Product.external_id, sheet.external_id), (Product.name, sheet.name)):
        row = (await s.exec(select(Product).where(column == value).with_for_update())).first() if value else None
        if row is not None and (not row.external_id or row.external_id == (sheet.external_id or row.external_id)):
            return row
    return None


def _is_same(one: ProductSheet, other: ProductSheet) -> bool:
    return one.name == other.name or (bool(one.external_id) and one.external_id == other.external_id)


async def _clash(s: AsyncSession, sheet: ProductSheet, wanted: Sequence[ProductSheet]) -> list[Problem]:
    """The same product twice in a file, a name that another product has, or one that is archived."""
    row = await _known(s, sheet)
    others = [other for other in wanted if other is not sheet]
    if any([_is_same(sheet, other) or (row and row is await _known(s, other)) for other in others]):
        return [Problem(path=("name",), key="sheet.twice", values={"name": sheet.name})]
    if row is not None and row.archived_at is not None:
        return [Problem(path=("name",), key="sheet.name_archived", values={"name": sheet.name})]
    taken = await products.taken(s, sheet, row)
    return [replace(taken, values={"name": sheet.name})] if taken else []
