"""Backup and restore: one file that is true at one moment, and a database that goes on from it."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select as core_select
from sqlmodel import SQLModel, select

from marketingos import adapters, db
from marketingos.domain import TABLES
from marketingos.domain.account import Account
from marketingos.domain.audit import AuditEntry
from marketingos.domain.media import Media
from marketingos.domain.platform import Platform
from marketingos.domain.post import Post, Variant
from marketingos.errors import MarketingError, Refused
from marketingos.services import backup, people, review, world
from tests.bucket import KEYS
from tests.conftest import Setter
from tests.services import stage

Rows = Mapping[str, list[dict[str, Any]]]
BOTH = ("sqlite_url", "postgresql_url")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "copies" / "today.zip"


@pytest.fixture
def elsewhere(environment: Setter, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Any]:
    """Changes to another database of a kind, or back to the one there is, with an empty media folder."""

    async def change(kind: str) -> None:
        await db.dispose()
        environment(DATABASE_URL=request.getfixturevalue(kind), DATA_DIR=tmp_path / "elsewhere")

    return change


async def furnish() -> None:
    """A product with accounts, people, and posts, one of them approved."""
    await world.settle()
    laura = await stage.person()
    product = await stage.product()
    first = await stage.post(product, platforms=tuple(Platform))
    await stage.post(product, after=timedelta(hours=5), text="¡Ñandú! — “comillas” \u2028 y 👩‍🍳")
    await review.approve(laura, first)


async def everything() -> Rows:
    """All rows of all tables, as Python values."""
    async with db.reading() as s:
        connection = await s.connection()
        found = {}
        for table in SQLModel.metadata.sorted_tables:
            rows = await connection.execute(core_select(table).order_by(*table.primary_key))
            found[table.name] = [dict(row._mapping) for row in rows]
    return found


def test_every_table_is_in_it() -> None:
    """No table can be forgotten."""
    assert {model.__table__ for model in TABLES} == set(SQLModel.metadata.tables.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", BOTH)
async def test_what_was_there_is_there_again(
    kind: str, database: str, copy: Path, elsewhere: Callable[..., Any]
) -> None:
    """Rows and files come back as they were, into either database, and new rows follow the old ids."""
    await furnish()
    before = await everything()
    made = await backup.backup(copy)
    await elsewhere(kind)
    back = await backup.restore(copy, replace=True)
    assert (back.rows, back.files) == (made.rows, made.files)
    after = await everything()
    assert after["auditentry"].pop()["action"] == "backup.restore"
    after["mark"] = [row for row in after["mark"] if row["name"] != world.RESTORED]
    for row in after["delivery"]:
        assert row.pop("verify_since") == back.created_at
        assert row.pop("fence") == 1
    for row in before["delivery"]:
        del row["verify_since"], row["fence"]
    assert after == before
    async with db.reading() as s:
        for row in (await s.exec(select(Media))).all():
            assert len(await adapters.media_store().open(row.name)) == row.size
            assert await adapters.media_store().exists(row.thumbnail or "")
    assert await stage.product("Nuevo") > max(row["id"] for row in before["product"])
    await db.dispose()


@pytest.mark.parametrize(("here", "there"), [("bucket", "folder"), ("folder", "bucket")])
async def test_files_move_between_a_folder_and_a_bucket(
    here: str, there: str, database: str, copy: Path, environment: Setter, s3_server: str, tmp_path: Path
) -> None:
    """What was kept in one kind of store is there again in the other, byte for byte."""
    places = {
        "bucket": {"MEDIA_STORE": f"s3://media/{uuid4().hex}", "AWS_ENDPOINT_URL": s3_server, **KEYS},
        "folder": {"MEDIA_STORE": f"file://{tmp_path}/files"},
    }
    environment(**places[here])
    await furnish()
    async with db.reading() as s:
        names = [row.name for row in (await s.exec(select(Media))).all()]
    before = [await adapters.media_store().open(name) for name in names]
    await backup.backup(copy)
    environment(**places[there])
    assert not await adapters.media_store().exists(names[0])
    await backup.restore(copy, replace=True)
    assert [await adapters.media_store().open(name) for name in names] == before


async def test_it_is_of_one_moment_while_others_write(
    database: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while the file is made is wholly in it or wholly not."""
    await furnish()
    product, lines, written = await stage.product("Otro"), backup._lines, []

    async def lines_while_writing(s: Any, model: type[SQLModel]) -> Any:
        if model in (Post, Variant, AuditEntry):
            written.append(await stage.post(product, text=f"Escrito al leer {model.__name__}", with_picture=False))
        async for line in lines(s, model):
            yield line

    monkeypatch.setattr(backup, "_lines", lines_while_writing)
    before = await everything()
    await asyncio.wait_for(backup.backup(copy), 30)
    assert len(written) == 3
    await backup.restore(copy, replace=True)
    after = await everything()
    assert [row["id"] for row in after["post"]] == [row["id"] for row in before["post"]]
    assert [row["id"] for row in after["variant"]] == [row["id"] for row in before["variant"]]


