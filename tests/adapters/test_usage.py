"""Meta's usage headers are read on every answer, and heeded before anything is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.adapters import http
from marketingos.adapters.meta import graph
from marketingos.adapters.meta.usage import NEARLY_FULL, PAUSE, rest_after
from marketingos.domain.account import AccountKind
from marketingos.errors import RateLimited
from tests.adapters.wire import Wire, grant

PAGE = grant(AccountKind.PAGE, "1001")
BUSINESS = "x-business-use-case-usage"


def told(name: str, shares: dict[str, Any]) -> dict[str, str]:
    return {name: json.dumps({"1001": [shares]} if name == BUSINESS else shares)}


@given(
    st.sampled_from(["x-app-usage", "x-page-usage", BUSINESS]),
    st.sampled_from(["call_count", "total_time", "total_cputime"]),
    st.integers(0, 150),
)
def test_a_share_that_is_nearly_full_means_a_rest(name: str, share: str, percent: int) -> None:
    """Whichever header and share: below the mark work goes on, from it on the account rests."""
    rest = rest_after(told(name, {"call_count": 1, "total_time": 1, "total_cputime": 1, share: percent}))
    assert rest == (PAUSE if percent >= NEARLY_FULL else timedelta())


def test_the_time_that_meta_names_is_taken() -> None:
    """`estimated_time_to_regain_access` is in minutes."""
    shares = {"call_count": 100, "estimated_time_to_regain_access": 42}
    assert rest_after(told(BUSINESS, shares)) == timedelta(minutes=42)


@given(
    st.dictionaries(
        st.sampled_from(["x-app-usage", BUSINESS]),
        st.text()
        | st.sampled_from(
            [
                "[]",
                "{}",
                "null",
                '{"1": null}',
                '{"1": [1]}',
                '{"1": [{"call_count": "99"}]}',
                '{"call_count": [95]}',
                "NaN",
            ]
        ),
    )
)
def test_no_header_breaks_a_call(headers: dict[str, str]) -> None:
    """What cannot be read says nothing."""
    assert rest_after(headers) == timedelta()


@pytest.mark.parametrize("status", [200, 400])
async def test_every_answer_is_listened_to(wire: Wire, status: int) -> None:
    """Also a refusal's headers count, and nobody has to listen."""
    headers = told(BUSINESS, {"call_count": 95})
    body = {"id": "1"} if status == 200 else {"error": {"code": 4}}
    wire.on("GET", "/1001", body, status, headers=headers, times=2)
    with http.advised() as advice:
        if status == 200:
            await graph.graph("GET", "1001", PAGE)
        else:
            with pytest.raises(RateLimited):
                await graph.graph("GET", "1001", PAGE)
    assert advice.rest == PAUSE
    if status == 200:
        await graph.graph("GET", "1001", PAGE)
    with http.advised() as later:
        pass
    assert later.rest == timedelta()
