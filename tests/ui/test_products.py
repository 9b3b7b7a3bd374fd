"""Productos: what is typed becomes a sheet, nothing typed is lost, and every consequence is said first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.platform import Platform
from marketingos.domain.sheet import FactSheet, Problem, ProductSheet, SlotSheet, Weekday
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, NotSignedIn, Refused
from marketingos.services import people, portfolio, products
from marketingos.services.portfolio import Holding
from marketingos.services.views import ProductView
from marketingos.ui.pages.products import rows
from marketingos.ui.pages.products.draft import SlotDraft, data_of, draft_of, place_of
from marketingos.ui.pages.products.housekeeping import HousekeepingState
from marketingos.ui.pages.products.rows import Speaker
from marketingos.ui.pages.products.state import NEW, ProductsState
from tests.domain.test_sheet import SHEETS
from tests.services import stage
from tests.ui.conftest import Tab

NOW = datetime(2026, 11, 23, 16, 42, tzinfo=UTC)
SPEAKER = Speaker(language="es", zone="Europe/Madrid", now=NOW)
PRODUCT = ProductView(id=1, name="ReservasPro", mark="scissors", palette=("#6B1F2A", "#F6EBDD"), active=True)
HOLDING = Holding(
    product=PRODUCT,
    archived=False,
    from_autosaas=False,
    created_at=NOW,
    platforms=(Platform.FACEBOOK,),
    per_week=7,
    to_approve=3,
    next_at=datetime(2026, 11, 24, 17, 30, tzinfo=UTC),
    spent=3.2,
    cap=4.0,
)
MONDAY = SlotDraft(weekday=0, time="09:30", platforms=("facebook",))


def page(*holdings: Holding) -> portfolio.Portfolio:
    return portfolio.Portfolio(
        holdings=holdings, accounts=(), can_edit=True, can_administer=True, can_generate=True, revision="1"
    )


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


# -- the draft ---------------------------------------------------------------------------------------------------------


@given(SHEETS)
def test_a_sheet_goes_through_the_form_unharmed(sheet: ProductSheet) -> None:
    """What is opened and saved untouched is the same, save that a tone of several words is a list of them."""
    late = sheet.model_copy(update={"late_after_minutes": 120})
    back = ProductSheet.model_validate(data_of(draft_of(late)))
    assert back.model_copy(update={"voice": late.voice}) == late
    assert back.voice.tone.replace(" ", "").strip(",") == ",".join(
        part for part in late.voice.tone.replace(" ", "").split(",") if part
    )


@given(st.floats(0.1, 160), st.sampled_from([",", "."]))
def test_hours_are_typed_with_a_comma_or_a_point(hours: float, mark: str) -> None:
    """Both are understood; what is no number is left for the sheet to refuse."""
    draft = draft_of(ProductSheet(name="A")).with_text("late_after_hours", f"{hours:.2f}".replace(".", mark))
    assert data_of(draft)["late_after_minutes"] == round(float(f"{hours:.2f}") * 60)
    assert data_of(draft.with_text("late_after_hours", "dos"))["late_after_minutes"] == "dos"


def test_a_slot_that_moves_leaves_its_place() -> None:
    """And the week stays in order."""
    draft = draft_of(ProductSheet(name="A")).with_slot(replace(MONDAY, time="18:00")).with_slot(MONDAY)
    assert [slot.key for slot in draft.slots] == ["0-09:30", "0-18:00"]
    moved = draft.with_slot(replace(MONDAY, weekday=4), instead_of="0-09:30")
    assert [slot.key for slot in moved.slots] == ["0-18:00", "4-09:30"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("name",), "name"),
        (("voice", "banned_words", 2), "banned_words"),
        (("template", "palette"), "palette"),
        (("facts", 3, "claim"), "facts.3"),
        (("facts",), "facts"),
        (("slots", 0, "time"), "slots"),
        (("late_after_minutes",), "late_after_hours"),
    ],
)
def test_a_problem_has_its_place_in_the_form(path: tuple[Any, ...], place: str) -> None:
    """Wherever in the sheet it is."""
    assert place_of(Problem(path=path, key="sheet.invalid")) == place


# -- words -------------------------------------------------------------------------------------------------------------


def test_a_product_in_the_list_says_what_matters() -> None:
    """How much it plans, what waits, what is next, what it spent."""
    [row] = rows.rows(page(HOLDING), SPEAKER, state="active")
    assert row.pace == "7 por semana, 3 por aprobar"
    assert plain(row.ahead) == "Próxima mañana 18:30"
    assert (plain(row.money), row.share, row.over) == ("3,20 € de 4,00 €", "80%", False)
    assert rows.rows(page(HOLDING), SPEAKER, state="archived") == ()


def test_a_newcomer_says_where_it_came_from_and_how_its_template_is() -> None:
    """On its way, failed with the reason, or there to be looked at."""
    new = replace(HOLDING, product=replace(PRODUCT, active=False), from_autosaas=True)
    [row] = rows.rows(page(new), SPEAKER, state="inactive")
    assert (row.note, row.fresh, row.failed) == ("De Auto-SaaS, ahora", True, False)
    [row] = rows.rows(page(replace(new, drawing=True)), SPEAKER, state="inactive")
    assert row.note == "Redactando su primera plantilla"
    [row] = rows.rows(page(replace(new, sketch_error="error.claude_busy")), SPEAKER, state="inactive")
    assert row.failed
    assert row.note.startswith("No se pudo redactar su plantilla. ")


def test_the_week_is_seven_days_from_monday() -> None:
    """In the person's language, each card with its words for who cannot see tiles."""
    slot = SlotSheet(weekday=Weekday.SUNDAY, time=time(19), platforms=(Platform.INSTAGRAM,))
    days = rows.week(draft_of(ProductSheet(name="A", slots=(slot,))), SPEAKER)
    assert [day.name for day in days] == ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"]
    assert days[6].slots[0].said == "domingo 19:00, Instagram"


