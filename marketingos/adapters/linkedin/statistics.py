"""What LinkedIn counts for an organisation's posts, many at a time.

Share statistics know impressions and clicks and leave out posts without activity; social metadata knows the reactions
and comments of this moment. Wire: learn.microsoft.com/linkedin/marketing/community-management/organizations/
share-statistics and .../shares/social-metadata (202609).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from marketingos import log
from marketingos.adapters.linkedin.wire import linkedin, query
from marketingos.domain.performance import Metrics
from marketingos.domain.ports import Grant
from marketingos.errors import PermissionMissing

logger = log.get_logger(__name__)

BATCH = 50
"""URNs in one address; about 2,000 of the 4,000 characters that LinkedIn allows."""

LISTS = {"urn:li:share:": "shares", "urn:li:ugcPost:": "ugcPosts"}
COUNTS = {
    "impressionCount": "views",
    "uniqueImpressionsCount": "reach",
    "clickCount": "clicks",
    "likeCount": "likes",
    "commentCount": "comments",
    "shareCount": "shares",
}


async def statistics(grant: Grant, urns: Sequence[str]) -> Mapping[str, Metrics]:
    """The counts of these posts; one that LinkedIn says nothing about is left out."""
    found: dict[str, Metrics] = {}
    for prefix, name in LISTS.items():
        mine = [urn for urn in urns if urn.startswith(prefix)]
        for start in range(0, len(mine), BATCH):
            batch = mine[start : start + BATCH]
            shown, social = await asyncio.gather(_shown(grant, name, batch), _social(grant, batch))
            found |= {urn: _joined(shown.get(urn), social.get(urn)) for urn in {*shown, *social}}
    return found


async def _shown(grant: Grant, name: str, urns: Sequence[str]) -> Mapping[str, Metrics]:
    """Share statistics by post."""
    asked = query(q="organizationalEntity", organizationalEntity=grant.external_id, **{name: list(urns)})
    try:
        answer = await linkedin("GET", f"/rest/organizationalEntityShareStatistics?{asked}", grant)
    except PermissionMissing as error:
        logger.info("linkedin.not_read", error=error.key, diagnostic=error.diagnostic)
        return {}
    return {row[name[:-1]]: _counted(row["totalShareStatistics"]) for row in answer.at("elements")}


def _counted(row: Mapping[str, Any]) -> Metrics:
    """LinkedIn's likes can fall below zero when more are taken back than given: then they are not known."""
    known = {COUNTS[name]: value for name, value in row.items() if name in COUNTS}
    return Metrics(**{name: value if value is not None and value >= 0 else None for name, value in known.items()})


async def _social(grant: Grant, urns: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Reactions and comments by post."""
    headers = {"X-RestLi-Method": "BATCH_GET"}
    try:
        answer = await linkedin("GET", f"/rest/socialMetadata?{query(ids=list(urns))}", grant, headers=headers)
    except PermissionMissing as error:
        logger.info("linkedin.not_read", error=error.key, diagnostic=error.diagnostic)
        return {}
    return {urn: _reactions(row) for urn, row in answer.at("results").items()}


def _reactions(row: Mapping[str, Any]) -> tuple[int, int]:
    reactions = sum(kind["count"] for kind in row.get("reactionSummaries", {}).values())
    return reactions, row.get("commentSummary", {}).get("count", 0)


def _joined(shown: Metrics | None, social: tuple[int, int] | None) -> Metrics:
    metrics = shown or Metrics()
    return replace(metrics, likes=social[0], comments=social[1]) if social else metrics
