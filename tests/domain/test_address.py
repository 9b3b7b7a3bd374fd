"""Nobody is led away from this site by an address."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.address import local_path

SITE = "https://marketing.codetix.es/login"


@pytest.mark.parametrize("target", ["/", "/?view=week&post=3", "/analytics?days=7", "/post/12"])
def test_a_path_of_this_site_is_kept(target: str) -> None:
    """Where somebody was is where they come back to."""
    assert local_path(target) == target


@given(
    st.one_of(
        st.text(), st.sampled_from(["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example"])
    )
)
def test_every_address_stays_here(target: str) -> None:
    """Whatever the browser sends, the host stays ours."""
    assert urlsplit(urljoin(SITE, local_path(target))).netloc == urlsplit(SITE).netloc
