"""What the writer is told. The texts are the `.md` files beside this one; here they meet the rows.

The rules and the book are the same for every post of a product, so that the model's host can keep them; the brief is
this post's own. Whatever people outside wrote is put between tags, with its own `<` and `>` written out.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

from marketingos.domain.check import Finding
from marketingos.domain.mix import Factors
from marketingos.domain.platform import Platform
from marketingos.domain.product import Fact, Product
from marketingos.text import sentence

EDITION = "2026-11"
"""Named with every post; the letters after it are a hash of the files, so that no change goes unnoticed."""

_FILES = ("rules.md", "repair.md")


@cache
def version() -> str:
    """The name of the texts in use, such as `2026-11.3fa9c1`."""
    digest = hashlib.sha256("\n".join(_read(name) for name in _FILES).encode())
    return f"{EDITION}.{digest.hexdigest()[:6]}"


def rules() -> str:
    """How posts are written, whatever the product."""
    return _read("rules.md")


def book(product: Product, facts: Sequence[Fact]) -> str:
    """What is known of a product: the brand book and the facts sheet."""
    voice, template = product.voice, product.template
    lines = {
        "name": product.name,
        "description": product.description,
        "audience": product.audience,
        "usp": product.usp,
        "website": product.website,
        "language": product.language,
        "tone": voice.tone,
        "do": " ".join(voice.do),
        "dont": " | ".join(voice.dont),
        "banned": " | ".join(voice.banned_words),
        "hooks": " | ".join(template.hooks),
        "hashtags": " ".join(f"#{tag.lstrip('#')}" for tag in template.hashtags),
        "ctas": " | ".join(template.calls_to_action),
        "visual_style": template.visual_style,
        "palette": ", ".join(template.palette),
    }
    sheet = [f"{fact.code}: {_line(fact.claim)}" for fact in facts]
    return "\n\n".join((_tag("product", _fields(lines)), _tag("facts", sheet)))


def brief(
    *,
    platforms: Sequence[Platform],
    wall: datetime,
    timezone: str,
    language: str,
    factors: Factors,
    recent_hooks: Iterable[str],
) -> str:
    """What this post shall be, and the openings it must stay away from."""
    lines = {
        "platforms": ", ".join(platforms),
        "slot": f"{wall:%Y-%m-%dT%H:%M} ({timezone})",
        "angle": f"{factors.angle} ({sentence(f'angle.{factors.angle}', language)})",
        "hook_type": factors.hook_type,
        "format": factors.format,
        "cta_type": factors.cta_type,
    }
    used = [f"- {_line(hook)}" for hook in recent_hooks]
    return "\n\n".join((_tag("brief", _fields(lines)), _tag("recent_hooks", used), "Write this post."))


def picture(product: Product, subject: str, avoid: str) -> str:
    """What the illustrator is asked for: the subject in the brand's style and colours, without words."""
    template = product.template
    parts = (
        subject,
        f"Style: {template.visual_style}" if template.visual_style else "",
        f"Colour palette: {', '.join(template.palette)}" if template.palette else "",
        "Calm empty space in the upper third of the frame",
        "No text, no letters, no numbers, no logos",
        f"Avoid: {avoid}" if avoid else "",
    )
    return " ".join(f"{' '.join(part.split()).rstrip('.')}." for part in parts if part.strip())


def sketch_rules() -> str:
    """How a first voice and template are drawn for a product that came without them."""
    return _read("sketch.md")


def newcomer(product: Product) -> str:
    """What a new product says of itself."""
    names = ("name", "description", "audience", "usp", "website", "language")
    return _tag("product", _fields({name: getattr(product, name) for name in names}))


def repair(findings: Iterable[Finding]) -> str:
    """What is wrong with an answer, and the request to mend it."""
    told = (f"- {finding.key.removeprefix('check.')}: {_line(finding.detail)}".rstrip(": ") for finding in findings)
    return _read("repair.md").format(findings="\n".join(told))


def _fields(lines: dict[str, str]) -> list[str]:
    return [f"{name}: {_line(value)}" for name, value in lines.items()]


def _tag(name: str, lines: Sequence[str]) -> str:
    return "\n".join((f"<{name}>", *lines, f"</{name}>"))


def _line(text: str) -> str:
    """One line that cannot open or close a tag."""
    return html.escape(" ".join(text.split()), quote=False)


@cache
def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8").strip()
