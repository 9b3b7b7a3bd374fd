"""Prices: the line in force on the day, the band of the prompt's size, and never less than it costs."""

from __future__ import annotations

from datetime import date

import pytest

from marketingos.domain.ports import Usage
from marketingos.domain.price import PRICES, dollars, price_of

DAY = date(2026, 11, 23)


def usage(model: str, **counts: int) -> Usage:
    return Usage(provider="anthropic", model=model, purpose="post", **counts)


def test_a_post_costs_what_the_contract_reckons() -> None:
    """5k tokens read from the cache, 1.5k fresh, 3k written: 3.35 cents on Sonnet 5.5."""
    counted = usage("claude-sonnet-5-5", input_tokens=1500, cache_read_tokens=5000, output_tokens=3000)
    assert dollars(counted, DAY) == pytest.approx(0.0335)


def test_the_day_decides() -> None:
    """Cache reads cost double before 7 October 2026."""
    counted = usage("claude-sonnet-5-5", cache_read_tokens=1_000_000)
    assert dollars(counted, date(2026, 10, 6)) == pytest.approx(0.20)
    assert dollars(counted, date(2026, 10, 7)) == pytest.approx(0.10)


def test_long_prompts_have_their_own_band() -> None:
    """Haiku 5.5 costs five times as much from 100,000 tokens of prompt on."""
    short, long = usage("claude-haiku-5-5", input_tokens=99_999), usage("claude-haiku-5-5", input_tokens=200_000)
    assert price_of(short, DAY).input == 0.10
    assert price_of(long, DAY).input == 0.50


def test_a_dated_name_is_its_family() -> None:
    """`claude-haiku-4-5-20251001` is booked as Haiku 4.5; another generation is not."""
    assert price_of(usage("claude-haiku-4-5-20251001"), DAY).model == "claude-haiku-4-5"
    assert price_of(usage("claude-sonnet-5-9"), DAY).model == ""


def test_what_we_do_not_know_is_dear() -> None:
    """A model without a line is booked at least as dear as any that has one."""
    counts = {"input_tokens": 1000, "output_tokens": 1000, "cache_write_tokens": 1000, "cache_read_tokens": 1000}
    assert all(dollars(usage("?", **counts), DAY) >= dollars(usage(p.model, **counts), DAY) for p in PRICES)
    assert all(dollars(usage("?", units=1), DAY) >= dollars(usage(p.model, units=1), DAY) for p in PRICES)


def test_the_providers_own_figure_wins() -> None:
    """A provider that says what a call cost is believed."""
    told = Usage(provider="anthropic", model="claude-sonnet-5-5", purpose="post", output_tokens=9, dollars=0.5)
    assert dollars(told, DAY) == 0.5
