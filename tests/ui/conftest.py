"""A tab of a browser, without the browser: the tree of States and who is asking."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import reflex as rx

from marketingos.services import people

AState = TypeVar("AState", bound=rx.State)
Tab = Callable[..., Any]


@pytest.fixture
def tab() -> Tab:
    """`tab(LoginState, session="...", path="/login?next=/analytics")` answers that State in a tree of its own."""

    def open_tab(state: type[AState], *, session: str | None = None, path: str = "/") -> AState:
        root = rx.State()
        headers = {"cookie": f"theme=dark; {people.COOKIE}={session}"} if session else {}
        root._update_router_vars({"headers": {**headers, "origin": "http://localhost"}, "asPath": path}, {})
        return root.get_substate(state.get_full_name().split("."))  # type: ignore[return-value]

    return open_tab
