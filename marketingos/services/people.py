"""People: who is here, logging in and out, preferences.

A log-in form speaks over the websocket, which cannot set an HttpOnly cookie. So `open_ticket` answers a ticket that is
good once and for seconds, and the route that redeems it sets the cookie. Only hashes of tickets and cookies are stored.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cache

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import func
from sqlmodel import col, delete, select

from marketingos import clock
from marketingos.db import reading, session
from marketingos.domain.audit import Mark
from marketingos.domain.user import (
    ATTEMPT_WINDOW,
    ATTEMPTS_ALLOWED,
    EMAIL_MAX,
    PASSWORD_MIN,
    REMEMBERED_LIFETIME,
    SESSION_LIFETIME,
    TICKET_LIFETIME,
    Deed,
    LoginAttempt,
    LoginSession,
    LoginTicket,
    Role,
    User,
    may,
)
from marketingos.errors import Forbidden, InvalidInput, NotFound, NotSignedIn, Refused, Throttled
from marketingos.services import audit
from marketingos.services.views import PersonView
from marketingos.settings import get_settings

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Verified when the e-mail is unknown, so that timing does not tell which e-mails exist."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

COOKIE = "marketingos_session"
"""The browser's key: HttpOnly, set by the log-in routes, read by everyone who asks `who_is`."""

SETUP = "setup"
DEMO_EMAIL = "laura@codetix.es"
DEMO_PASSWORD = "prueba-marketing"  # noqa: S105  (see below)
"""The person of the sandbox world, printed at start; that world holds nothing secret and is refused to live data."""


@dataclass(frozen=True, kw_only=True)
class FirstUser:
    """How to log in the first time. `password` is filled for the sandbox's demo person, `setup_path` when the first
    person still has to choose a password."""

    email: str = ""
    password: str = ""
    setup_path: str = ""


def require(actor: PersonView, deed: Deed) -> None:
    """Raises `Forbidden` unless the person's role allows the deed."""
    if not may(actor.role, deed):
        raise Forbidden("error.forbidden")


async def who_is(token: str | None) -> PersonView | None:
    """The person behind a session cookie, or None."""
    if not token:
        return None
    async with reading() as s:
        statement = (
            select(User)
            .join(LoginSession, col(LoginSession.user_id) == User.id)
            .where(LoginSession.token_hash == _digest(token), col(LoginSession.expires_at) > clock.now())
            .where(col(User.disabled_at).is_(None))
        )
        user = (await s.exec(statement)).first()
    return _view(user) if user else None


async def signed_in(token: str | None) -> PersonView:
    """The person behind a session cookie. Raises `NotSignedIn`."""
    person = await who_is(token)
    if person is None:
        raise NotSignedIn
    return person


async def open_ticket(email: str, password: str, *, remember: bool = False) -> str:
    """A ticket for `/auth/ticket`, when e-mail and password match.

    Raises `InvalidInput("login.mismatch")`, the same for an unknown e-mail, or `Throttled("login.throttled")`.
    """
    email = email.strip().lower()[:EMAIL_MAX]
    await _refuse_guessing(email)
    user = await _user(email)
    known = user.password_hash if user else _NOBODY
    matches = await to_thread.run_sync(_matches, known, password, limiter=_scales())
    if not (user and matches and user.disabled_at is None):
        await _remember_failure(email)
        raise InvalidInput("login.mismatch", field="password")
    ticket = secrets.token_urlsafe(24)
    async with session() as s:
        await s.exec(delete(LoginAttempt).where(col(LoginAttempt.email) == email))
        expires = clock.now() + clock.human(TICKET_LIFETIME)
        s.add(LoginTicket(token_hash=_digest(ticket), user_id=_id(user), remember=remember, expires_at=expires))
    return ticket


async def redeem_ticket(ticket: str) -> tuple[str, int] | None:
    """Logs the ticket's person in: the new session token and its life in seconds of real time. None when it is void."""
    async with session() as s:
        found = await s.get(LoginTicket, _digest(ticket))
        if found is None:
            return None
        await s.delete(found)
        if found.expires_at <= clock.now():
            return None
        token, life = secrets.token_urlsafe(32), REMEMBERED_LIFETIME if found.remember else SESSION_LIFETIME
        now = clock.now()
        expires = now + clock.human(life)
        s.add(LoginSession(token_hash=_digest(token), user_id=found.user_id, created_at=now, expires_at=expires))
        audit.note(s, f"user:{found.user_id}", "login", f"user:{found.user_id}")
    return token, int(life.total_seconds())


async def sign_out(token: str | None) -> None:
    """Ends a session; unknown ones are fine."""
    if token:
        async with session() as s:
            await s.exec(delete(LoginSession).where(col(LoginSession.token_hash) == _digest(token)))


