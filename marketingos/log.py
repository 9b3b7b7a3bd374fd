"""Logs: structlog configured once. JSON for machines, columns for a terminal.

Event names are dotted facts (`delivery.published`) with keyword fields. Secrets never arrive here: they travel as
`SecretStr`, and the field names below are masked all the same.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from marketingos.settings import get_settings

MASKED = frozenset({"token", "access_token", "refresh_token", "password", "secret", "authorization", "cookie"})


def configure() -> None:
    """Sets up logging for this process; call once at start."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[
            *processors,
            structlog.processors.JSONRenderer() if _as_json() else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    for noisy in ("httpx", "httpx2", "alembic.runtime.migration"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A sweep that is still running when its next turn comes is skipped: that is the plan, not news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _as_json() -> bool:
    choice = get_settings().log_format
    return choice == "json" or (choice == "auto" and not sys.stderr.isatty())


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in MASKED & event.keys():
        event[name] = "***"
    return event


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module; `name` is its dotted name."""
    return structlog.get_logger(module=name)  # type: ignore[no-any-return]
