"""Backup and restore: everything in one file, taken while the server runs and put back in one transaction.

The file is a zip: `manifest.json`; `rows/{table}.jsonl`, one row a line in a form that SQLite and PostgreSQL share; and
`media/{name}`, every file that a row names. Secrets are in it as they are in the rows: sealed. The keys are not, so a
backup is of use only together with SECRET_KEYS.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Table, delete, insert, text
from sqlalchemy import select as select_rows
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import SQLModel, col, select

from marketingos import __version__, adapters, clock, db, log
from marketingos.db import AsyncSession
from marketingos.domain import TABLES
from marketingos.domain.consent import Consent
from marketingos.domain.delivery import Delivery, DeliveryStatus
from marketingos.domain.post import Post
from marketingos.domain.user import LoginSession, LoginTicket
from marketingos.errors import Refused
from marketingos.services import audit, world

logger = log.get_logger(__name__)

BATCH = 500
_FILE_NAME = re.compile(r"\b[0-9a-f]{64}\.[a-z0-9]{2,5}\b")
_PASSING = (LoginSession, LoginTicket, Consent)
"""What was good for a while only: after a restore people log in again, so that nobody's ended session comes back."""


_SPOILT = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,  # what zipfile raises for a compression method that a flipped byte invented
    DataError,
    IntegrityError,
)
"""How a damaged file shows itself: to the unpacker, to our types, or to the database."""


class Manifest(BaseModel):
    """What a backup says of itself. `rows` counts them by table; `media` names the files in it."""

    format: Literal["marketingos-backup-1"] = "marketingos-backup-1"
    product: str
    revision: str
    world: str
    created_at: AwareDatetime
    rows: dict[str, int]
    media: list[str]


@dataclass(frozen=True, kw_only=True)
class BackupView:
    """What went into a file, or came out of it."""

    created_at: datetime
    rows: int
    files: int


# -- backup ------------------------------------------------------------------------------------------------------------


async def backup(path: Path) -> BackupView:
    """Writes everything as it is at this moment; the file appears whole or not at all, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _drafted(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = await _write(archive)
    return _view(manifest)


@contextmanager
def _drafted(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place in the end."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".draft-", delete=False) as file:
        draft = Path(file.name)
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


async def _write(archive: zipfile.ZipFile) -> Manifest:
    # Asked before the snapshot is taken: what is published after this moment may be missing from the file.
    created_at = clock.now()
    counts: dict[str, int] = {}
    named: set[str] = set()
    async with db.snapshot() as s:
        revision = await _revision(s)
        for model in _in_order():
            with archive.open(_entry(model), "w") as file:
                async for line in _lines(s, model):
                    file.write(f"{line}\n".encode())
                    named.update(_FILE_NAME.findall(line))
                    counts[_table(model).name] = counts.get(_table(model).name, 0) + 1
    media = [name for name in sorted(named) if await _add_file(archive, name)]
    manifest = Manifest(
        product=__version__,
        revision=revision,
        world=world.here(),
        created_at=created_at,
        rows=counts,
        media=media,
    )
    archive.writestr("manifest.json", manifest.model_dump_json(indent=2))
    return manifest


async def _lines(s: AsyncSession, model: type[SQLModel]) -> AsyncIterator[str]:
    """Each row as a line of JSON."""
    table, kinds = _table(model), _kinds(model)
    connection = await s.connection()
    async for row in await connection.stream(select_rows(table).order_by(*table.primary_key)):
        plain = {name: kinds[name].dump_python(value, mode="json") for name, value in row._mapping.items()}
        yield json.dumps(plain, ensure_ascii=False)


async def _add_file(archive: zipfile.ZipFile, name: str) -> bool:
    """Adds a stored file; False when it is gone, which is no reason not to keep the rest."""
    store = adapters.media_store()
    if not await store.exists(name):
        logger.warning("backup.file_missing", name=name)
        return False
    with archive.open(zipfile.ZipInfo(f"media/{name}"), "w", force_zip64=True) as entry:
        async for piece in store.stream(name):
            entry.write(piece)
    return True


# -- restore -----------------------------------------------------------------------------------------------------------


async def restore(path: Path, *, replace: bool = False) -> BackupView:
    """Puts a backup in the place of what is in the database, which must have today's shape.

    Raises `Refused`, and changes nothing, when the file is no backup, damaged, of a newer version or of another world,
    or when there are posts and `replace` was not asked for. No server may run on the database meanwhile. Whatever may
    have gone out since the backup is looked for on its platform before it is sent.
    """
    if not _looks_like_one(path):
        raise Refused("backup.not_ours")
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _checked(archive)
            async with db.session() as s:
                await _replace(s, archive, manifest, replace=replace)
    except _SPOILT as error:
        logger.warning("backup.damaged", path=str(path), error=repr(error))
        raise Refused("backup.damaged") from error
    logger.info("backup.restored", created_at=manifest.created_at.isoformat())
    return _view(manifest)


def _looks_like_one(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _checked(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of a backup that is whole, ours, and of this world."""
    manifest = _manifest(archive)
    if manifest.world != world.here():
        raise Refused("backup.other_world", backup=manifest.world, settings=world.here())
    if not manifest.rows.keys() <= {_table(model).name for model in TABLES}:
        raise Refused("backup.newer", version=manifest.product)
    spoilt = [name for name in manifest.media if not _is_whole(archive, name)]
    if spoilt or archive.testzip():
        raise Refused("backup.damaged")
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        return Manifest.model_validate_json(archive.read("manifest.json"))
    except (KeyError, ValidationError) as error:
        raise Refused("backup.not_ours") from error