def test_what_a_product_lacks_is_said() -> None:
    """Nothing is missing from a whole one; a slot on a platform without an account is."""
    bare = draft_of(ProductSheet(name="A"))
    assert len(rows.lacking(bare, SPEAKER)) == 4
    slot = SlotSheet(weekday=Weekday.MONDAY, time=time(9), platforms=(Platform.TIKTOK,))
    whole = draft_of(ProductSheet(name="A", slots=(slot,), facts=(FactSheet(claim="x"),)))
    whole = replace(whole.with_list("tone", ["seco"]), accounts=("tiktok 1",))
    assert rows.lacking(whole, SPEAKER) == ()
    assert len(rows.lacking(replace(whole, accounts=("facebook 1",)), SPEAKER)) == 1


@given(st.from_regex(r"#[0-9A-F]{6}", fullmatch=True), st.from_regex(r"#[0-9A-F]{6}", fullmatch=True))
def test_contrast_is_a_ratio(one: str, other: str) -> None:
    """From 1 to 21, the same both ways; the ink that is chosen for a ground can always be read on it."""
    ratio = rows.contrast_ratio(one, other)
    assert 1 <= ratio <= 21.01
    assert ratio == rows.contrast_ratio(other, one)
    assert rows.contrast_ratio(one, rows.ink_on(one)) >= 4
    assert round(rows.contrast_ratio("#000000", "#FFFFFF"), 2) == 21


# -- buttons -----------------------------------------------------------------------------------------------------------


async def log_in(role: Role = Role.ADMIN) -> str:
    person = await stage.person(role)
    redeemed = await people.redeem_ticket(await people.open_ticket(person.email, "una-clave-larga"))
    assert redeemed
    return redeemed[0]


async def opened(tab: Tab, path: str = "/products", role: Role = Role.ADMIN) -> ProductsState:
    state = tab(ProductsState, session=await log_in(role), path=path)
    await ProductsState.load.fn(state)
    return state


async def test_the_page_is_for_who_is_logged_in(database: str, tab: Tab) -> None:
    """A stranger's event reads nothing."""
    state = tab(ProductsState, path="/products")
    with pytest.raises(NotSignedIn):
        await ProductsState.load.fn(state)
    assert (state.phase, state.active) == ("failed", ())


