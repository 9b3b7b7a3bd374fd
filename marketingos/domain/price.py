"""What the AI services charge, as dated lines; the newest line that is in force counts.

Sources: Anthropic's price list (platform.claude.com/docs, pricing, read 2026-11-22; cache writes for five minutes cost
1.25 times the input, cache reads a tenth or less); Replicate's model pages and price list (read 2026-10-07), and the
makers' own lists where Replicate shows none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from marketingos.domain.ports import Usage

MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Price:
    """Dollars for a million tokens of each kind, or for one unit (a picture, a second of film). `above` is the prompt's
    size in tokens from which the line counts."""

    model: str
    since: date
    input: float = 0.0
    output: float = 0.0
    cache_write: float = 0.0
    cache_read: float = 0.0
    unit: float = 0.0
    above: int = 0


def _tokens(model: str, since: date, input: float, output: float, write: float, read: float, above: int = 0) -> Price:
    return Price(model=model, since=since, input=input, output=output, cache_write=write, cache_read=read, above=above)


PRICES: tuple[Price, ...] = (
    _tokens("claude-sonnet-5-5", date(2026, 9, 28), 2, 10, 2.5, 0.20),
    _tokens("claude-sonnet-5-5", date(2026, 10, 7), 2, 10, 2.5, 0.10),
    _tokens("claude-haiku-5-5", date(2026, 10, 7), 0.10, 0.50, 0.125, 0.01),
    _tokens("claude-haiku-5-5", date(2026, 10, 7), 0.50, 2.50, 0.625, 0.05, above=100_000),
    _tokens("claude-opus-5-5", date(2026, 9, 22), 4, 20, 5, 0.20),
    _tokens("claude-fable-5-2", date(2026, 11, 9), 8, 40, 10, 0.20),
    _tokens("claude-fable-5-1", date(2026, 9, 1), 10, 50, 12.5, 0.25),
    _tokens("claude-sonnet-5", date(2026, 6, 30), 2, 10, 2.5, 0.20),
    _tokens("claude-sonnet-4-6", date(2026, 2, 17), 3, 15, 3.75, 0.30),
    _tokens("claude-haiku-4-5", date(2025, 10, 15), 1, 5, 1.25, 0.10),
    Price(model="google/nano-banana-2", since=date(2026, 2, 1), unit=0.067),
    Price(model="google/nano-banana-pro", since=date(2026, 2, 1), unit=0.134),
    Price(model="google/nano-banana", since=date(2025, 8, 1), unit=0.039),
    Price(model="black-forest-labs/flux-schnell", since=date(2026, 10, 7), unit=0.003),
    Price(model="black-forest-labs/flux-dev", since=date(2026, 10, 7), unit=0.025),
    Price(model="black-forest-labs/flux-1.1-pro", since=date(2026, 10, 7), unit=0.04),
    Price(model="black-forest-labs/flux-2-pro", since=date(2026, 10, 7), unit=0.03),
    Price(model="bytedance/seedance-2.0", since=date(2026, 10, 7), unit=0.23),
    Price(model="bytedance/seedance-2.0-fast", since=date(2026, 10, 7), unit=0.17),
    Price(model="google/veo-3-fast", since=date(2026, 10, 7), unit=0.15),
    Price(model="google/veo-3.1-fast", since=date(2026, 10, 7), unit=0.15),
    Price(model="ideogram-ai/ideogram-v3-quality", since=date(2026, 10, 7), unit=0.09),
)

UNKNOWN_TOKENS = _tokens("", date.min, 10, 50, 12.5, 1.0)
UNKNOWN_UNIT = Price(model="", since=date.min, unit=0.25)
"""What a model without a line is booked at: the dearest that we know, so that a budget errs on the safe side."""


def dollars(usage: Usage, day: date) -> float:
    """What a call cost. The provider's own figure wins when it gave one."""
    if usage.dollars:
        return usage.dollars
    price = price_of(usage, day)
    tokens = (
        usage.input_tokens * price.input
        + usage.output_tokens * price.output
        + usage.cache_write_tokens * price.cache_write
        + usage.cache_read_tokens * price.cache_read
    )
    return tokens / MILLION + usage.units * price.unit


def price_of(usage: Usage, day: date) -> Price:
    """The line that counts on a day for a call of this size; a dated name such as `…-20251001` means its family."""
    prompt = usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens
    lines = [p for p in PRICES if _is_of(usage.model, p.model) and p.since <= day and prompt >= p.above]
    unknown = UNKNOWN_UNIT if usage.units else UNKNOWN_TOKENS
    return max(lines, key=lambda p: (len(p.model), p.above, p.since), default=unknown)


def _is_of(model: str, family: str) -> bool:
    return model == family or re.fullmatch(rf"{re.escape(family)}-\d{{8}}", model) is not None
