"""Memory given back: pictures and videos take hundreds of megabytes for seconds, and glibc keeps them for good unless
it is told otherwise (mallopt(3), malloc_trim(3)). On another C library both functions do nothing.

And memory left in peace: what a start has made lives as long as the process, and is not looked through for rubbish
again and again (docs.python.org/3/library/gc.html#gc.freeze)."""

from __future__ import annotations

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""From glibc's malloc.h."""

_LARGE = 128 * 1024
"""Bytes from which a block is mapped by itself and goes back as soon as it is freed; glibc raises this by itself
otherwise, up to 32 MB, after which the buffers of pictures stay."""

_YOUNG = 20_000
"""New objects after which the collector comes; Python's own 700 suits scripts, a burst of posts makes millions."""


def _libc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
        _ = (library.mallopt, library.malloc_trim)
    except (OSError, AttributeError, TypeError):
        return None
    return library


def keep_little() -> None:
    """Two heaps for all threads instead of eight for each core, and large blocks apart; call before threads start."""
    if library := _libc():
        library.mallopt(_M_ARENA_MAX, 2)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_M_TRIM_THRESHOLD, _LARGE)


def settle() -> None:
    """What is there now stays; the collector comes less often and looks only at what came after. Call when the start is
    over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)


def give_back() -> None:
    """Returns what is free to the system; takes milliseconds."""
    if library := _libc():
        library.malloc_trim(0)
