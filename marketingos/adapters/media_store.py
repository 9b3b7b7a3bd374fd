"""Files on the local disk, by the name that says what is in them: `{sha256}.{extension}`."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from anyio import to_thread

from marketingos.errors import NotFound

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")


class LocalStore:
    """A folder. A name that is not one of ours is `NotFound`, so nothing outside the folder can be reached."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, data: bytes) -> None:
        """Keeps the bytes under the name, whole or not at all; a name that is there already is left as it is."""
        await to_thread.run_sync(self._write, self.path(name), data)

    async def open(self, name: str) -> bytes:
        """The bytes of a file; `NotFound` when it is not there."""
        try:
            return await to_thread.run_sync(self.path(name).read_bytes)
        except FileNotFoundError as error:
            raise NotFound("media.gone") from error

    async def exists(self, name: str) -> bool:
        """Whether a file of this name is there."""
        return _NAME.fullmatch(name) is not None and await to_thread.run_sync(self.path(name).is_file)

    def path(self, name: str) -> Path:
        """Where the file lies or would lie; folders of 256 keep listings short."""
        if not _NAME.fullmatch(name):
            raise NotFound("media.gone")
        return self._folder / name[:2] / name

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
