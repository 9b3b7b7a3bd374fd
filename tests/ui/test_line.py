"""The cord: who is not logged in learns nothing by asking what could be stopped."""

from __future__ import annotations

import pytest

from marketingos.domain.user import Role
from marketingos.errors import NotSignedIn
from marketingos.services import people
from marketingos.ui.line import Line
from tests.services import stage
from tests.ui.conftest import Tab

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("scope", ["product", "account"])
async def test_names_are_for_who_is_logged_in(tab: Tab, scope: str) -> None:
    """A stranger's event is refused before anything is read."""
    await stage.product()
    state = tab(Line)
    for handler in (Line.ask, Line.choose_scope):
        with pytest.raises(NotSignedIn):
            await handler.fn(state, scope)
    assert state.parts == ()


async def test_whoever_may_pause_chooses_what(tab: Tab) -> None:
    """An editor stops one product; what it was is said on every page."""
    product, editor = await stage.product(), await stage.person(Role.EDITOR)
    redeemed = await people.redeem_ticket(await people.open_ticket(editor.email, "una-clave-larga"))
    assert redeemed
    state = tab(Line, session=redeemed[0])
    await Line.ask.fn(state, "product")
    assert [part.name for part in state.parts] == ["ReservasPro"]
    Line.choose_target.fn(state, str(product))
    await Line.pause.fn(state, {"reason": "precio equivocado"})
    assert next(row.title for row in state.rows).startswith("ReservasPro")
