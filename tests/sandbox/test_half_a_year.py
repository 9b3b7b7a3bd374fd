"""The sandbox's writer has enough to say: half a year at six posts a week, as the house's own checks see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from marketingos.domain.check import Book, Draft, Neighbour, echo, repeated_hook
from marketingos.domain.mix import Factors, next_factors
from marketingos.domain.package import FORMATS
from marketingos.domain.platform import Platform
from marketingos.domain.product import Fact, Product
from marketingos.domain.said import Said
from marketingos.sandbox.copywriter import brief, chooser, composer
from marketingos.services import products, prompts

WEEKS, HOURS = 26, (10, 12, 18)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NEWCOMER = Product(
    name="Lumo", description="Lámparas de taller", audience="Tiendas de barrio", usp="Luz cálida", created_at=MONDAY
)


def sheets() -> Iterator[tuple[Product, list[Fact]]]:
    """The demo's products, and one whose trade the writer does not know."""
    for sheet in products._demo_sheets():
        facts = [Fact(product_id=0, **dict(fact)) for fact in sheet.facts]
        yield Product(created_at=MONDAY, **products.columns_of(sheet)), facts
    claims = ("Se pide por internet", "Llega montada")
    yield NEWCOMER, [Fact(product_id=0, code=f"F{n}", claim=claim) for n, claim in enumerate(claims, 1)]


@pytest.mark.parametrize(("product", "facts"), list(sheets()), ids=lambda value: getattr(value, "name", ""))
def test_half_a_year_says_nothing_twice(product: Product, facts: list[Fact]) -> None:
    """No text, on whatever platform, is told again within the ninety days that a reader remembers, and no post opens
    like another one of them."""
    book = Book(calls=product.template.calls_to_action)
    said: list[Said] = []
    told: list[Neighbour] = []
    factors: list[Factors] = []
    for number in range(6 * WEEKS):
        at = MONDAY + timedelta(days=7 * (number // 6) + number % 6, hours=HOURS[number % 3])
        factors.insert(0, next_factors(factors[:12], number))
        nearest = [post for post in reversed(said) if post.at > at - echo.WINDOW][: prompts.HOOKS_TOLD]
        post = written(product, facts, at, factors[0], nearest)
        assert not repeated_hook(post.hook, [other.hook for other in nearest])
        for platform, text in zip(Platform, post.texts, strict=True):
            draft = Draft(platform=platform, format=FORMATS[platform], text=text)
            assert not list(echo.check(draft, book, told, at)), (number, text)
        said.append(post)
        told.append(Neighbour(at=at, texts=post.texts))


def written(product: Product, facts: list[Fact], at: datetime, factors: Factors, nearest: list[Said]) -> Said:
    """A post for every platform, in their order, by a writer who is told what the house tells."""
    turn = prompts.brief(
        platforms=list(Platform),
        wall=at.replace(tzinfo=None),
        timezone="UTC",
        language="es",
        factors=factors,
        nearest=nearest,
    )
    asked = brief.read(
        {
            "system": [{"type": "text", "text": prompts.book(product, facts)}],
            "messages": [{"role": "user", "content": turn}],
        }
    )
    made = composer.compose(asked, chooser.choose(asked))
    texts = tuple(str(made[platform.value]["text"]) for platform in Platform)
    return Said(at=at, hook=str(made["instagram"]["hook"]), texts=texts)
