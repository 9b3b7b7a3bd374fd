"""TikTok's own rules: who sees a post is a person's choice at each approval, and what they agreed to is kept."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlmodel import select

from marketingos import db
from marketingos.domain import declaration
from marketingos.domain.account import AccountKind
from marketingos.domain.declaration import PRIVATE, VERSION, Choices, Declaration
from marketingos.domain.delivery import Delivery
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Creator
from marketingos.domain.post import Variant, VariantStatus
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, NotFound, OutsideError, Refused
from marketingos.services import accounts, connections, creators, posts, review
from marketingos.services.views import PersonView
from marketingos.text import LANGUAGES, sentence
from tests.conftest import Setter
from tests.outside import Outside
from tests.services import stage

PUBLIC = "PUBLIC_TO_EVERYONE"
BOTH = (Platform.FACEBOOK, Platform.TIKTOK)


@pytest.fixture
async def laura(database: str) -> PersonView:
    return await stage.person()


@pytest.fixture
async def post_id(database: str, outside: Outside) -> int:
    """A pending post on Facebook and TikTok; the creator is the sandbox's."""
    product_id = await stage.product(platforms=(Platform.FACEBOOK,))
    demo = outside.account("tiktok")
    await accounts.connect(
        platform=Platform.TIKTOK,
        kind=AccountKind.CREATOR,
        external_id=demo.external_id,
        name=demo.name,
        handle=demo.handle,
        token=SecretStr(demo.access_token),
        products=("ReservasPro",),
    )
    return await stage.post(product_id, after=timedelta(minutes=30), platforms=BOTH)


async def declared() -> list[Declaration]:
    async with db.reading() as s:
        return list((await s.exec(select(Declaration))).all())


async def states(actor: PersonView, post_id: int) -> dict[Platform, VariantStatus]:
    return {v.platform: v.status for v in (await posts.post(actor, post_id)).variants}


async def test_tiktok_waits_for_a_person_s_choice(laura: PersonView, post_id: int) -> None:
    """Approving all platforms at once leaves TikTok's part pending, also when the account has a standing choice."""
    (account,) = [a for a in await accounts.list_accounts() if a.platform is Platform.TIKTOK]
    await creators.choose_audience(laura, account.id, PUBLIC)
    await review.approve(laura, post_id)
    assert await states(laura, post_id) == {
        Platform.FACEBOOK: VariantStatus.APPROVED,
        Platform.TIKTOK: VariantStatus.PENDING,
    }
    with pytest.raises(Refused, match=r"review\.choose_privacy"):
        await review.approve(laura, post_id)
    assert await declared() == []


async def test_a_standing_choice_is_proposed(laura: PersonView, post_id: int) -> None:
    """What stands on the account is shown to be confirmed, among what TikTok offers at this moment."""
    (account,) = [a for a in await accounts.list_accounts() if a.platform is Platform.TIKTOK]
    assert (await creators.terms(laura, post_id)).proposed == ""
    await creators.choose_audience(laura, account.id, PUBLIC)
    terms = await creators.terms(laura, post_id)
    assert (terms.proposed, terms.problem) == (PUBLIC, "")
    assert PRIVATE in terms.audiences
    assert terms.names == ("ReservasPro",)


async def test_what_was_agreed_is_kept_with_the_content(laura: PersonView, post_id: int) -> None:
    """Who, when, in which words, what for whom, and exactly which content: one row for each approval."""
    chosen = Choices(privacy_level=PUBLIC, comments=True, your_brand=True, language="en")
    await review.approve(laura, post_id, tiktok=chosen)
    (row,) = await declared()
    async with db.reading() as s:
        variant = (await s.exec(select(Variant).where(Variant.platform == Platform.TIKTOK))).one()
        delivery = (await s.exec(select(Delivery).where(Delivery.variant_id == variant.id))).one()
    assert row.content_hash == variant.approved_hash == delivery.content_hash
    assert (row.declared_by, row.version, row.language) == (laura.email, VERSION, "en")
    assert row.words == sentence("terms.agree", "en")
    assert (row.privacy_level, row.comments, row.duets, row.your_brand) == (PUBLIC, True, False, True)
    assert row.ai_generated
    assert row.offered[0] == PUBLIC
    assert delivery.content.options == chosen.options


async def test_each_approval_asks_again(laura: PersonView, post_id: int) -> None:
    """An approval that was taken back took its choices with it; a new one leaves a declaration of its own."""
    await review.approve(laura, post_id, tiktok=Choices(privacy_level=PUBLIC))
    await review.withdraw(laura, post_id)
    tiktok = next(v for v in (await posts.post(laura, post_id)).variants if v.platform is Platform.TIKTOK)
    assert tiktok.privacy == ""
    with pytest.raises(Refused, match=r"review\.choose_privacy"):
        await review.approve(laura, post_id, [Platform.TIKTOK])
    await review.approve(laura, post_id, tiktok=Choices(privacy_level=PRIVATE))
    assert [row.privacy_level for row in await declared()] == [PUBLIC, PRIVATE]


