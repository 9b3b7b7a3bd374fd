"""When versions of the Graph API end. A call that names one that has ended is served as the oldest that lives.

Source: developers.facebook.com/docs/graph-api/changelog/versions, as read on 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from marketingos.domain.delivery import Content
from marketingos.settings import get_settings

SUNSETS: Mapping[str, date] = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}


LABELS_SINCE = 26
"""From this version on a Page's videos, reels and stories and whatever goes to Instagram take `is_ai_generated` (Meta's
own SDK 26.0)."""


def knows_ai_label(version: str) -> bool:
    """Whether a post can be declared as made by a model."""
    return float(version[1:]) >= LABELS_SINCE


def is_labelled(content: Content) -> bool:
    """Whether this post is declared as made by a model."""
    return content.is_ai_made and knows_ai_label(get_settings().meta_graph_version)


def sunset(version: str) -> date | None:
    """The day on which a version ends; None while Meta has not said it. What is older than the table is over."""
    if version in SUNSETS:
        return SUNSETS[version]
    return None if float(version[1:]) > 25 else date.min
