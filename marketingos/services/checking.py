"""Checks: what is wrong with a variant, with the words, figures and addresses it is about.

What can be told from the post alone is a pure rule (`domain.check`); here the rows around it are read: the product's
facts, its other posts of the last 90 days and of the queue, and what came of opening its addresses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from marketingos import adapters, clock
from marketingos.db import AsyncSession
from marketingos.domain import check
from marketingos.domain.check import Book, Draft, Finding, Known, Neighbour, Piece, Reach, Severity, Told, severity
from marketingos.domain.check.echo import WINDOW
from marketingos.domain.check.links import addresses
from marketingos.domain.checked import OpenedLink, SetAside
from marketingos.domain.media import Media
from marketingos.domain.post import Post, Variant, VariantMedia, VariantStatus
from marketingos.domain.product import Fact, Product
from marketingos.domain.requirement import Problem, judge_all, judge_count, requirement
from marketingos.services import prompts


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a post is checked against. Without a book only the platform is asked. `risk` is why the writer would rather
    not see its own words published."""

    book: Book | None = None
    claims: tuple[Told, ...] = ()
    others: tuple[Neighbour, ...] = ()
    reached: Mapping[str, Reach] = field(default_factory=dict)
    media_failed: bool = False
    risk: str = ""


BARE = Ground()


def basis_of(post: Post, product: Product) -> Ground:
    """What the post and its product say: enough to tell what blocks. Needs `product.facts` loaded."""
    return Ground(
        book=book_of(product, valid_on(product.facts, post.scheduled_at, product.timezone)),
        claims=tuple(Told(text=claim.text, facts=claim.facts) for claim in post.brief.claims),
        media_failed=post.media_error is not None,
        risk="; ".join(post.brief.risk_reasons) or post.brief.risk if post.brief.risk == "high" else "",
    )


async def ground_of(s: AsyncSession, post: Post, product: Product) -> Ground:
    """Everything around a post. Needs `product.facts`, the variants and their pieces loaded."""
    basis = basis_of(post, product)
    links = {link for v in post.variants for link in addresses(draft_of(v))}
    return replace(basis, others=await _others(s, post), reached=await _reached(s, links))


def findings_of(variant: Variant, ground: Ground = BARE) -> tuple[Finding, ...]:
    """What is wrong, worst first, one finding a key; empty when it may go out. Needs `variant.pieces` loaded."""
    draft = draft_of(variant, ground.claims)
    found = [
        *check.about_text(draft, ground.book),
        *check.missing(variant.format, len(variant.media), failed=ground.media_failed),
    ]
    if ground.book is not None:
        found += check.about_files(draft)
        found += check.about_surroundings(
            draft, ground.book, others=ground.others, reached=ground.reached, now=clock.now()
        )
    if ground.risk and variant.version == 1:
        found.append(Finding(key="check.risky", detail=ground.risk))
    if problem := media_problem(variant):
        found.append(Finding(key=problem.key))
    by_key = {finding.key: finding for finding in reversed(found)}
    return tuple(sorted(by_key.values(), key=_rank))


def _rank(finding: Finding) -> tuple[bool, int]:
    keys = list(check.SEVERITIES)
    place = keys.index(finding.key) if finding.key in keys else 0
    return severity(finding.key) is not Severity.BLOCKS, place


def details_of(variant: Variant, found: Sequence[Finding]) -> Mapping[str, Mapping[str, object]]:
    """The values in the sentences of findings."""
    problem = media_problem(variant)
    told: dict[str, Mapping[str, object]] = {f.key: {"detail": f.detail, "instead": f.instead} for f in found}
    return told | ({problem.key: problem.values} if problem else {})


def media_problem(variant: Variant) -> Problem | None:
    """Why the platform would not take the files as they would go out now; None when it takes them."""
    asked, files = requirement(variant.platform, variant.format), variant.media
    if files and (wrong := judge_count(files, asked)):
        return wrong
    for piece, verdict in zip(variant.pieces, judge_all(files, asked), strict=True):
        if verdict.problem:
            return verdict.problem
        if verdict.changes:
            return Problem(key=piece.problem or "check.media_preparing")
    return None


