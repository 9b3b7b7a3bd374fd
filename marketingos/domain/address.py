"""Addresses that come from a browser and lead somewhere."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"/(?![/\\])[\x21-\x7e]*")


def local_path(target: str) -> str:
    """The target if it is a path on this site, else `/`: `//host`, `/\\host` and control characters would leave it."""
    return target if _LOCAL.fullmatch(target) else "/"
