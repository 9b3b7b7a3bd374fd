"""Who did what: one line for every deed that changes something."""

from __future__ import annotations

from marketingos import clock
from marketingos.db import AsyncSession
from marketingos.domain.audit import AuditEntry

SYSTEM = "system"


def note(session: AsyncSession, actor: str, action: str, subject: str, **detail: object) -> None:
    """Adds an entry to the caller's transaction. `subject` reads `post:12`."""
    session.add(AuditEntry(at=clock.now(), actor=actor, action=action, subject=subject, detail=dict(detail)))