def draft_of(variant: Variant, claims: tuple[Told, ...] = ()) -> Draft:
    """The variant as the checks see it. Needs `variant.pieces` loaded."""
    return Draft(
        platform=variant.platform,
        format=variant.format,
        text=variant.text,
        title=str(variant.options.get("title", "")),
        link_url=variant.link_url,
        first_comment=variant.first_comment,
        claims=claims if variant.version == 1 else (),
        pieces=tuple(_piece(variant, piece) for piece in variant.pieces),
    )


def _piece(variant: Variant, piece: VariantMedia) -> Piece:
    """Some platforms are told with the post that a model made a file; the others read it in the file."""
    file = piece.file
    return Piece(
        kind=file.kind,
        alt_text=piece.alt_text or variant.alt_text,
        ai_made=file.ai_generated,
        disclosed=file.ai_marked or adapters.declares_ai(variant.platform, file.kind),
        print=piece.source.print,
    )


def book_of(product: Product, facts: Sequence[Fact]) -> Book:
    """What may be said of a product: its facts sheet, and what it says of itself."""
    template = product.template
    own = (product.name, product.description, product.audience, product.usp)
    return Book(
        name=product.name,
        facts=tuple(Known(code=fact.code, claim=fact.claim, source=fact.source) for fact in facts),
        lines=(*own, *template.hooks, *template.calls_to_action),
        calls=template.calls_to_action,
        banned_words=product.voice.banned_words,
        competitors=product.voice.competitors,
        contacts=product.voice.contacts,
        website=product.website,
        language=product.language,
        orders=prompts.rules(),
    )


def valid_on(facts: Sequence[Fact], at: datetime, timezone: str) -> tuple[Fact, ...]:
    """The facts that may still be claimed at a moment."""
    day = at.astimezone(ZoneInfo(timezone)).date()
    return tuple(fact for fact in facts if fact.valid_until is None or fact.valid_until >= day)


async def _others(s: AsyncSession, post: Post) -> tuple[Neighbour, ...]:
    """The product's other posts that a reader saw lately or will see, rejected ones apart."""
    near = (Post.product_id == post.product_id, col(Post.id) != post.id, Post.scheduled_at >= clock.now() - WINDOW)
    shown = (*near, col(Variant.status) != VariantStatus.REJECTED)
    texts = select(Post.id, Post.scheduled_at, Variant.text).join(Variant).where(*shown)
    prints = select(Post.id, Post.scheduled_at, Media.print).join(Variant).where(*shown, Media.print != "")
    prints = prints.join(VariantMedia).join(Media, col(Media.id) == VariantMedia.media_id).distinct()
    told = [Neighbour(at=at, texts=(text,)) for _, at, text in (await s.exec(texts)).all()]
    seen = [Neighbour(at=at, prints=(print_,)) for _, at, print_ in (await s.exec(prints)).all()]
    return (*told, *seen)


async def _reached(s: AsyncSession, links: Collection[str]) -> dict[str, Reach]:
    """What came of opening these addresses, as far as it was tried."""
    rows = (await s.exec(select(OpenedLink).where(col(OpenedLink.url).in_(links)))).all()
    return {row.url: Reach(cause=row.cause, status=row.status) for row in rows}


async def set_aside_of(s: AsyncSession, variants: Sequence[Variant]) -> dict[int, dict[str, SetAside]]:
    """The findings that persons set aside, by variant and key, as far as the content is still the one they saw."""
    faces = {variant.id or 0: variant.face for variant in variants}
    rows = (await s.exec(select(SetAside).where(col(SetAside.variant_id).in_(faces)))).all()
    found: dict[int, dict[str, SetAside]] = {key: {} for key in faces}
    for row in rows:
        if row.content_hash == faces[row.variant_id]:
            found[row.variant_id][row.key] = row
    return found
