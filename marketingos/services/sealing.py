"""Changing the keys of the vault: everything sealed is sealed anew under the first of `SECRET_KEYS`."""

from __future__ import annotations

from sqlalchemy import Table, select, update
from sqlmodel import SQLModel

from marketingos import vault
from marketingos.db import session

SEALED = "sealed_"
"""Columns whose name begins so hold vault ciphertext, in whatever table."""


async def rotate() -> int:
    """Seals every secret anew; answers how many. Afterwards the older keys are of no use and may be taken away."""
    return sum([await _rotate(table) for table in SQLModel.metadata.sorted_tables])


async def _rotate(table: Table) -> int:
    """One table in one transaction, so that a permission renewed meanwhile is never written over."""
    sealed = [column for column in table.columns if column.name.startswith(SEALED)]
    if not sealed:
        return 0
    key = list(table.primary_key.columns)
    count = 0
    async with session() as s:
        connection = await s.connection()
        for row in (await connection.execute(select(*key, *sealed).with_for_update())).mappings().all():
            fresh = {column.name: vault.rotate(row[column.name]) for column in sealed if row[column.name]}
            if fresh:
                await connection.execute(update(table).where(*(k == row[k.name] for k in key)).values(fresh))
                count += len(fresh)
    return count
