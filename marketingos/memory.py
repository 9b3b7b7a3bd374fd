"""Memory given back: pictures and videos take hundreds of megabytes for seconds, and glibc keeps them for good unless
it is told otherwise (mallopt(3), malloc_trim(3)). On another C library both functions do nothing."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8


def _libc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
        _ = (library.mallopt, library.malloc_trim)
    except (OSError, AttributeError, TypeError):
        return None
    return library


def use_few_arenas() -> None:
    """Two heaps for all threads instead of eight for each core; call before any thread starts."""
    if library := _libc():
        library.mallopt(_M_ARENA_MAX, 2)


def give_back() -> None:
    """Returns what is free to the system; takes milliseconds."""
    if library := _libc():
        library.malloc_trim(0)
