"""The one way to rows, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from marketingos import db
from marketingos.domain import Product

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_what_a_transaction_wrote_is_there_afterwards() -> None:
    """A session commits on the way out."""
    async with db.session() as session:
        session.add(Product(name="ReservasPro", created_at=AT))
    async with db.reading() as session:
        assert (await session.exec(select(Product))).one().created_at == AT


async def test_an_error_takes_everything_back() -> None:
    """A session rolls back when its block fails."""

    async def break_off() -> None:
        async with db.session() as session:
            session.add(Product(name="ReservasPro", created_at=AT))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    async with db.reading() as session:
        assert (await session.exec(select(Product))).all() == []