async def test_no_secret_is_readable_in_it(database: str, copy: Path) -> None:
    """Tokens are in the file as ciphertext, no password and no key is, and only its owner may read it."""
    await furnish()
    await backup.backup(copy)
    with zipfile.ZipFile(copy) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    async with db.reading() as s:
        sealed = (await s.exec(select(Account.sealed_token))).all()
    assert sealed
    assert all(token.encode() in whole for token in sealed if token)
    assert b"token-ReservasPro" not in whole
    assert b"una-clave-larga" not in whole
    assert copy.stat().st_mode & 0o077 == 0


async def test_a_database_with_posts_is_not_replaced_unasked(database: str, copy: Path) -> None:
    """Posts are replaced only when that was asked for."""
    await furnish()
    await backup.backup(copy)
    await refused(copy, "backup.has_posts")
    await backup.restore(copy, replace=True)


async def test_a_damaged_file_changes_nothing(database: str, copy: Path) -> None:
    """A file that was cut, or of which any byte was changed, is refused before anything is touched."""
    await furnish()
    await backup.backup(copy)
    good = copy.read_bytes()
    copy.write_bytes(good[: len(good) // 2])
    await refused(copy, "backup.damaged")
    for at in range(60, len(good), len(good) // 12):
        copy.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        await refused(copy)


async def test_rows_that_do_not_fit_change_nothing(database: str, copy: Path) -> None:
    """A file whose rows contradict each other, or are fewer than it says, is refused and nothing is changed."""
    await furnish()
    await backup.backup(copy)
    rewrite(copy, "rows/product.jsonl", lambda data: b"")
    await refused(copy, "backup.damaged")
    rewrite(copy, "manifest.json", lambda data: data.replace(b'"product": 1', b'"product": 0'))
    await refused(copy, "backup.damaged")


async def test_foreign_files_are_refused(database: str, copy: Path, environment: Setter) -> None:
    """Another program's file, an unknown format, a newer version and another world have each their sentence."""
    await furnish()
    await backup.backup(copy)
    good = copy.read_bytes()
    rewrite(copy, "manifest.json", lambda data: data.replace(b"backup-1", b"backup-9"))
    await refused(copy, "backup.not_ours")
    copy.write_bytes(good)
    rewrite(copy, "rows/product.jsonl", lambda data: data.replace(b'"website"', b'"telepathy"'))
    await refused(copy, "backup.newer")
    copy.write_bytes(good)
    rewrite(copy, "manifest.json", lambda data: data.replace(b'"sandbox"', b'"live"'))
    await refused(copy, "backup.other_world")
    copy.write_text("hola")
    await refused(copy, "backup.not_ours")


async def test_nobody_is_logged_in_after_a_restore(database: str, copy: Path) -> None:
    """A session that was ended since the backup does not come to life again."""
    await furnish()
    token = (await people.redeem_ticket(await people.open_ticket("admin@codetix.es", "una-clave-larga")) or ("",))[0]
    assert await people.who_is(token)
    await backup.backup(copy)
    await backup.restore(copy, replace=True)
    assert await people.who_is(token) is None


def rewrite(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Another file with one entry changed, its checksums right."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in entries.items():
            archive.writestr(entry, change(data) if entry == name else data)


async def refused(path: Path, key: str = "") -> None:
    """The restore is refused with this sentence, and everything is as it was."""
    before = await everything()
    with pytest.raises(MarketingError) as caught:
        await backup.restore(path, replace=key != "backup.has_posts")
    assert isinstance(caught.value, Refused)
    assert key in ("", caught.value.key)
    assert await everything() == before