async def test_a_product_is_made_by_hand(database: str, tab: Tab) -> None:
    """Wrong fields say so and nothing is made; mended, it is there, inactive, and open."""
    state = await opened(tab, "/products?product=new")
    assert state.open_id == NEW
    await ProductsState.edit.fn(state, "website", "no es")
    assert state.dirty
    await ProductsState.save.fn(state)
    assert (state.errors["name"], bool(state.errors["website"])) == ("Falta este dato.", True)
    assert await products.list_products() == ()
    await ProductsState.edit.fn(state, "website", "aulaplus.es")
    assert state.errors["website"] == ""
    await ProductsState.edit.fn(state, "name", "AulaPlus")
    await ProductsState.save.fn(state)
    [view] = await products.list_products()
    assert (view.name, view.website, view.active) == ("AulaPlus", "https://aulaplus.es", False)
    assert (state.open_id, state.dirty, [row.name for row in state.inactive]) == (view.id, False, ["AulaPlus"])


async def test_the_week_is_edited_in_one_dialog(database: str, tab: Tab) -> None:
    """Add, move, refuse a second slot at the same moment, take away; saved with the product."""
    await stage.product()
    state = await opened(tab)
    for day, at in (("0", "9:30"), ("2", "18:00")):
        ProductsState.ask_slot.fn(state, int(day), "")
        ProductsState.set_slot_time.fn(state, at)
        await ProductsState.keep_slot.fn(state)
    ProductsState.ask_slot.fn(state, 2, "2-18:00")
    ProductsState.set_slot_day.fn(state, "0")
    ProductsState.set_slot_time.fn(state, "09:30")
    await ProductsState.keep_slot.fn(state)
    assert state.slot_error == "Ya hay un hueco ese día a las 09:30."
    ProductsState.set_slot_time.fn(state, "25:00")
    await ProductsState.keep_slot.fn(state)
    assert state.slot_error.startswith("No es una hora.")
    ProductsState.set_slot_time.fn(state, "12:15")
    await ProductsState.keep_slot.fn(state)
    assert [slot.time for slot in state.days[0].slots] == ["09:30", "12:15"]
    ProductsState.ask_slot.fn(state, 0, "0-09:30")
    await ProductsState.drop_slot.fn(state)
    await ProductsState.save.fn(state)
    assert [slot.time for slot in state.days[0].slots] == ["12:15"]
    assert state.active[0].pace == "1 por semana"


async def test_nothing_typed_is_lost(database: str, tab: Tab) -> None:
    """Neither by looking at another product, nor by another page, nor by somebody else's save."""
    first = await stage.product("Uno", platforms=())
    await stage.product("Dos", platforms=())
    state = await opened(tab, f"/products?product={first}")
    await ProductsState.edit.fn(state, "usp", "mío")
    other = next(row.id for row in state.active if row.id != first)
    await ProductsState.open.fn(state, other)
    assert (state.open_id, state.dirty) == (first, True)
    await ProductsState.load.fn(state)
    assert (state.open_id, state.form["usp"], state.dirty) == (first, "mío", True)
    [admin] = await people.list_users()
    now = await products.detail(admin, first)
    await products.save(admin, first, {**now.sheet.model_dump(), "audience": "suyo"}, now.version)
    await ProductsState.tick.fn(state)
    with pytest.raises(Refused, match=r"product\.stale"):
        await ProductsState.save.fn(state)
    assert (state.stale, state.dirty) == (True, True)
    await ProductsState.save_over.fn(state)
    saved = (await products.detail(admin, first)).sheet
    assert (saved.usp, saved.audience, state.stale) == ("mío", "", False)


async def test_somebody_else_s_save_is_seen(database: str, tab: Tab) -> None:
    """When nothing is being typed the form follows."""
    first = await stage.product("Uno", platforms=())
    state = await opened(tab)
    [admin] = await people.list_users()
    now = await products.detail(admin, first)
    await products.save(admin, first, {**now.sheet.model_dump(), "usp": "nuevo"}, now.version)
    key = state.form_key
    await ProductsState.tick.fn(state)
    assert (state.form["usp"], state.form_key) == ("nuevo", key + 1)
    await ProductsState.tick.fn(state)
    assert state.form_key == key + 1