def _is_whole(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a file has the content that its name says."""
    with archive.open(f"media/{name}") as entry:
        digest = hashlib.file_digest(entry, "sha256").hexdigest()  # type: ignore[arg-type]
    return _FILE_NAME.fullmatch(name) is not None and digest == name.partition(".")[0]


async def _replace(s: AsyncSession, archive: zipfile.ZipFile, manifest: Manifest, *, replace: bool) -> None:
    if not replace and (await s.exec(select(Post.id).limit(1))).first():
        raise Refused("backup.has_posts")
    await world.refuse_other(s)
    connection = await s.connection()
    for model in reversed(_in_order()):
        await connection.execute(delete(_table(model)))
    for model in _in_order():
        if model not in _PASSING:
            await _load(s, archive, manifest, model)
    await _put_files(archive, manifest)
    await _verify_first(s, manifest.created_at)
    audit.note(s, audit.SYSTEM, "backup.restore", "database", made_at=manifest.created_at.isoformat())


async def _put_files(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Into the store there is, be it another than the one they came from; one at a time, never whole in memory."""
    for name in manifest.media:
        with tempfile.TemporaryDirectory() as folder:
            await adapters.media_store().put(name, Path(archive.extract(f"media/{name}", folder)))


async def _verify_first(s: AsyncSession, since: datetime) -> None:
    """What is not out as far as these rows know may have gone out since: it is looked for before it is sent."""
    s.expire_all()  # the rows were changed behind its back
    await world.mark_restored(s, since)
    not_out = select(Delivery).where(col(Delivery.status) != DeliveryStatus.PUBLISHED)
    for delivery in (await s.exec(not_out)).all():
        delivery.verify_first(since, clock.now())


async def _load(s: AsyncSession, archive: zipfile.ZipFile, manifest: Manifest, model: type[SQLModel]) -> None:
    table, count = _table(model), 0
    if table.name not in manifest.rows:
        return
    connection = await s.connection()
    with archive.open(_entry(model)) as file:
        while batch := [_row(model, line, manifest) for line in islice(file, BATCH)]:
            await connection.execute(insert(table), batch)
            count += len(batch)
    if count != manifest.rows[table.name]:
        raise Refused("backup.damaged")
    await _set_sequence(s, table)


def _row(model: type[SQLModel], line: bytes, manifest: Manifest) -> Mapping[str, Any]:
    """A row of the file as the database takes it."""
    kinds, plain = _kinds(model), json.loads(line)
    if not plain.keys() <= kinds.keys():
        raise Refused("backup.newer", version=manifest.product)
    return {name: kinds[name].validate_python(value) for name, value in plain.items()}


async def _set_sequence(s: AsyncSession, table: Table) -> None:
    """PostgreSQL counts ids by itself and has to be told where to go on; SQLite looks."""
    if "id" in table.c and not db.is_sqlite():
        name = f'"{table.name}"'
        last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608  (our names)
        await (await s.connection()).execute(text(last))


# -- both --------------------------------------------------------------------------------------------------------------


def _in_order() -> Sequence[type[SQLModel]]:
    """The tables, each after those that it points at."""
    ranks = {table.name: rank for rank, table in enumerate(SQLModel.metadata.sorted_tables)}
    return sorted(TABLES, key=lambda model: ranks[_table(model).name])


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _entry(model: type[SQLModel]) -> str:
    return f"rows/{_table(model).name}.jsonl"


@cache
def _kinds(model: type[SQLModel]) -> Mapping[str, TypeAdapter[Any]]:
    """How each column's values become plain JSON, and values again."""
    return {column.name: TypeAdapter(model.model_fields[column.name].annotation or Any) for column in _table(model).c}


async def _revision(s: AsyncSession) -> str:
    connection = await s.connection()
    return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())


def _view(manifest: Manifest) -> BackupView:
    return BackupView(created_at=manifest.created_at, rows=sum(manifest.rows.values()), files=len(manifest.media))
