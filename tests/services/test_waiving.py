"""Setting a finding aside: by whom, why, and until when it holds."""

from __future__ import annotations

import pytest
from sqlmodel import select

from marketingos import db
from marketingos.domain.audit import AuditEntry
from marketingos.domain.platform import Platform
from marketingos.domain.user import Role
from marketingos.errors import Forbidden, InvalidInput, Refused
from marketingos.services import posts, review, waiving
from marketingos.services.views import PersonView, VariantView
from tests.services import stage
from tests.services.studio import person

PAIR = (Platform.FACEBOOK, Platform.LINKEDIN)
KEY = "check.false_claim"


@pytest.fixture
async def laura(database: str) -> PersonView:
    """Somebody who may do everything."""
    return await stage.person()


@pytest.fixture
async def post_id(laura: PersonView) -> int:
    """A pending post that claims what nobody knows, on two platforms."""
    found = await stage.post(await stage.product(platforms=PAIR), platforms=PAIR)
    for variant in (await posts.post(laura, found)).variants:
        await review.edit_text(laura, variant.id, "Ahorra un 87 % de tu tiempo.", variant.version)
    return found


async def first(laura: PersonView, post_id: int) -> VariantView:
    return (await posts.post(laura, post_id)).variants[0]


async def test_a_person_says_why(laura: PersonView, post_id: int) -> None:
    """The finding no longer counts on that platform; who, when and why are shown and kept in the audit."""
    variant = await first(laura, post_id)
    assert KEY in variant.findings
    view = await waiving.set_aside(laura, variant.id, KEY, "  Lo mide   el cliente ")
    mine, other = view.variants
    assert KEY not in mine.findings
    assert [(one.key, one.reason, one.by) for one in mine.set_aside] == [(KEY, "Lo mide el cliente", laura.name)]
    assert KEY in other.findings
    async with db.reading() as s:
        entry = (await s.exec(select(AuditEntry).where(AuditEntry.action == "finding.set_aside"))).one()
    assert entry.detail == {"platform": "facebook", "key": KEY, "reason": "Lo mide el cliente"}


async def test_an_edit_brings_it_back(laura: PersonView, post_id: int) -> None:
    """What a person let stand were those words; others are looked at anew, and the old ones are still let stand."""
    variant = await first(laura, post_id)
    await waiving.set_aside(laura, variant.id, KEY, "Lo mide el cliente")
    edited = await review.edit_text(laura, variant.id, "Ahorra un 97 % de tu tiempo.", variant.version)
    assert KEY in edited.variants[0].findings
    back = await review.edit_text(laura, variant.id, "Ahorra un 87 % de tu tiempo.", variant.version + 1)
    assert KEY not in back.variants[0].findings


async def test_it_can_be_taken_back(laura: PersonView, post_id: int) -> None:
    """The finding counts again."""
    variant = await first(laura, post_id)
    await waiving.set_aside(laura, variant.id, KEY, "Lo mide el cliente")
    view = await waiving.bring_back(laura, variant.id, KEY)
    assert KEY in view.variants[0].findings
    assert view.variants[0].set_aside == ()


@pytest.mark.parametrize("key", ["check.too_long", "check.no_media", "check.injection"])
async def test_what_blocks_stays(laura: PersonView, post_id: int, key: str) -> None:
    """What a platform would refuse, or a stranger ordered, cannot be set aside."""
    with pytest.raises(Refused, match=r"check\.cannot_be_set_aside"):
        await waiving.set_aside(laura, (await first(laura, post_id)).id, key, "Da igual")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
async def test_a_reason_is_needed(laura: PersonView, post_id: int, reason: str) -> None:
    """No reason, or an essay, is refused."""
    with pytest.raises(InvalidInput):
        await waiving.set_aside(laura, (await first(laura, post_id)).id, KEY, reason)


async def test_an_editor_may_not(laura: PersonView, post_id: int) -> None:
    """Who may not approve may not let a finding stand either."""
    with pytest.raises(Forbidden):
        await waiving.set_aside(person(Role.EDITOR), (await first(laura, post_id)).id, KEY, "Da igual")
