"""Products that Auto-SaaS Builder registers: a signed message makes one, once, with a first template on its way.

The signature is `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>` with `AUTOSAAS_SECRET`, not older or younger
than five minutes. What the message says of the product is data for whoever writes, never an instruction.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from marketingos import clock
from marketingos.db import AsyncSession, session
from marketingos.domain.product import Product, Sketch
from marketingos.domain.sheet import STARTING_SLOTS, Problem, ProductSheet
from marketingos.errors import Forbidden, InvalidInput, Misconfigured, Refused
from marketingos.services import products
from marketingos.settings import get_settings

ACTOR = "auto-saas"
WINDOW_SECONDS = 300
_FIELDS = {
    "name": "name",
    "description": "description",
    "targetAudience": "audience",
    "usp": "usp",
    "website": "website",
    "externalId": "external_id",
}
_NEEDED = ("name", "description", "targetAudience", "usp")
_SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What came of a message: the product, and whether this message made it."""

    product_id: int = 0
    created: bool = False
    active: bool = False
    problems: tuple[Problem, ...] = ()


async def register(body: bytes, signature: str) -> Registered:
    """Makes the product of a message, or finds the one that an earlier message made.

    `Misconfigured` without a secret, `Forbidden` for a signature that is wrong or old, `InvalidInput` for what is no
    JSON object, `Refused("autosaas.other_id")` when the name belongs to a product with another id.
    """
    _check_signature(body, signature)
    told = _told(body)
    if missing := tuple(Problem(path=(name,), key="sheet.missing") for name in _NEEDED if not told.get(_FIELDS[name])):
        return Registered(problems=missing)
    wanted = products.check(told)
    if not isinstance(wanted, ProductSheet):
        return Registered(problems=_as_sent(wanted))
    try:
        return await _register(wanted)
    except IntegrityError:
        # The same message came twice at the same time; the other one was first.
        return await _register(wanted)


async def _register(wanted: ProductSheet) -> Registered:
    async with session() as s:
        row, created = await _known(s, wanted), False
        if row is None:
            row, created = await products.add(s, wanted, ACTOR), True
            s.add(Sketch(product_id=row.id or 0, activate=get_settings().autosaas_autoactivate, due_at=clock.now()))
        return Registered(product_id=row.id or 0, created=created, active=row.active)


async def _known(s: AsyncSession, wanted: ProductSheet) -> Product | None:
    """The product of an earlier message; one of that name without an id takes this one's."""
    if wanted.external_id:
        by_id = select(Product).where(col(Product.external_id) == wanted.external_id)
        if row := (await s.exec(by_id)).first():
            return row
    row = (await s.exec(select(Product).where(Product.name == wanted.name))).first()
    if row is not None and wanted.external_id:
        if row.external_id:
            raise Refused("autosaas.other_id", name=wanted.name)
        row.external_id = wanted.external_id
    return row


def _check_signature(body: bytes, header: str) -> None:
    secret = get_settings().autosaas_secret.get_secret_value()
    if not secret:
        raise Misconfigured("autosaas.not_configured")
    found = _SIGNATURE.fullmatch(header.replace(" ", ""))
    if found is None:
        raise Forbidden("autosaas.bad_signature")
    good = hmac.new(secret.encode(), found[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(good, found[2]):
        raise Forbidden("autosaas.bad_signature")
    if abs(clock.wall_clock().timestamp() - int(found[1])) > WINDOW_SECONDS:
        raise Forbidden("autosaas.old_signature")


def _told(body: bytes) -> dict[str, Any]:
    """What a message says, in the sheet's words; fields that we do not know are left alone."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("autosaas.not_json") from error
    if not isinstance(sent, dict):
        raise InvalidInput("autosaas.not_json")
    told = {ours: sent[theirs] for theirs, ours in _FIELDS.items() if theirs in sent}
    settings = get_settings()
    return {**told, "language": settings.language, "timezone": settings.timezone, "slots": STARTING_SLOTS}


def _as_sent(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems by the names that the message uses."""
    theirs = {ours: name for name, ours in _FIELDS.items()}
    return tuple(
        Problem(path=(theirs.get(str(p.path[0]), str(p.path[0])),), key=p.key, values=p.values) for p in problems
    )
