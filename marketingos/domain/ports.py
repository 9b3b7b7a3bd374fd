"""What the product needs from outside, as protocols, and the frozen values that cross.

Publishing is a walk in steps, so that a process may die between any two of them: `prepare` is called until it answers
`Ready`; nothing it does is visible. Then the engine writes its intent and calls `commit` once: the call that makes
the post visible. A platform that needs time afterwards answers `Accepted`, and `settle` is called until the post has
its id, or the platform says that it `Dropped` it; a question that fails says nothing about the post. A post that is to
have a first comment answers `Ready` there once more: the engine writes that down and calls `comment`, the second
visible call. `look_up` answers, for a commit whose outcome is not known, what is really there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import SecretStr

from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Attachment, Content
from marketingos.domain.performance import Metrics
from marketingos.domain.permission import Candidate, Inspection, Permit, Provider
from marketingos.domain.platform import Platform
from marketingos.errors import OutsideError

Progress = Mapping[str, Any]
"""Harmless steps already done, as JSON: container ids, uploaded photos, upload addresses."""

REFUSED = "refused"
"""In progress: the key of a refusal of the visible call that left open whether it had been heeded all the same."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The right to act for an account, until `expires_at` if that is known. The token is clear only in here, and only
    in memory."""

    account_id: int
    kind: AccountKind
    external_id: str
    token: SecretStr
    handle: str = ""
    parent_external_id: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Working:
    """A harmless step is done; save `progress` and call `prepare` again after `wait`."""

    progress: Progress
    wait: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True)
class Ready:
    """All harmless steps are done; the visible call is next, and `progress` is written down before it."""

    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The platform has it and works on it; call `settle` after `wait`."""

    progress: Progress
    wait: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class Published:
    """It is visible. `note_key` is the catalogue key of what it lacks all the same, such as its first comment."""

    external_id: str
    permalink: str | None = None
    note_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """The platform gave up what it had accepted: it surely is not visible; `error` says why and what may be done."""

    error: OutsideError


@dataclass(frozen=True, kw_only=True)
class Absent:
    """It was looked for and is surely not there; sending is safe. `error` is why the platform would not take it, when
    that was said by the try before."""

    error: OutsideError | None = None


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """It could not be told; look again later, and in the end ask a person."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """A post as its platform shows it; `text` without the platform's own markup. `external_id` is its name, where it
    was known by another until now."""

    text: str
    permalink: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Removed:
    """A post that its platform says is not there any more."""


Shown = Live | Removed | Undecided | None
"""What reading a published post back came to."""


class Library(Protocol):
    """The stored files, as publishers need them. A video may be larger than memory: it is read in spans or streamed."""

    async def read(self, attachment: Attachment, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to, not including, `end`; without it to the last."""
        ...

    def stream(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """All bytes, a piece at a time."""
        ...

    def public_url(self, attachment: Attachment) -> str: ...


class Publisher(Protocol):
    """One platform. Methods raise `OutsideError`s; see errors.py for which mean what.

    `find` looks for a post by its content alone, when nothing is known of its walk any more, as after a restore: what
    was published since then, told only when exactly one matches.

    `read_back` answers a published post as it is shown, `Undecided` while it cannot be told, `Removed` when its
    platform says that there is none, and None when that does not let it be read. `wire_text` is the text as it is
    written on the wire.
    """

    platform: Platform

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready: ...

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted: ...

    async def settle(
        self, grant: Grant, content: Content, progress: Progress
    ) -> Published | Accepted | Dropped | Ready: ...

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted: ...

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided: ...

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided: ...

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Shown: ...

    def wire_text(self, content: Content) -> str: ...

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]: ...


class Authorizer(Protocol):
    """An app of ours at a platform: how a person's permission is asked for, renewed, looked into and given back."""

    provider: Provider

    @property
    def configured(self) -> bool:
        """Whether the app's id and secret are set; without them only `inspect` works."""
        ...

    def consent_page(self, redirect_uri: str, state: str) -> str:
        """Where the person is sent."""
        ...

    async def redeem(self, code: str, redirect_uri: str) -> Sequence[Candidate]:
        """The accounts that a consent reaches, each with its token. `TokenRejected` when the code is void."""
        ...

    async def renew(self, refresh_token: SecretStr) -> Permit:
        """A new token. `TokenRejected` when the permission is over; the old refresh token may be dead from now on."""
        ...

    async def inspect(self, grant: Grant) -> Inspection:
        """What the platform says of a token. `TokenRejected` when it is dead or belongs to another account."""
        ...

    async def revoke(self, grant: Grant) -> None:
        """Gives the permission back, where the platform has a way to."""
        ...


@dataclass(frozen=True, kw_only=True)
class Creator:
    """What TikTok says of a creator at this moment. `audiences` are the privacy levels to choose from."""

    nickname: str
    username: str
    audiences: tuple[str, ...]
    comments_off: bool = False
    duets_off: bool = False
    stitches_off: bool = False
    longest_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one paid call used: tokens as billed, or `units` (pictures, seconds of video)."""

    provider: str
    model: str
    purpose: str
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    units: int = 0
    dollars: float = 0.0
    request_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One post to write: the stable part (`book`, cached by the model's host) and the part of this slot (`brief`).

    To have an answer mended, `draft` is that answer and `findings` what is wrong with it. `room` is how many tokens the
    answer may take, thinking included; `fast` asks for the cheap model.
    """

    rules: str
    book: str
    brief: str
    platforms: tuple[Platform, ...]
    purpose: str = "post"
    draft: str = ""
    findings: str = ""
    room: int = 8192
    fast: bool = False


@dataclass(frozen=True, kw_only=True)
class Manuscript:
    """The writer's answer, before it is judged: JSON text, how it ended, and what it cost."""

    text: str
    stop_reason: str
    usage: Usage


class Writer(Protocol):
    """Writes posts. The answer obeys the JSON schema in `schema` when `stop_reason` is `end_turn`."""

    async def write(self, assignment: Assignment, schema: Mapping[str, Any]) -> Manuscript: ...


@dataclass(frozen=True, kw_only=True)
class Illustration:
    """A picture as downloaded, and what it cost."""

    data: bytes
    usage: Usage


class Illustrator(Protocol):
    """Makes pictures, in two steps, because what is ordered is paid for: whoever goes on after a death fetches it by
    the order's number and does not order again. `aspect` is `4:5`, `1:1` or `9:16`."""

    async def order(self, prompt: str, aspect: str) -> str:
        """Asks for a picture; answers the order's number."""
        ...

    async def fetch(self, order: str) -> Illustration:
        """The picture, once it is done. `OutcomeUnknown` while it is still being made after all patience; any other
        error means that there will be none from this order."""
        ...
