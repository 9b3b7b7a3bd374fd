"""What the evaluation reached stays reached: the open cases, and a writer that fails. The rest is `make eval`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from marketingos import adapters, clock, sandbox
from tests.conftest import Serve, Setter
from tests.eval import house, page, scoring, writers

REACHED = yaml.safe_load((Path(__file__).parent / "reached.yaml").read_text("utf-8"))


async def test_the_checks_are_as_good_as_they_were(environment: Setter) -> None:
    """Precision and recall of each check on the open part do not fall below the figures in `reached.yaml`."""
    report = await scoring.score("open")
    for name, (precision, recall) in REACHED["open"].items():
        assert report.scores[name].precision >= precision, (name, report.mistakes)
        assert report.scores[name].recall >= recall, (name, report.mistakes)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_every_bad_answer_is_caught(database: str, serve: Serve, environment: Setter, tmp_path: Path) -> None:
    """Repaired, shown to a person or refused: nothing that the writer does wrong goes on unseen."""
    twin = sandbox.create_app(data_dir=tmp_path / "twin", public_base="http://sandbox.invalid", clock=clock.now)
    twin.state.twin.ledger.put_setting("claude_seconds", 0)
    base = await serve(twin)
    environment(ANTHROPIC_BASE_URL=f"{base}/claude")
    await house.settle_in()
    outcomes = await writers.fail_in_every_way(base)
    await adapters.close()
    assert [str(outcome) for outcome in outcomes if not outcome.caught] == []


async def test_with_a_key_claude_is_asked(serve: Serve, environment: Setter, tmp_path: Path) -> None:
    """The same briefs go to whoever answers at `ANTHROPIC_BASE_URL`, and the page tells which model wrote them."""
    twin = sandbox.create_app(data_dir=tmp_path / "twin", public_base="http://sandbox.invalid", clock=clock.now)
    twin.state.twin.ledger.put_setting("claude_seconds", 0)
    base = await serve(twin)
    environment(
        ANTHROPIC_API_KEY="sk-ant-test", ANTHROPIC_BASE_URL=f"{base}/claude", DATABASE_URL="sqlite:///unused.db"
    )
    async with house.opened() as nobody:
        asked, writer = await writers.write_all(), house.writer_name()
    assert nobody is None
    assert len(asked) >= 30
    assert all(one.written and len(one.written.copies) == 4 for one in asked)
    assert f"written by {writer}" in page.html(asked, writer)
    assert writer.startswith("claude-")
