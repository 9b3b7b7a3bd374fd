"""Files in a folder or in an S3 bucket, by the name that says what is in them: `{sha256}.{extension}`.

One interface for both (obstore): whole, in spans, as a stream, and from and into files of this machine. What is written
appears whole or not at all; the same name is written once. Other S3-compatible services than Amazon's are reached at
their endpoint.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from anyio import to_thread
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from marketingos.errors import NotFound, NotSent

PIECE = 1_048_576
"""Bytes that a stream hands on at a time."""

PART = 8_388_608
"""Bytes of a part of an S3 upload; at most `_PARTS` of them are in memory."""

_PARTS = 3
_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")
_PATIENCE = timedelta(seconds=30)


class MediaStore:
    """A folder or a bucket. A name that is not one of ours is `NotFound`, so nothing else can be reached; a store that
    does not answer is `NotSent("error.media_store")`."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    async def put(self, name: str, data: bytes | Path) -> None:
        """Keeps bytes, or what is in a file, under the name; a name that is there already is left as it is."""
        if await self.size(name) is not None:
            return
        with _told():
            await obstore.put_async(self._store, _key(name), data, chunk_size=PART, max_concurrency=_PARTS)
        if isinstance(self._store, LocalStore):
            await to_thread.run_sync(_settle, Path(str(self._store.prefix)) / _key(name))

    async def size(self, name: str) -> int | None:
        """How many bytes the file has; None when there is none of this name."""
        if not _NAME.fullmatch(name):
            return None
        try:
            with _told():
                return (await obstore.head_async(self._store, _key(name)))["size"]
        except NotFound:
            return None

    async def exists(self, name: str) -> bool:
        """Whether a file of this name is there."""
        return await self.size(name) is not None

    async def open(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to, not including, `end`; `NotFound` when there is no such file."""
        return b"".join([piece async for piece in self.stream(name, start, end)])

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The same bytes a piece at a time, however large the file is."""
        span: Any = {"offset": start} if end is None else (start, end)
        with _told():
            asked = {"range": span} if start or end is not None else {}
            found = await obstore.get_async(self._store, _key(name), options=asked)  # type: ignore[arg-type]
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    async def fetch(self, name: str, target: Path) -> None:
        """Copies a file to this machine, a piece at a time."""
        with target.open("wb") as file:
            async for piece in self.stream(name):
                await to_thread.run_sync(file.write, piece)


def local(folder: Path) -> MediaStore:
    """A store in a folder, which is made when something is put into it."""
    return MediaStore(LocalStore(folder.absolute(), mkdir=True))


def bucket(address: str, *, key: str, secret: str, session: str, region: str, endpoint: str) -> MediaStore:
    """A store in `s3://bucket/prefix`. Without a key the machine's own role is asked for one."""
    parts = urlsplit(address)
    known = {
        "access_key_id": key,
        "secret_access_key": secret,
        "session_token": session,
        "endpoint": endpoint.rstrip("/"),
    }
    config: Any = {name: value for name, value in known.items() if value}
    return MediaStore(
        S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            region=region,
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": timedelta(minutes=10)},
            retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
            **config,
        )
    )


def folder_of(address: str) -> Path:
    """The folder of a `file:///…` address."""
    return Path(unquote(urlsplit(address).path))


def _key(name: str) -> str:
    """Where a file lies below the root; folders of 256 keep listings short."""
    if not _NAME.fullmatch(name):
        raise NotFound("media.gone")
    return f"{name[:2]}/{name}"


@contextmanager
def _told() -> Iterator[None]:
    """The store's errors in our words."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("media.gone") from error
    except (BaseError, OSError) as error:
        raise NotSent("error.media_store", diagnostic=str(error)[:500]) from error


def _settle(path: Path) -> None:
    """A row may only name a file that survives a power cut."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
