"""Everything that can go wrong, as a tree. Each error is one sentence for a person and one rule for the engine.

::

    MarketingError
    ├── InvalidInput            a person or a program sent something that cannot be; names the field
    ├── NotFound                no such thing, or not for this person
    ├── NotSignedIn             nobody is asking
    ├── Forbidden               this person may not do that
    ├── Refused                 the thing is in a state that does not allow it (already published, already passed)
    ├── Throttled               too many attempts; try later
    ├── OverBudget              the next call would cost more than allowed
    ├── Misconfigured           a setting is missing or wrong; only an engineer can mend it
    └── OutsideError            a counterpart outside failed
        ├── NotSent             it surely did not happen: refused connection, DNS, TLS, "come back later"
        │   ├── PostFailed      the same, for a reason that may lie in this very post, such as a file in processing
        │   └── Missing         the same: what it was about is not there, or not any more
        ├── OutcomeUnknown      it may have happened: time-out, cut connection, 5xx
        ├── RateLimited         a limit; nothing happened; carries when to come back
        ├── TokenRejected       the permission is dead; a person reconnects
        ├── PermissionMissing   the permission does not cover this
        ├── ContentRefused      the content as it is will never be taken
        ├── AccountBlocked      the platform stopped the account
        └── BadAnswer           an answer that the contract does not know

`key` names the sentence in `text/*/errors.po`; `values` fill it. `diagnostic` is for engineers and never shown.
"""

from __future__ import annotations

from datetime import timedelta


class MarketingError(Exception):
    """The root. `key` is the catalogue key of the sentence; `values` are its placeholders."""

    key = "error.ours"

    def __init__(self, key: str | None = None, /, *, field: str | None = None, **values: object) -> None:
        self.key = key or self.key
        self.field = field
        self.values = values
        super().__init__(self.key)

    def __str__(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.key} {shown}".strip()


class InvalidInput(MarketingError):
    """What was sent cannot be; `field` names the part."""

    key = "error.invalid"


class NotFound(MarketingError):
    """No such thing, or not for this person; the two are not told apart."""

    key = "error.not_found"


class NotSignedIn(MarketingError):
    """Nobody is asking."""

    key = "error.not_signed_in"


class Forbidden(MarketingError):
    """This person's role does not allow it."""

    key = "error.forbidden"


class Refused(MarketingError):
    """The thing is in a state that does not allow it."""

    key = "error.refused"


class Throttled(MarketingError):
    """Too many attempts of the same kind."""

    key = "error.throttled"


class OverBudget(MarketingError):
    """The next paid call would pass a cap; nothing was spent."""

    key = "error.over_budget"


class Misconfigured(MarketingError):
    """A setting is missing or wrong."""

    key = "error.misconfigured"


class OutsideError(MarketingError):
    """A counterpart outside failed. `retryable` says whether the same call may be made again."""

    key = "error.outside"
    retryable = False

    def __init__(
        self,
        key: str | None = None,
        /,
        *,
        diagnostic: str = "",
        retry_after: timedelta | None = None,
        retryable: bool | None = None,
        **values: object,
    ) -> None:
        super().__init__(key, field=None, **values)
        self.diagnostic = diagnostic
        self.retry_after = retry_after
        if retryable is not None:
            self.retryable = retryable


class NotSent(OutsideError):
    """It surely did not happen."""

    key = "error.not_sent"
    retryable = True


class PostFailed(NotSent):
    """It surely did not happen, and the reason may lie in this very post: worth some more tries, not endless ones."""


class Missing(NotSent):
    """What the call was about is not there, as its counterpart says now; it may be wrong for a while."""


class OutcomeUnknown(OutsideError):
    """It may have happened: never send again before looking."""

    key = "error.outcome_unknown"
    retryable = True


class RateLimited(OutsideError):
    """A limit of the platform; nothing happened."""

    key = "error.rate_limited"
    retryable = True


class TokenRejected(OutsideError):
    """The permission is dead; a person has to reconnect the account."""

    key = "error.token_rejected"


class PermissionMissing(OutsideError):
    """The permission does not cover this call."""

    key = "error.permission_missing"


class ContentRefused(OutsideError):
    """The content as it is will never be taken."""

    key = "error.content_refused"


class AccountBlocked(OutsideError):
    """The platform stopped the account for now."""

    key = "error.account_blocked"


class BadAnswer(OutsideError):
    """An answer that the contract does not know."""

    key = "error.bad_answer"
    retryable = True
