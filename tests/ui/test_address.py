"""What an address names."""

from hypothesis import given
from hypothesis import strategies as st

from marketingos.ui.address import id_in


@given(st.text() | st.integers(0).map(str))
def test_anything_can_stand_in_an_address(text: str) -> None:
    """Whatever it is, an id that every database takes comes of it, or none."""
    assert 0 <= id_in(text) < 2**63


@given(st.integers(1, 10**18 - 1))
def test_an_id_is_read(number: int) -> None:
    """As it was written."""
    assert id_in(str(number)) == number
