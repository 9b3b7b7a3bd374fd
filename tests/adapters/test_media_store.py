"""Files in a folder or a bucket: both keep the same promises, and neither needs a file's size in memory."""

from __future__ import annotations

import hashlib
import resource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketingos.adapters.media_store import PIECE, MediaStore, bucket, folder_of, local
from marketingos.errors import NotFound, NotSent

DATA = bytes(range(256)) * 40
NAME = hashlib.sha256(DATA).hexdigest() + ".jpg"


def in_bucket(endpoint: str, prefix: str) -> MediaStore:
    address = f"s3://media/{prefix}"
    return bucket(address, key="key", secret="secret", session="", region="us-east-1", endpoint=endpoint)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return local(tmp_path / "media")
    return in_bucket(request.getfixturevalue("s3_server"), request.node.name)


async def test_what_is_put_is_there(store: MediaStore) -> None:
    """The bytes come back whole, and the store knows how many they are."""
    assert await store.size(NAME) is None
    assert not await store.exists(NAME)
    await store.put(NAME, DATA)
    assert await store.open(NAME) == DATA
    assert await store.size(NAME) == len(DATA)
    assert await store.exists(NAME)


async def test_a_name_that_is_there_is_left_alone(store: MediaStore) -> None:
    """The name says the content, so a second writer changes nothing."""
    await store.put(NAME, DATA)
    await store.put(NAME, b"others")
    assert await store.open(NAME) == DATA


async def test_a_file_goes_in_and_comes_out(store: MediaStore, tmp_path: Path) -> None:
    """From a file of this machine and back into one, also in several parts."""
    data = b"0123456789abcdef" * 1_300_000
    given, taken = tmp_path / "given", tmp_path / "taken"
    given.write_bytes(data)
    name = hashlib.sha256(data).hexdigest() + ".mp4"
    await store.put(name, given)
    await store.fetch(name, taken)
    assert taken.read_bytes() == data
    pieces = [len(piece) async for piece in store.stream(name)]
    assert sum(pieces) == len(data)
    assert max(pieces) < 8 * PIECE


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(DATA) - 1), st.integers(1, len(DATA)))
async def test_any_span_is_that_span(store: MediaStore, start: int, length: int) -> None:
    """From any byte up to any other, and from any byte to the end."""
    await store.put(NAME, DATA)
    end = min(start + length, len(DATA))
    assert await store.open(NAME, start, end) == DATA[start:end]
    assert await store.open(NAME, start) == DATA[start:]


async def test_a_large_file_never_lies_in_memory(store: MediaStore, tmp_path: Path) -> None:
    """200 MB go in and come out in small pieces, while memory grows by some of them only."""
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    await store.put(NAME, DATA)  # whatever is loaded at first use is loaded now
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await store.put("a" * 64 + ".mp4", large)
    seen = 0
    async for piece in store.stream("a" * 64 + ".mp4"):
        assert len(piece) <= 8 * PIECE
        seen += len(piece)
    assert seen == 200_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


async def test_what_is_not_there_is_not_found(store: MediaStore) -> None:
    """A file that is gone is a NotFound, whole or in part."""
    for start in (0, 5):
        with pytest.raises(NotFound):
            await store.open(NAME, start)


@pytest.mark.parametrize("name", [f"../{NAME}", f"{NAME}/..", f"{NAME}\n", NAME.upper(), "a" * 64, "", "x.jpg"])
async def test_only_our_names_reach_anything(store: MediaStore, name: str) -> None:
    """A name that only resembles ours is refused before the store is asked."""
    with pytest.raises(NotFound):
        await store.open(name)
    with pytest.raises(NotFound):
        await store.put(name, DATA)
    assert not await store.exists(name)


async def test_a_store_that_does_not_answer_can_be_asked_again() -> None:
    """An endpoint that is down is a NotSent, which is tried again, and never a file that is gone."""
    with pytest.raises(NotSent):
        await in_bucket("http://127.0.0.1:9", "down").open(NAME)


def test_a_folder_is_named_by_its_address() -> None:
    """As `file:///…` addresses are written, with blanks as %20."""
    assert folder_of("file:///srv/our%20media") == Path("/srv/our media")
