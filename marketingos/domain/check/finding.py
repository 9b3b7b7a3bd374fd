"""What a check says: a key that has a sentence for people, and what exactly it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a variant with this finding may be approved."""

    BLOCKS = "blocks"
    WARNS = "warns"


SEVERITIES: Mapping[str, Severity] = {
    "check.empty": Severity.BLOCKS,
    "check.too_long": Severity.BLOCKS,
    "check.no_media": Severity.BLOCKS,
    "check.no_title": Severity.BLOCKS,
    "check.too_many_tags": Severity.BLOCKS,
    "check.media_failed": Severity.BLOCKS,
    "check.injection": Severity.BLOCKS,
    "check.too_many_hashtags": Severity.WARNS,
    "check.banned_word": Severity.WARNS,
    "check.competitor": Severity.WARNS,
    "check.wrong_price": Severity.WARNS,
    "check.false_claim": Severity.WARNS,
    "check.unknown_fact": Severity.WARNS,
    "check.off_language": Severity.WARNS,
    "check.personal_data": Severity.WARNS,
    "check.foreign_link": Severity.WARNS,
    "check.dead_link": Severity.WARNS,
    "check.untagged_link": Severity.WARNS,
    "check.missing_alt_text": Severity.WARNS,
    "check.undisclosed_ai": Severity.WARNS,
    "check.label_ai_facebook": Severity.WARNS,
    "check.label_ai_instagram": Severity.WARNS,
    "check.label_ai_linkedin": Severity.WARNS,
    "check.repeats": Severity.WARNS,
    "check.near_duplicate": Severity.WARNS,
    "check.same_picture": Severity.WARNS,
    "check.risky": Severity.WARNS,
}
"""Findings that block would be refused by the platform, or do what a stranger ordered; the others ask a person to look,
who may set them aside with a reason."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong: its catalogue key; the words, figure or address it is about; and what is known instead, such as
    the nearest fact."""

    key: str
    detail: str = ""
    instead: str = ""

    def __str__(self) -> str:
        """For the writer who repairs it and for logs."""
        return " — ".join(filter(None, (self.detail, self.instead)))


def severity(key: str) -> Severity:
    """Whether a finding keeps a variant from being approved; an unknown one does."""
    return SEVERITIES.get(key, Severity.BLOCKS)
