"""Tokens that were made elsewhere: tried before they replace anything, and moved out of the environment once."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlmodel import select

from marketingos import db, server
from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.platform import Platform
from marketingos.errors import NotSent, TokenRejected
from marketingos.sandbox.world import DemoAccount, demo_accounts
from marketingos.services import accounts, people, tokens
from tests.conftest import Setter
from tests.outside import Outside
from tests.services import stage

pytestmark = pytest.mark.usefixtures("database")


async def rows() -> list[Account]:
    async with db.reading() as s:
        return list((await s.exec(select(Account).order_by(Account.id))).all())  # type: ignore[arg-type]


async def connect(demo: DemoAccount, token: str | None = None, external_id: str | None = None) -> object:
    """Connects a demo account as the command does; answers the error that did not stop it."""
    _, untried = await tokens.connect_token(
        platform=Platform(demo.platform),
        external_id=external_id or demo.external_id,
        name="",
        token=SecretStr(token or demo.access_token),
    )
    return untried


@pytest.mark.parametrize("demo", demo_accounts()[:4] + demo_accounts()[-1:], ids=lambda d: d.kind)
async def test_a_token_is_tried_before_it_is_taken(outside: Outside, demo: DemoAccount) -> None:
    """Every kind of account is connected with what its platform says of it: name, kind, scopes where they are told."""
    assert await connect(demo) is None
    [account] = await rows()
    assert (account.external_id, account.kind.value, account.name) == (demo.external_id, demo.kind, demo.name)
    if account.kind is not AccountKind.CREATOR:
        assert set(account.scopes) == set(demo.scopes)


async def test_a_bad_token_leaves_the_old_one(outside: Outside) -> None:
    """A refused token, and one of another account, change nothing."""
    demo, other = outside.account("facebook"), outside.account("facebook", brand="PulsoFit")
    await connect(demo)
    before = (await rows())[0].sealed_token
    for wrong in ("made-up", other.access_token):
        with pytest.raises(TokenRejected):
            await connect(demo, wrong)
    assert (await rows())[0].sealed_token == before


async def test_a_platform_that_does_not_answer_does_not_stop_it(outside: Outside) -> None:
    """The account is connected, and it is said that nobody could try it."""
    await outside.fault("status", "/v25.0/", times=None, status=503)
    assert isinstance(await connect(outside.account("facebook")), NotSent)
    assert len(await rows()) == 1


async def test_a_bare_number_is_a_linkedin_organisation(outside: Outside) -> None:
    """People copy the number from the page's address."""
    demo = outside.account("linkedin")
    await connect(demo, external_id=demo.external_id.rpartition(":")[2])
    assert (await rows())[0].external_id == demo.external_id


async def test_the_first_page_moves_into_the_vault(outside: Outside, environment: Setter) -> None:
    """`META_PAGE_ID` and `META_ACCESS_TOKEN` become the Page and its Instagram account."""
    demo = outside.account("facebook")
    environment(META_PAGE_ID=demo.external_id, META_ACCESS_TOKEN=demo.access_token)
    adopted = await tokens.adopt_page()
    assert [(a.platform, a.name) for a in adopted] == [
        (Platform.FACEBOOK, demo.name),
        (Platform.INSTAGRAM, demo.name),
    ]
    assert all(demo.access_token not in a.sealed_token for a in await rows())


async def test_the_vault_wins_over_the_environment(outside: Outside, environment: Setter) -> None:
    """A token is taken in once: what people did afterwards is not undone at the next start; another token is new."""
    demo = outside.account("facebook")
    environment(META_PAGE_ID=demo.external_id, META_ACCESS_TOKEN=demo.access_token)
    await tokens.adopt_page()
    laura = await stage.person()
    await accounts.remove(laura, (await rows())[0].id or 0)
    assert await tokens.adopt_page() == ()
    assert (await rows())[0].state is AccountState.REMOVED
    person = next(iter(outside.twin.ledger.tokens_of("10230617845529031")))
    environment(META_ACCESS_TOKEN=person.token)
    assert len(await tokens.adopt_page()) == 2


async def test_a_start_survives_a_platform_that_does_not_answer(outside: Outside, environment: Setter) -> None:
    """The Page is taken in at a later start."""
    demo = outside.account("facebook")
    environment(META_PAGE_ID=demo.external_id, META_ACCESS_TOKEN=demo.access_token)
    await outside.fault("status", "/v25.0/", times=1, status=503)
    assert await tokens.adopt_page() == ()
    assert len(await tokens.adopt_page()) == 2
    assert await people.list_users() == ()


async def test_a_start_takes_the_first_page_in(outside: Outside, environment: Setter) -> None:
    """Who sets the two variables finds the Page connected once the server runs, its token sealed."""
    demo = outside.account("facebook")
    settings = environment(META_PAGE_ID=demo.external_id, META_ACCESS_TOKEN=demo.access_token)
    await server.prepare(settings)
    connected = await rows()
    assert demo.external_id in [account.external_id for account in connected]
    assert all(demo.access_token not in account.sealed_token for account in connected)
