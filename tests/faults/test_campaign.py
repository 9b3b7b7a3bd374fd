"""A small campaign, the same every time; `make faults` runs a long one."""

from __future__ import annotations

import pytest

from tests.faults.campaign import QUIET, SILENCE, run_campaign
from tests.faults.conftest import Build
from tests.faults.kinds import KINDS


@pytest.mark.timeout(600)
def test_a_small_campaign(build_world: Build) -> None:
    """Random faults and kills: no duplicate, no loss, no false status."""
    campaign = run_campaign(build_world("sqlite", silence=SILENCE, quiet=QUIET), 60, seed=4)
    assert not campaign.verdict.wrong
    assert all(KINDS[name].asks for name in campaign.verdict.by_hand)
