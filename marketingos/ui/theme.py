"""How a status and a platform look: icon and word. Colours live in `assets/tokens.css`, chosen by `data-s`/`data-p`."""

from dataclasses import dataclass
from typing import Final

from marketingos.domain.platform import Platform
from marketingos.domain.post import PostStatus


@dataclass(frozen=True)
class StatusLook:
    """`icon` is a lucide name; `tinted` says that the status asks for a hand."""

    icon: str
    tinted: bool = False


STATUS: Final[dict[str, StatusLook]] = {
    PostStatus.DRAFT: StatusLook("pencil-line"),
    PostStatus.PENDING_APPROVAL: StatusLook("hourglass", tinted=True),
    PostStatus.APPROVED: StatusLook("circle-check"),
    PostStatus.PUBLISHING: StatusLook("loader-circle"),
    PostStatus.PUBLISHED: StatusLook("circle-check"),
    PostStatus.REJECTED: StatusLook("circle-x"),
    PostStatus.FAILED: StatusLook("triangle-alert", tinted=True),
    PostStatus.UNKNOWN: StatusLook("circle-help", tinted=True),
    PostStatus.EXPIRED: StatusLook("timer-off", tinted=True),
    PostStatus.PARTIAL: StatusLook("contrast", tinted=True),
    "HELD": StatusLook("circle-pause"),
    "LATE": StatusLook("alarm-clock", tinted=True),
}

PLATFORM_NAMES: Final[dict[str, str]] = {
    Platform.INSTAGRAM: "Instagram",
    Platform.FACEBOOK: "Facebook",
    Platform.LINKEDIN: "LinkedIn",
    Platform.TIKTOK: "TikTok",
}

# Products choose one of these; a name from data cannot be imported at build time.
MARKS: Final = (
    "scissors",
    "receipt-text",
    "activity",
    "package",
    "calendar-check",
    "store",
    "heart-pulse",
    "utensils",
    "graduation-cap",
    "car",
    "house",
    "shopping-bag",
    "stethoscope",
    "leaf",
    "paw-print",
    "wrench",
    "dumbbell",
    "camera",
    "book-open",
    "briefcase",
    "coffee",
    "rocket",
    "sparkles",
    "ticket",
    "wallet",
)
