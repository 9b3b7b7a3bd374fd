"""The rules of the product in the editor. They are decided one by one and are no part of what the save bar saves."""

import reflex as rx

from marketingos.ui.rules import RuleBookDesk, rule_book


class RuleBookState(RuleBookDesk, rx.State):
    """The book of the product that is open."""

    @rx.event
    async def read(self, product_id: int) -> None:
        """Opens the book of a product; a new one has none yet."""
        if product_id > 0:
            await self._open_rules(product_id)


def rulebook(product_id: rx.Var[int]) -> rx.Component:
    """The book, read anew whenever another product is opened."""
    opened = rx.el.div(rule_book(RuleBookState), on_mount=RuleBookState.read(product_id), key=product_id)
    return rx.cond(product_id > 0, opened)