@pytest.mark.parametrize(
    ("choices", "key"),
    [
        (Choices(privacy_level=""), "review.choose_privacy"),
        (Choices(privacy_level="FOLLOWER_OF_CREATOR"), "review.privacy_gone"),
        (Choices(privacy_level=PRIVATE, branded_content=True), "error.tiktok.branded_private"),
    ],
)
async def test_what_tiktok_would_refuse_is_refused_here(
    laura: PersonView, post_id: int, choices: Choices, key: str
) -> None:
    """A choice that TikTok does not offer now approves nothing, on no platform, and says what to choose."""
    with pytest.raises(Refused) as refused:
        await review.approve(laura, post_id, tiktok=choices)
    assert refused.value.key == key
    assert set((await states(laura, post_id)).values()) == {VariantStatus.PENDING}


async def test_a_creator_who_cannot_post_is_said_before_choosing(
    laura: PersonView, post_id: int, outside: Outside
) -> None:
    """When TikTok does not answer, or not for this creator, there is a sentence in the place of the choices."""
    await outside.fault("status", "creator_info", times=None)
    terms = await creators.terms(laura, post_id)
    assert sentence(terms.problem, "es") != terms.problem
    assert terms.audiences == ()
    with pytest.raises(OutsideError):
        await review.approve(laura, post_id, tiktok=Choices(privacy_level=PUBLIC))


async def test_an_unaudited_app_offers_the_creator_alone(laura: PersonView, post_id: int, environment: Setter) -> None:
    """With `TIKTOK_AUDITED=0` nothing but "only the account" can be chosen, and the account says so."""
    environment(TIKTOK_AUDITED="0")
    terms = await creators.terms(laura, post_id)
    assert (terms.audited, terms.audiences) == (False, (PRIVATE,))
    with pytest.raises(Refused, match=r"private_only"):
        await review.approve(laura, post_id, tiktok=Choices(privacy_level=PUBLIC))
    rows = (await connections.overview(laura)).rows
    assert {row.account.platform: row.private_only for row in rows} == {
        Platform.FACEBOOK: False,
        Platform.TIKTOK: True,
    }


async def test_a_refusal_for_want_of_an_audit_is_remembered(
    laura: PersonView, post_id: int, environment: Setter
) -> None:
    """After TikTok refused a post because our app is not audited the product knows, until the setting says that it
    is."""
    await review.approve(laura, post_id, tiktok=Choices(privacy_level=PUBLIC))
    async with db.session() as s:
        for delivery in (await s.exec(select(Delivery))).all():
            delivery.fail("error.tiktok.private_only" if delivery.content.platform is Platform.TIKTOK else "error.ours")
    assert not (await creators.terms(laura, post_id)).audited
    environment(TIKTOK_AUDITED="1")
    assert (await creators.terms(laura, post_id)).audited


async def test_only_who_approves_is_asked(post_id: int) -> None:
    """An editor has no say in it; a post without a part on TikTok has no terms."""
    with pytest.raises(Forbidden):
        await creators.terms(await stage.person(Role.EDITOR), post_id)
    with pytest.raises(NotFound):
        await creators.terms(await stage.person(), 4711)


levels = st.lists(st.sampled_from([PUBLIC, "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", PRIVATE]), unique=True)
people = st.builds(Creator, nickname=st.just(""), username=st.just(""), audiences=levels.map(tuple))


@given(found=st.lists(people, min_size=1), audited=st.booleans(), level=st.sampled_from([PUBLIC, PRIVATE, ""]))
def test_nothing_passes_that_one_creator_may_not(found: list[Creator], audited: bool, level: str) -> None:
    """A choice without objection is offered to every creator and, without an audit, is the creator alone."""
    shared = declaration.offered(found, audited=audited)
    if declaration.objection(Choices(privacy_level=level), shared, audited=audited) is None:
        assert all(level in creator.audiences for creator in found)
        assert audited or level == PRIVATE


switches = st.fixed_dictionaries({f"{what}_off": st.booleans() for what in ("comments", "duets", "stitches")})


@given(switches.map(lambda off: Creator(nickname="", username="", audiences=(), **off)))
def test_what_a_creator_switched_off_stays_off(creator: Creator) -> None:
    """No choice for a post overrules the creator's own settings."""
    kept = Choices(privacy_level=PUBLIC, comments=True, duets=True, stitches=True).within(creator)
    off = (creator.comments_off, creator.duets_off, creator.stitches_off)
    assert (kept.comments, kept.duets, kept.stitches) == tuple(not switch for switch in off)


def test_a_new_wording_is_a_new_version() -> None:
    """The declaration's words do not change under the same version."""
    words = "|".join(
        sentence(key, language) for key in ("terms.agree", "terms.agree_branded") for language in LANGUAGES
    )
    known = {"2026-09": "f45ed6b72276"}
    assert hashlib.sha256(words.encode()).hexdigest()[:12] == known[VERSION]
