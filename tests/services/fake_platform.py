"""A platform at the port, with a ledger of what is visible and a script of what goes wrong.

It is for the engine's promises alone; what real platforms say on the wire is tested with the adapters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketingos import clock
from marketingos.domain import first_comment
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Platform
from marketingos.domain.ports import (
    Absent,
    Accepted,
    Grant,
    Live,
    Progress,
    Published,
    Ready,
    Removed,
    Undecided,
    Working,
)
from marketingos.errors import OutcomeUnknown, OutsideError, TokenRejected


class Killed(BaseException):
    """The process dies here: nothing after it runs, nothing is cleaned up."""


Act = Callable[["FakePlatform", str], None]


def fails_with(error: BaseException) -> Act:
    """Refuses, and nothing happened."""

    def act(platform: FakePlatform, text: str) -> None:
        raise error

    return act


def accepts_then(error: BaseException) -> Act:
    """The post becomes visible, and then the answer is lost."""

    def act(platform: FakePlatform, text: str) -> None:
        platform.ledger.append(text)
        raise error

    return act


@dataclass
class FakePlatform:
    """`script` holds what goes wrong at the next commits, in order; after it everything works. `settle_script` and
    `comment_script` hold errors for those calls."""

    platform: Platform = Platform.FACEBOOK
    ledger: list[str] = field(default_factory=list)
    script: list[Act] = field(default_factory=list)
    steps: int = 1
    step_wait: timedelta = timedelta()
    accepts: bool = False
    readable: bool = True
    prepared: int = 0
    settle_script: list[BaseException] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    comment_script: list[BaseException] = field(default_factory=list)
    gone: bool = False
    shows: dict[str, str | None] = field(default_factory=dict)
    renamed: str | None = None
    before_step: Callable[[], None] = lambda: None

    async def prepare(self, grant: Grant, content: Content, progress: Progress) -> Working | Ready:
        """`steps` harmless uploads, each saved."""
        done = int(progress.get("done", 0))
        if done >= self.steps:
            return Ready(progress=progress)
        self.before_step()
        self.prepared += 1
        return Working(progress={"done": done + 1}, wait=self.step_wait)

    async def commit(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        """The next act of the script, or success."""
        if self.script:
            self.script.pop(0)(self, content.text)
        self.ledger.append(content.text)
        if self.accepts:
            return Accepted(
                progress={**progress, "task": "1"}, wait=timedelta(seconds=0 if content.first_comment else 2)
            )
        return self._found(content)

    async def settle(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted | Ready:
        """Done by now, save its comment."""
        if self.settle_script:
            raise self.settle_script.pop(0)
        if not content.first_comment:
            return self._found(content)
        if wait := first_comment.in_flight(progress, clock.now()):
            return Accepted(progress=progress, wait=wait)
        there = content.first_comment in self.comments
        return first_comment.looked(progress, self._found(content), there, clock.now())

    async def comment(self, grant: Grant, content: Content, progress: Progress) -> Published | Accepted:
        """What the script says, or the comment."""
        if self.comment_script:
            error = self.comment_script.pop(0)
            if isinstance(error, OutsideError) and not isinstance(error, TokenRejected):
                return first_comment.not_written(progress, self._found(content), error)
            raise error
        self.comments.append(content.first_comment)
        return self._found(content)

    async def look_up(
        self, grant: Grant, content: Content, progress: Progress, since: datetime
    ) -> Published | Accepted | Absent | Undecided:
        """What the ledger says, when the platform lets it be read."""
        if not self.readable:
            return Undecided()
        return self._found(content) if content.text in self.ledger else Absent()

    async def find(self, grant: Grant, content: Content, since: datetime) -> Published | Absent | Undecided:
        """The ledger knows posts by their text; one match is told, more are not."""
        count = self.ledger.count(content.text)
        if not self.readable or count > 1:
            return Undecided()
        return self._found(content) if count else Absent()

    async def read_back(self, grant: Grant, content: Content, external_id: str) -> Live | Removed | Undecided | None:
        """The post as it is shown: what `shows` says, or what was sent, unless it is gone."""
        if self.gone:
            return Removed()
        if not self.readable:
            return None
        text = self.shows.get(content.text, content.text)
        return (
            Undecided()
            if text is None
            else Live(text=text, permalink="https://example.org/1", external_id=self.renamed)
        )

    def wire_text(self, content: Content) -> str:
        """As it is."""
        return content.text

    async def measure(self, grant: Grant, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        """Every post known has its count; nobody knows its clicks."""
        return {key: Metrics(views=100, likes=7) for key in external_ids if key.startswith("id:")}

    def _found(self, content: Content) -> Published:
        return Published(external_id=f"id:{content.text}", permalink="https://example.org/1")


LOST = OutcomeUnknown(diagnostic="read timeout")
