"""`marketingos account …` and `keys rotate`, as an engineer types them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import Result
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from marketingos.cli import app
from tests.conftest import Setter
from tests.outside import Outside


@pytest.fixture(autouse=True)
def ground(sqlite_url: str, environment: Setter, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of this test alone; logs go where those of a terminal go, and are forgotten."""
    environment(DATABASE_URL=sqlite_url)
    monkeypatch.setattr("marketingos.log.configure", lambda: None)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr), cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


async def marketingos(*words: str) -> Result:
    """Runs a command in a thread, while the outside world goes on answering."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(words))


async def listed() -> list[dict[str, Any]]:
    return json.loads((await marketingos("account", "list", "--json")).stdout)  # type: ignore[no-any-return]


async def test_an_account_is_connected_from_a_token_file(outside: Outside, tmp_path: Path) -> None:
    """The token comes from a file, is tried, and is not shown by any command."""
    demo = outside.account("linkedin")
    token, refresh = tmp_path / "token", tmp_path / "refresh"
    token.write_text(f"{demo.access_token}\n")
    refresh.write_text(f"{demo.refresh_token}\n")
    told = await marketingos(
        "account", "connect", "linkedin", "--id", demo.external_id, "--name", "Empresa", "--token-file", str(token),
        "--refresh-token-file", str(refresh), "--expires-at", "2030-01-01T00:00:00Z",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    [row] = await listed()
    assert (row["platform"], row["externalId"], row["name"]) == ("linkedin", demo.external_id, "Empresa")
    assert row["renews"]
    plain = await marketingos("account", "list")
    assert "Empresa" in plain.stdout
    for shown in (told.output, json.dumps(row), plain.stdout):
        assert demo.access_token not in shown
        assert str(demo.refresh_token) not in shown


async def test_a_refused_token_is_one_sentence_and_exit_code_1(outside: Outside, tmp_path: Path) -> None:
    """Nothing is connected, and the token is not repeated."""
    (tmp_path / "token").write_text("made-up-token")
    told = await marketingos("account", "connect", "facebook", "--id", "1", "--token-file", str(tmp_path / "token"))
    assert told.exit_code == 1
    assert "Reconecta" in told.output
    assert "made-up-token" not in told.output
    assert await listed() == []


async def test_a_check_finds_what_is_dead(outside: Outside, tmp_path: Path) -> None:
    """Exit code 0 while every permission works, 1 when one does not."""
    demo = outside.account("facebook")
    (tmp_path / "token").write_text(demo.access_token)
    words = ("account", "connect", "facebook", "--id", demo.external_id, "--token-file", str(tmp_path / "token"))
    assert (await marketingos(*words)).exit_code == 0
    assert (await marketingos("account", "check")).exit_code == 0
    await outside.control("tokens", {"token": demo.access_token, "action": "revoke"})
    told = await marketingos("account", "check", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)[0]["health"] == "rejected"


async def test_keys_are_rotated(outside: Outside, tmp_path: Path, environment: Setter) -> None:
    """After `keys rotate` the old key may be taken away."""
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    environment(SECRET_KEYS=old)
    demo = outside.account("facebook")
    (tmp_path / "token").write_text(demo.access_token)
    words = ("account", "connect", "facebook", "--id", demo.external_id, "--token-file", str(tmp_path / "token"))
    await marketingos(*words)
    environment(SECRET_KEYS=f"{new},{old}")
    assert (await marketingos("keys", "rotate")).stdout.strip() == "1"
    environment(SECRET_KEYS=new)
    assert (await marketingos("account", "check")).exit_code == 0
