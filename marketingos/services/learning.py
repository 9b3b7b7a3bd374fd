"""Learning: what readings teach about a product's posts, as leanings that the planner follows."""

from __future__ import annotations

from marketingos.db import AsyncSession
from marketingos.domain.mix import Learned
from marketingos.domain.product import Product
from marketingos.settings import get_settings


async def learned(s: AsyncSession, product: Product) -> Learned:
    """What the planner may lean to. As long as nothing is known with enough certainty, nothing: every choice then has
    the same chance."""
    return Learned(leaning={}, exploration=get_settings().explore_share)