async def add_user(email: str, name: str, role: Role, password: str) -> PersonView:
    """A new person. `InvalidInput` names the field that is wrong; `Refused` when the e-mail is taken."""
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InvalidInput("user.bad_email", field="email")
    hashed = await _hash(password)
    async with session() as s:
        if (await s.exec(select(User).where(User.email == email))).first():
            raise Refused("user.exists", email=email)
        name = name.strip() or email.split("@")[0]
        user = User(email=email, name=name, role=role, password_hash=hashed, created_at=clock.now())
        s.add(user)
        await s.flush()
        audit.note(s, audit.SYSTEM, "user.add", f"user:{user.id}", role=role.value)
    return _view(user)


async def set_password(email: str, password: str) -> None:
    """Changes a password and ends every session of that person."""
    hashed = await _hash(password)
    async with session() as s:
        user = (await s.exec(select(User).where(User.email == email.strip().lower()))).first()
        if user is None:
            raise NotFound("user.unknown", email=email)
        user.password_hash = hashed
        await s.exec(delete(LoginSession).where(col(LoginSession.user_id) == user.id))
        audit.note(s, audit.SYSTEM, "user.password", f"user:{user.id}")


async def list_users() -> tuple[PersonView, ...]:
    """Everybody, by e-mail."""
    async with reading() as s:
        return tuple(_view(user) for user in (await s.exec(select(User).order_by(User.email))).all())


async def set_preferences(actor: PersonView, *, language: str | None = None, theme: str | None = None) -> PersonView:
    """Keeps the person's language (`es`, `en`) and theme (`light`, `dark`, `system`)."""
    if language not in (None, "es", "en") or theme not in (None, "light", "dark", "system"):
        raise InvalidInput("error.invalid")
    async with session() as s:
        user = await s.get_one(User, actor.id)
        user.language = language or user.language
        user.theme = theme or user.theme
    return _view(user)


async def ensure_first_user() -> FirstUser | None:
    """Makes the first person when there is none; None when there is one already (except the sandbox's, who is always
    announced)."""
    settings = get_settings()
    async with reading() as s:
        count = (await s.exec(select(func.count()).select_from(User))).one()
    if count == 0 and settings.admin_email:
        password = settings.admin_password.get_secret_value()
        await add_user(settings.admin_email, "", Role.ADMIN, password)
        return FirstUser(email=settings.admin_email)
    if count == 0 and settings.is_sandbox:
        await add_user(DEMO_EMAIL, "Laura", Role.ADMIN, DEMO_PASSWORD)
    if settings.is_sandbox and await _user(DEMO_EMAIL):
        return FirstUser(email=DEMO_EMAIL, password=DEMO_PASSWORD)
    return FirstUser(setup_path=await _setup_path()) if count == 0 else None


async def set_up(secret: str, email: str, name: str, password: str) -> str:
    """Makes the first person through the one-time link; answers a log-in ticket. `Forbidden` when the link is void, as
    it is once there is somebody."""
    async with reading() as s:
        mark = await s.get(Mark, SETUP)
        somebody = (await s.exec(select(User.id).limit(1))).first()
    if mark is None or somebody or not secrets.compare_digest(mark.value, _digest(secret)):
        raise Forbidden("setup.void")
    await add_user(email, name, Role.ADMIN, password)
    async with session() as s:
        await s.exec(delete(Mark).where(col(Mark.name) == SETUP))
    return await open_ticket(email, password)


async def _setup_path() -> str:
    """A new one-time link; an older one stops working."""
    secret = secrets.token_urlsafe(24)
    async with session() as s:
        await s.merge(Mark(name=SETUP, value=_digest(secret)))
    return f"/setup?secret={secret}"


async def _remember_failure(email: str) -> None:
    """Counts against this e-mail for a while; what no longer counts is forgotten."""
    async with session() as s:
        await s.exec(delete(LoginAttempt).where(col(LoginAttempt.at) < clock.now() - clock.human(ATTEMPT_WINDOW)))
        s.add(LoginAttempt(email=email, at=clock.now()))


async def _refuse_guessing(email: str) -> None:
    since = clock.now() - clock.human(ATTEMPT_WINDOW)
    async with reading() as s:
        statement = select(func.count()).select_from(LoginAttempt)
        statement = statement.where(LoginAttempt.email == email, col(LoginAttempt.at) > since)
        failed = (await s.exec(statement)).one()
    if failed >= ATTEMPTS_ALLOWED:
        raise Throttled("login.throttled", field="password")


async def _user(email: str) -> User | None:
    async with reading() as s:
        return (await s.exec(select(User).where(User.email == email))).first()


async def _hash(password: str) -> str:
    if len(password) < PASSWORD_MIN:
        raise InvalidInput("user.short_password", field="password", least=PASSWORD_MIN)
    return await to_thread.run_sync(_hasher.hash, password, limiter=_scales())


@cache
def _scales() -> CapacityLimiter:
    """Each look at a password takes 64 MB, and anybody may ask for one."""
    return CapacityLimiter(2)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _id(user: User) -> int:
    assert user.id is not None
    return user.id


def _view(user: User) -> PersonView:
    return PersonView(
        id=_id(user), name=user.name, email=user.email, role=user.role, language=user.language, theme=user.theme
    )