async def test_consequences_are_said_before_the_deed(database: str, tab: Tab) -> None:
    """Letting it rest and archiving tell in posts what they do; archived, it leaves the list and can come back."""
    product = await stage.product()
    await stage.post(product)
    state = await opened(tab)
    await ProductsState.ask_active.fn(state)
    assert state.told == ("1 publicación sigue por aprobar",)
    await ProductsState.set_active.fn(state)
    assert [row.id for row in state.inactive] == [product]
    await ProductsState.edit.fn(state, "usp", "otra cosa")
    await ProductsState.save.fn(state)
    await ProductsState.ask_archive.fn(state)
    assert state.told == ("1 por aprobar deja de verse",)
    await ProductsState.archive.fn(state)
    assert (state.open_id, state.archived, state.inactive) == (0, 1, ())
    await ProductsState.restore.fn(state, product)
    assert state.open_id == product


async def test_an_editor_may_not_archive(database: str, tab: Tab) -> None:
    """The server says no, whatever the page shows."""
    await stage.product(platforms=())
    state = await opened(tab, role=Role.EDITOR)
    assert (state.may_edit, state.may_administer) == (True, False)
    await ProductsState.ask_archive.fn(state)
    with pytest.raises(Forbidden):
        await ProductsState.archive.fn(state)


async def test_a_second_press_does_nothing_more(database: str, tab: Tab) -> None:
    """Confirmed twice, one product is archived and not the next one too; rested twice, it rests."""
    for name in ("Dos", "Tres", "Uno"):
        await stage.product(name, platforms=())
    state = await opened(tab)
    await ProductsState.ask_active.fn(state)
    for _ in range(2):
        await ProductsState.set_active.fn(state)
    assert [row.name for row in state.inactive] == ["Dos"]
    await ProductsState.ask_archive.fn(state)
    for _ in range(2):
        await ProductsState.archive.fn(state)
    assert [p.name for p in await products.list_products()] == ["Tres", "Uno"]


async def test_a_file_is_shown_before_it_is_taken(database: str, tab: Tab) -> None:
    """Problems with their lines, or what would change; only then the button does it."""
    state = tab(HousekeepingState, session=await log_in(), path="/products")
    await HousekeepingState.file_taken.fn(state, "name: A\nlanguage: fr\n")
    assert [(row.kind, row.line) for row in state.plan] == [("problem", "línea 2")]
    assert not state.sound
    await HousekeepingState.file_taken.fn(state, "name: A\nusp: x\n")
    assert (state.sound, state.count, state.plan[0].text) == (True, 1, "A")
    assert await products.list_products() == ()
    await HousekeepingState.import_file.fn(state)
    assert [p.name for p in await products.list_products()] == ["A"]
    assert await HousekeepingState.import_file.fn(state) is None


async def test_an_import_that_is_refused_says_so(database: str, tab: Tab) -> None:
    """What stands in its way since it was shown is told in the dialog; nothing is called imported."""
    state = tab(HousekeepingState, session=await log_in(), path="/products")
    await HousekeepingState.file_taken.fn(state, "name: A\nexternal_id: uno\n")
    [admin] = await people.list_users()
    await products.create(admin, {"name": "A", "external_id": "otro"})
    assert await HousekeepingState.import_file.fn(state) is None
    assert ([row.kind for row in state.plan], state.sound) == (["problem"], False)


async def test_a_clean_up_shows_what_would_go(database: str, tab: Tab) -> None:
    """Everything is kept until it is unticked; what goes is named with its posts."""
    await stage.product("Uno", platforms=())
    await stage.product("Prueba", platforms=())
    state = tab(HousekeepingState, session=await log_in(), path="/products")
    await HousekeepingState.ask_archived.fn(state)
    assert (state.kept, state.sound) == (("Prueba", "Uno"), False)
    await HousekeepingState.toggle_kept.fn(state, "Prueba")
    assert [row.text for row in state.plan] == ["Prueba", "No tiene publicaciones"]
    await stage.product("Otro", platforms=())
    await HousekeepingState.clean_up.fn(state)
    assert [p.name for p in await products.list_products()] == ["Otro", "Uno"]
