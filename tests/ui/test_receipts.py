"""A receipt says in words whether what is live is what was approved, and shows where it is not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from marketingos import clock, db
from marketingos.domain.account import Account
from marketingos.domain.delivery import Delivery
from marketingos.domain.diff import word_diff
from marketingos.domain.platform import Platform
from marketingos.domain.receipt import Receipt, Sent, Verdict
from marketingos.services import posts, review
from marketingos.ui.post.rows import PostRow
from marketingos.ui.post.wording import post_row
from tests.services import stage

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXT = "Reserva en dos toques"
words = st.text(st.sampled_from("ab \n"), max_size=30)


async def published(verdict: Verdict | None, live: str | None, note: str | None = None) -> PostRow:
    """A published post with a receipt, as the panel shows it in Spanish."""
    laura, product = await stage.person(), await stage.product()
    post_id = await stage.post(product, platforms=(Platform.FACEBOOK,), text=TEXT)
    await review.approve(laura, post_id)
    async with db.session() as s:
        delivery = (await s.exec(select(Delivery))).one()
        delivery.publish("1_2", None, NOW, note)
        s.add(
            Receipt(
                delivery_id=delivery.id or 0,
                approved_hash=delivery.content_hash,
                sent=Sent(account="1", text=TEXT, wire_text=TEXT, files=("a" * 64,)),
                external_id="1_2",
                live_text=live,
                read_at=NOW,
                verdict=verdict,
            )
        )
    return post_row(await posts.post(laura, post_id), "es")


@pytest.mark.parametrize(
    ("verdict", "live", "level", "said"),
    [
        (Verdict.MATCHES, TEXT, "ok", "Publicado tal como se aprobó"),
        (Verdict.DIFFERS, "Reserva en tres toques", "blocks", "Lo que se ve no es lo que se aprobó"),
        (Verdict.UNREADABLE, None, "warns", "Facebook no deja leerlo: compruébalo allí"),
        (
            Verdict.REMOVED,
            None,
            "blocks",
            "Facebook dice que ya no está: la han quitado allí. Si no lo ha hecho tu equipo, revisa la cuenta y créala "
            "de nuevo.",
        ),
        (None, None, "looking", "Comprobando que se ve tal como se aprobó"),
    ],
)
async def test_each_verdict_is_said(
    database: str, verdict: Verdict | None, live: str | None, level: str, said: str
) -> None:
    """Five ways in which a reading back can end, each with its words; only a difference is shown word by word."""
    with clock.frozen(NOW - timedelta(hours=1)):
        row = await published(verdict, live)
    told = row.deliveries[0].receipt
    assert (told.level, told.text) == (level, said)
    assert bool(told.pieces) == bool(row.differs) == (verdict is Verdict.DIFFERS)
    assert dict(told.facts)["Identificador"] == "1_2"


async def test_a_difference_is_shown_word_by_word(database: str) -> None:
    """What was approved and is gone, and what is there in its place."""
    with clock.frozen(NOW - timedelta(hours=1)):
        row = await published(Verdict.DIFFERS, "Reserva en tres toques")
    changed = [(p.kind, p.text) for p in row.deliveries[0].receipt.pieces if p.kind != "same"]
    assert changed == [("gone", "dos"), ("new", "tres")]
    assert row.differs.startswith("En Facebook")


async def test_what_a_published_post_lacks_is_said(database: str) -> None:
    """A first comment that failed is told with what to do, and the post is published all the same."""
    with clock.frozen(NOW - timedelta(hours=1)):
        row = await published(Verdict.MATCHES, TEXT, note="note.first_comment")
    assert row.status == "PUBLISHED"
    assert row.deliveries[0].note.startswith("Está publicada, pero sin su primer comentario.")


async def test_a_post_that_its_account_keeps_back_says_until_when(database: str) -> None:
    """Where it would say when it goes out, it says when the rest ends, and why there is one."""
    with clock.frozen(NOW):
        laura, product = await stage.person(), await stage.product()
        post_id = await stage.post(product, platforms=(Platform.FACEBOOK,), text=TEXT, after=timedelta(minutes=5))
        await review.approve(laura, post_id)
        async with db.session() as s:
            account = (await s.exec(select(Account).where(Account.platform == Platform.FACEBOOK))).one()
            account.rest(NOW + timedelta(minutes=20), "rest.limit")
        row = post_row(await posts.post(laura, post_id), "es")
    assert row.deliveries[0].text == "Saldrá hoy 10:20"
    assert row.deliveries[0].detail == "Facebook ha puesto un límite a esta cuenta. Sigue sola hoy 10:20."
    assert "10:20" in row.next


@given(approved=words, live=words)
def test_the_pieces_make_up_both_texts(approved: str, live: str) -> None:
    """Nothing of either text is lost: the same and the gone are the approved one, the same and the new the live one."""
    pieces = word_diff(approved, live)
    assert "".join(p.text for p in pieces if p.kind != "new") == approved
    assert "".join(p.text for p in pieces if p.kind != "gone") == live
