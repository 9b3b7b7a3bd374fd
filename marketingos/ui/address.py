"""What addresses say, read with care: anybody can type one."""

from typing import Final

_DIGITS: Final = 18
"""No id has more, and no database takes a larger number for one."""


def id_in(text: str) -> int:
    """The id that a part of an address names, or 0."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else 0
