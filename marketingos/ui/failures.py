"""What a person reads when a handler failed: the one exception handler of the pages."""

import secrets
import traceback

from reflex.event import EventSpec, call_script

from marketingos.errors import MarketingError, NotSignedIn
from marketingos.log import get_logger
from marketingos.ui.notices import refusal

_log = get_logger(__name__)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def explain(exception: Exception) -> EventSpec:
    """A known error is its sentence; any other an apology with a reference that the log carries too."""
    if isinstance(exception, NotSignedIn):
        return to_login()
    if isinstance(exception, MarketingError):
        return refusal(exception.key, **exception.values)
    reference = _reference()
    _log.error("ui.failed", reference=reference, trace="".join(traceback.format_exception(exception)))
    return refusal("error.unexpected", reference=reference)


def to_login() -> EventSpec:
    """To the log-in page, which comes back here."""
    return call_script(
        "if (location.pathname.replace(/\\/$/, '') !== '/login')"
        " location.assign('/login?next=' + encodeURIComponent(location.pathname + location.search))"
    )


def _reference() -> str:
    """Short enough to be read out: `7F3K-21`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return f"{letters[:4]}-{letters[4:]}"
