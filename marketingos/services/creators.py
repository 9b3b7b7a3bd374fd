"""TikTok creators: what each may post at this moment, and what a person chooses and declares for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import col, select

from marketingos import adapters, clock
from marketingos.db import AsyncSession, reading, session
from marketingos.domain import declaration
from marketingos.domain.account import Account
from marketingos.domain.declaration import Choices, Declaration
from marketingos.domain.delivery import Content, Delivery
from marketingos.domain.platform import Format, Platform
from marketingos.domain.ports import Creator
from marketingos.domain.post import Post, Variant
from marketingos.domain.user import Deed
from marketingos.errors import InvalidInput, NotFound, OutsideError, Refused
from marketingos.services import accounts, audit, permissions
from marketingos.services.people import require
from marketingos.services.views import PersonView, TermsView
from marketingos.settings import get_settings
from marketingos.text import language_or_default, sentence

_RECENT = timedelta(days=30)
_PRIVATE_ONLY = "error.tiktok.private_only"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A person's choices, found to be what TikTok allows now, and the creators by account that it was asked about."""

    choices: Choices
    creators: Mapping[int, Creator]
    offered: tuple[str, ...]


async def creator(actor: PersonView, account_id: int) -> Creator:
    """What TikTok allows a creator at this moment: asked for whenever somebody is to choose from it."""
    require(actor, Deed.APPROVE)
    async with reading() as s:
        found = await s.exec(select(Account).where(Account.id == account_id, Account.platform == Platform.TIKTOK))
        if found.first() is None:
            raise NotFound()
    return await _asked(account_id)


async def choose_audience(actor: PersonView, account_id: int, level: str) -> None:
    """A person's standing choice of who sees this creator's posts; it is kept who chose it and when. It is proposed at
    each approval, and never taken without being shown there.

    `InvalidInput` when TikTok does not offer the level now.
    """
    if level not in (await creator(actor, account_id)).audiences:
        raise InvalidInput("account.audience_unknown", field="privacy_level")
    async with session() as s:
        account = await accounts.locked(s, account_id)
        choice = {"privacy_level": level, "privacy_by": actor.name, "privacy_at": clock.now().isoformat()}
        account.options = {**account.options, **choice}
        audit.note(s, actor.email, "account.audience", f"account:{account_id}", level=level)


async def terms(actor: PersonView, post_id: int) -> TermsView:
    """What a person has to choose before a post is approved for TikTok, as TikTok answers at this moment. What keeps it
    from answering is the `problem`. `NotFound` when the post has no part on TikTok or nobody to post as."""
    require(actor, Deed.APPROVE)
    async with reading() as s:
        targets = await _targets(s, post_id)
        variant = await _variant(s, post_id)
        audited = not await private_only(s, [a.id or 0 for a in targets])
    if not targets:
        raise NotFound()
    content = variant.content()
    told = TermsView(
        accounts=tuple(accounts.view(a) for a in targets),
        photo=content.format is Format.IMAGE,
        ai_made=content.is_ai_made,
        audited=audited,
    )
    try:
        creators = [await _asked(account.id or 0) for account in targets]
    except OutsideError as error:
        return replace(told, problem=error.key)
    return _offer(told, creators, content)


async def agree(post_id: int, choices: Choices) -> Agreement:
    """Checks choices against what TikTok allows now; to be asked before a transaction is open, as it calls TikTok.

    Raises `Refused` with what has to be chosen anew, `OutsideError` when TikTok does not answer or refuses the creator.
    """
    async with reading() as s:
        ids = [account.id or 0 for account in await _targets(s, post_id)]
        audited = not await private_only(s, ids)
    creators = dict(zip(ids, await asyncio.gather(*map(_asked, ids)), strict=True))
    levels = declaration.offered(creators.values(), audited=audited)
    if objection := declaration.objection(choices, levels, audited=audited):
        raise Refused(objection)
    for found in creators.values():
        choices = choices.within(found)
    return Agreement(choices=choices, creators=creators, offered=levels)


def declare(s: AsyncSession, actor: PersonView, variant: Variant, content: Content, agreement: Agreement) -> None:
    """Keeps, for each account, who agreed to what for exactly this content."""
    choices = agreement.choices
    language = language_or_default(choices.language)
    for account_id, found in agreement.creators.items():
        row = Declaration(
            variant_id=variant.id or 0,
            account_id=account_id,
            content_hash=content.hash,
            declared_by=actor.email,
            declared_at=clock.now(),
            version=declaration.VERSION,
            language=language,
            words=sentence(choices.agreement, language),
            creator=found.username,
            offered=agreement.offered,
            privacy_level=choices.privacy_level,
            comments=choices.comments,
            duets=choices.duets,
            stitches=choices.stitches,
            your_brand=choices.your_brand,
            branded_content=choices.branded_content,
            ai_generated=content.is_ai_made,
        )
        s.add(row)


async def private_only(s: AsyncSession, account_ids: Sequence[int]) -> set[int]:
    """Which of these accounts TikTok lets post for their creators alone, because it has not audited our app: the
    setting says so or, where that is empty, TikTok's own refusals of late."""
    audited = get_settings().tiktok_audited
    if audited is not None:
        return set() if audited else set(account_ids)
    refused = (Delivery.error_key == _PRIVATE_ONLY, Delivery.due_at >= clock.now() - _RECENT)
    mine = select(Delivery.account_id).where(*refused, col(Delivery.account_id).in_(account_ids))
    return set((await s.exec(mine)).all())


async def _asked(account_id: int) -> Creator:
    return await permissions.acting(await permissions.fresh_grant(account_id), adapters.creator_of)


async def _targets(s: AsyncSession, post_id: int) -> list[Account]:
    post = await s.get(Post, post_id)
    if post is None:
        raise NotFound()
    reachable = (await accounts.accounts_of(s, [post.product_id]))[post.product_id]
    return [account for account in reachable if account.platform is Platform.TIKTOK]


async def _variant(s: AsyncSession, post_id: int) -> Variant:
    mine = select(Variant).where(col(Variant.post_id) == post_id, Variant.platform == Platform.TIKTOK)
    variant = (await s.exec(mine.options(selectinload(Variant.pieces)))).first()  # type: ignore[arg-type]
    if variant is None:
        raise NotFound()
    return variant


def _offer(told: TermsView, creators: Sequence[Creator], content: Content) -> TermsView:
    levels = declaration.offered(creators, audited=told.audited)
    standing = {view.privacy for view in told.accounts}
    proposed = standing.pop() if len(standing) == 1 else ""
    return replace(
        told,
        names=tuple(found.nickname or found.username for found in creators),
        audiences=levels,
        proposed=proposed if proposed in levels else "",
        comments_off=any(found.comments_off for found in creators),
        duets_off=any(found.duets_off for found in creators),
        stitches_off=any(found.stitches_off for found in creators),
        problem=_problem(levels, creators, content),
    )


def _problem(levels: Sequence[str], creators: Sequence[Creator], content: Content) -> str:
    longest = max((a.seconds or 0 for a in content.attachments), default=0)
    if any(found.longest_seconds and longest > found.longest_seconds for found in creators):
        return "error.tiktok.too_long"
    return "" if levels else _PRIVATE_ONLY
