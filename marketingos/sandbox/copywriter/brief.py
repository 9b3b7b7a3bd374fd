"""What a request asks for: the tagged text of its system blocks and turns, read leniently into values."""

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

PLATFORMS = ("instagram", "facebook", "linkedin", "tiktok")
_PRODUCT_KEYS = (
    "name", "description", "audience", "usp", "website", "language", "tone", "do", "dont", "banned", "competitors",
    "hooks", "hashtags", "ctas", "visual_style", "palette",
)  # fmt: skip
_BRIEF_KEYS = ("platforms", "slot", "angle", "hook_type", "format", "cta_type", "pillar", "length")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?")


@dataclass(frozen=True, kw_only=True)
class Product:
    """The brand book as the prompt tells it; what it leaves out is empty."""

    name: str
    description: str
    audience: str
    usp: str
    website: str
    language: str
    tone: str
    manners: str
    banned: tuple[str, ...]
    competitors: tuple[str, ...]
    hooks: tuple[str, ...]
    hashtags: tuple[str, ...]
    ctas: tuple[str, ...]
    visual_style: str
    palette: tuple[str, ...]

    @property
    def site(self) -> str:
        """The address as people write it: no scheme, no trailing slash."""
        return re.sub(r"^https?://(www\.)?", "", self.website).rstrip("/")


@dataclass(frozen=True)
class Fact:
    """One numbered line of the facts sheet, without its final full stop."""

    id: str
    text: str


@dataclass(frozen=True)
class Rewrite:
    """A change asked for on a text that exists."""

    platform: str
    instruction: str
    text: str


@dataclass(frozen=True)
class Rejection:
    """A post that a person said no to, and why."""

    reason: str
    note: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Brief:
    """One request. `rules` is its first system block; `seed` is a hash of its whole text; `attempt` counts the answers
    already given in it."""

    rules: str
    product: Product
    facts: tuple[Fact, ...]
    platforms: tuple[str, ...]
    slot: datetime
    angle: str
    hook_type: str
    cta_type: str
    recent_hooks: tuple[str, ...]
    house_rules: tuple[str, ...]
    rewrite: Rewrite | None
    rejection: Rejection | None
    attempt: int
    seed: int

    @property
    def spanish(self) -> bool:
        return self.product.language != "en"


def read(request: Mapping[str, Any]) -> Brief:
    """The brief in a Messages request. Missing parts become empty; nothing here raises."""
    blocks = list(_texts(request.get("system") or ()))
    system = "\n".join(blocks)
    turns = [(m["role"], "\n".join(_texts(m["content"]))) for m in request["messages"]]
    asked = "\n".join(text for role, text in turns if role == "user")
    everything = f"{system}\n{asked}"
    seed = int.from_bytes(hashlib.sha256(everything.encode()).digest()[:8])
    wish = _fields(_tagged(asked, "brief"), _BRIEF_KEYS)
    return Brief(
        rules=next(iter(blocks), ""),
        product=_product(_fields(_tagged(everything, "product"), _PRODUCT_KEYS), everything),
        facts=tuple(_facts(_tagged(everything, "facts"))),
        platforms=tuple(p for p in PLATFORMS if p in wish["platforms"].lower()) or PLATFORMS,
        slot=_slot(wish["slot"], seed),
        angle=wish["angle"], hook_type=wish["hook_type"].lower(), cta_type=wish["cta_type"].lower(),
        recent_hooks=tuple(_bullets(_tagged(asked, "recent_hooks"))),
        house_rules=tuple(re.findall(r"^\s*(R\d+):", _tagged(system, "rules"), re.MULTILINE)),
        rewrite=_rewrite(asked),
        rejection=_rejection(asked),
        attempt=sum(role == "assistant" for role, _ in turns),
        seed=seed,
    )  # fmt: skip


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
        return
    for block in content:
        if block.get("type") == "text":
            yield block["text"]


def _tagged(text: str, tag: str) -> str:
    """The inside of the last non-empty <tag>…</tag>."""
    found = re.findall(rf"<{tag}(?:\s[^>]*)?>(.*?)</{tag}>", text, re.DOTALL | re.IGNORECASE)
    return html.unescape(next((inside for inside in reversed(found) if inside.strip()), ""))


def _fields(text: str, keys: tuple[str, ...]) -> dict[str, str]:
    """`key: value` lines; a line that starts with no known key continues the one before."""
    fields = dict.fromkeys(keys, "")
    current = ""
    for line in text.splitlines():
        head, colon, value = line.partition(":")
        key = head.strip(" -*").lower().replace(" ", "_").replace("'", "")
        if colon and key in fields:
            current, fields[key] = key, value.strip()
        elif current and line.strip():
            fields[current] = f"{fields[current]} {line.strip()}".strip()
    return fields


def _bullets(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if bare := line.strip().lstrip("-*•").strip().strip('"«»“”'):
            yield bare


def _facts(text: str) -> Iterator[Fact]:
    for line in text.splitlines():
        if match := re.match(r"\s*[-*]?\s*\[?(F\d+)\]?\s*[:.)-]\s*(.+)", line):
            yield Fact(match[1], match[2].strip().rstrip("."))


def _list(text: str, separators: str = r"\s*\|\s*") -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(separators, text) if part.strip())


def _product(fields: Mapping[str, str], everything: str) -> Product:
    language = fields["language"].lower()[:2] or ("en" if "language: en" in everything.lower() else "es")
    return Product(
        name=fields["name"] or "el producto", description=fields["description"], audience=fields["audience"],
        usp=fields["usp"], website=fields["website"], language=language, tone=fields["tone"],
        manners=f"{fields['do']} {fields['dont']}".lower(),
        banned=_list(fields["banned"].lower(), r"\s*[|,;]\s*"),
        competitors=_list(fields["competitors"], r"\s*[|,;]\s*"), hooks=_list(fields["hooks"]),
        hashtags=tuple(tag.lstrip("#") for tag in _list(fields["hashtags"], r"[\s,|;]+")),
        ctas=_list(fields["ctas"]), visual_style=fields["visual_style"],
        palette=tuple(re.findall(r"#[0-9a-fA-F]{6}\b", fields["palette"])),
    )  # fmt: skip


def _slot(text: str, seed: int) -> datetime:
    match = _ISO.search(text)
    if match is None:
        return datetime.combine(date.fromordinal(739_000 + seed % 3650), datetime.min.time().replace(hour=9))
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the product's wall clock, as the brief tells it


def _rewrite(text: str) -> Rewrite | None:
    inside = _tagged(text, "rewrite")
    if not inside:
        return None
    fields = _fields(re.sub(r"<current_text>.*", "", inside, flags=re.DOTALL), ("platform", "instruction"))
    current = _tagged(text, "current_text").strip()
    return Rewrite(fields["platform"].lower(), fields["instruction"], current)


def _rejection(text: str) -> Rejection | None:
    inside = _tagged(text, "rejection")
    if not inside:
        return None
    fields = _fields(inside, ("reason", "note", *PLATFORMS))
    return Rejection(fields["reason"].lower(), fields["note"], tuple(_bullets(_tagged(text, "known_rules"))))
