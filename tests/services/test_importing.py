"""Products from files: shown first, taken whole or not at all, and only what the file says changes."""

from __future__ import annotations

import pytest

from marketingos import db
from marketingos.domain.platform import Platform
from marketingos.domain.product import Product
from marketingos.domain.sheet import ProductSheet
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, NotFound
from marketingos.services import archiving, importing, products
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")

NEW = """\
name: AulaPlus
website: aulaplus.es
slots:
  - {weekday: monday, time: "09:30", platforms: [facebook]}
"""


async def sheet(product_id: int) -> ProductSheet:
    async with db.reading() as s:
        return await products.sheet_of(s, await s.get_one(Product, product_id))


async def test_a_dry_run_says_what_the_run_does() -> None:
    """The same answer twice, and only the second changes anything; a new product waits to be activated."""
    laura = await stage.person()
    dry = await importing.import_file(laura, NEW, dry_run=True)
    assert await products.list_products() == ()
    done = await importing.import_file(laura, NEW, dry_run=False)
    assert dry == done
    [arrival] = done.arrivals
    assert arrival.new
    assert {c.name: c.added for c in arrival.changes}["slots"] == ("monday 09:30 facebook",)
    [view] = await products.list_products()
    assert (view.name, view.active) == ("AulaPlus", False)


async def test_what_is_exported_changes_nothing_when_it_comes_back() -> None:
    """Accounts included: a round trip through a file is no change at all."""
    laura = await stage.person()
    await products.seed_demo()
    ours = await stage.product("Con cuentas")
    before = await sheet(ours)
    text = await importing.export_from_terminal()
    done = await importing.import_file(laura, text, dry_run=False)
    assert len(done.arrivals) == 4
    assert [arrival.changes for arrival in done.arrivals] == [()] * 4
    assert await sheet(ours) == before
    assert importing.sheets.read(await importing.export(laura, ours))[0].sheet == before


async def test_what_a_file_leaves_out_stays() -> None:
    """A file with three lines changes three things; what shall go is said to be empty."""
    laura = await stage.person()
    made = await products.create(laura, {"name": "A", "usp": "esto", "voice": {"tone": "seco", "do": ["Tutea."]}})
    text = "name: A\nusp: ''\nvoice:\n  tone: cercano\n"
    [arrival] = (await importing.import_file(laura, text, dry_run=False)).arrivals
    assert [c.name for c in arrival.changes] == ["usp", "voice.tone"]
    now = await sheet(made.product_id)
    assert (now.usp, now.voice.tone, now.voice.do) == ("", "cercano", ("Tutea.",))


async def test_one_problem_and_nothing_is_taken() -> None:
    """The good product of a file waits for the bad one to be mended; every problem is told with its line."""
    laura = await stage.person()
    done = await importing.import_file(laura, NEW + "---\nname: Otro\nlanguage: fr\nwebsite: x\n", dry_run=False)
    assert [(p.line, p.name) for p in done.problems] == [(7, "language"), (8, "website")]
    assert await products.list_products() == ()


async def test_a_product_is_known_by_its_id_before_its_name() -> None:
    """A renamed product is the same one; another of that name with another id is a clash."""
    laura = await stage.person()
    made = await products.create(laura, {"name": "Viejo", "external_id": "as-1"})
    await products.create(laura, {"name": "Otro", "external_id": "as-2"})
    await importing.import_file(laura, "name: Nuevo\nexternal_id: as-1\n", dry_run=False)
    assert (await sheet(made.product_id)).name == "Nuevo"
    clash = await importing.import_file(laura, "name: Otro\nexternal_id: as-3\n", dry_run=False)
    assert [p.key for p in clash.problems] == ["sheet.name_taken"]
    twice = await importing.import_file(laura, "name: X\n---\nname: X\n", dry_run=True)
    assert {p.key for p in twice.problems} == {"sheet.twice"}
    await archiving.archive(laura, made.product_id)
    gone = await importing.import_file(laura, "name: Nuevo\n", dry_run=True)
    assert [p.key for p in gone.problems] == ["sheet.name_archived"]


async def test_what_is_not_here_is_left_out_and_said() -> None:
    """Accounts and a logo of another installation do not stop a file; the links that are here stay."""
    laura, ours = await stage.person(), await stage.product(platforms=(Platform.FACEBOOK,))
    before = await sheet(ours)
    foreign = (
        "name: ReservasPro\naccounts: [{platform: tiktok, id: '9'}]\n"
        f"template: {{logo: {'a' * 64}.png, hooks: [Hola]}}\n"
    )
    [arrival] = (await importing.import_file(laura, foreign, dry_run=False)).arrivals
    assert [a.id for a in arrival.unknown_accounts] == ["9"]
    assert arrival.unknown_logo
    now = await sheet(ours)
    assert now.accounts == before.accounts
    assert (now.template.logo, now.template.hooks) == ("", ("Hola",))


async def test_only_who_administers_imports() -> None:
    """A file may change budgets and accounts."""
    with pytest.raises(Forbidden):
        await importing.import_file(await stage.person(Role.EDITOR), NEW, dry_run=True)


async def test_a_name_that_fits_nothing_is_not_exported() -> None:
    """Neither by name nor by id."""
    with pytest.raises(NotFound):
        await importing.export_from_terminal(["Nadie"])
    with pytest.raises(NotFound):
        await importing.export(await stage.person(), 4711)


async def test_a_product_is_in_a_file_once() -> None:
    """By name or by the other system's id: two that mean one product are told before anything is changed."""
    laura = await stage.person()
    twice = "name: Uno\nexternal_id: x1\n---\nname: Dos\nexternal_id: x1\n"
    told = await importing.import_file(laura, twice, dry_run=False)
    assert {p.key for p in told.problems} == {"sheet.twice"}
    await importing.import_file(laura, "name: Uno\nexternal_id: x1\n", dry_run=False)
    renamed = "name: Dos\nexternal_id: x1\n---\nname: Uno\n"
    assert {p.key for p in (await importing.import_file(laura, renamed, dry_run=False)).problems} == {"sheet.twice"}


async def test_own_contacts_come_and_stay() -> None:
    """Telephones and addresses that posts may give are in the file, and a save of anything else keeps them."""
    laura = await stage.person()
    await importing.import_file(laura, NEW + "voice: {contacts: [600 123 456]}\n", dry_run=False)
    [view] = await products.list_products()
    await importing.import_file(laura, NEW + "usp: Otra cosa\n", dry_run=False)
    assert (await sheet(view.id)).voice.contacts == ("600 123 456",)
