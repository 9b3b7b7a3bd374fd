"""The local store keeps whole files under names that it made, and reaches nothing else."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.adapters.media_store import LocalStore
from marketingos.errors import NotFound

DATA = b"\xff\xd8 a picture"
NAME = f"{hashlib.sha256(DATA).hexdigest()}.jpg"


async def test_what_was_put_is_there(tmp_path: Path) -> None:
    """A stored file can be read again under its name."""
    store = LocalStore(tmp_path / "media")
    assert not await store.exists(NAME)
    await store.put(NAME, DATA)
    assert await store.exists(NAME)
    assert await store.open(NAME) == DATA
    assert store.path(NAME).is_relative_to(tmp_path / "media")


async def test_putting_twice_is_harmless(tmp_path: Path) -> None:
    """The same file may be stored again, and nothing half-written stays behind."""
    store = LocalStore(tmp_path)
    await store.put(NAME, DATA)
    await store.put(NAME, DATA)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [NAME]


async def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves neither the file nor its draft."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    store = LocalStore(tmp_path)
    with pytest.raises(OSError, match="No space"):
        await store.put(NAME, DATA)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


async def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    """Reading what was never stored is `NotFound`."""
    with pytest.raises(NotFound):
        await LocalStore(tmp_path).open(NAME)


@given(name=st.text(max_size=90))
def test_foreign_names_reach_nothing(name: str) -> None:
    """Any name that is not a hash with an extension is refused before the disk is touched."""
    with pytest.raises(NotFound):
        LocalStore(Path("media")).path(name)


@pytest.mark.parametrize("name", [f"../{NAME}", f"{NAME}/..", f"{NAME}\n", NAME.upper(), "a" * 64])
def test_near_misses_reach_nothing(name: str) -> None:
    """A name that only resembles ours is refused too."""
    with pytest.raises(NotFound):
        LocalStore(Path("media")).path(name)
