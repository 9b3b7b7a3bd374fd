"""What the writer is told. The texts are the `.md` files beside this one; here they meet the rows.

The rules and the book are the same for every post of a product, so that the model's host can keep them; the brief is
this post's own. Whatever people outside wrote is put between tags, with its own `<` and `>` written out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from marketingos.domain.check import Finding
from marketingos.domain.mix import Factors
from marketingos.domain.platform import Platform
from marketingos.domain.product import Fact, Product
from marketingos.domain.rule import Rule
from marketingos.domain.said import Said
from marketingos.text import sentence

EDITION = "2026-11"
"""Named with every post; the letters after it are a hash of the files, so that no change goes unnoticed."""

_FILES = ("rules.md", "repair.md", "rewrite.md", "lesson.md")

HOOKS_TOLD, TOPICS_TOLD, FACTS_NAMED = 80, 12, 4
"""How many openings and topics of other posts a brief carries, and how many facts that were not told for long."""


@cache
def version() -> str:
    """The name of the texts in use, such as `2026-11.3fa9c1`."""
    digest = hashlib.sha256("\n".join(_read(name) for name in _FILES).encode())
    return f"{EDITION}.{digest.hexdigest()[:6]}"


def rules() -> str:
    """How posts are written, whatever the product."""
    return _read("rules.md")


def book(product: Product, facts: Sequence[Fact], house_rules: Sequence[Rule] = ()) -> str:
    """What is known of a product: the brand book, the facts sheet, and the rules that its marketers accepted."""
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
        "competitors": " | ".join(voice.competitors),
        "hooks": " | ".join(template.hooks),
        "hashtags": " ".join(f"#{tag.lstrip('#')}" for tag in template.hashtags),
        "ctas": " | ".join(template.calls_to_action),
        "visual_style": template.visual_style,
        "palette": ", ".join(template.palette),
    }
    if voice.contacts:
        lines["contacts"] = " | ".join(voice.contacts)
    sheet = [f"{fact.code}: {_line(fact.claim)}" for fact in facts]
    blocks = [_tag("product", _fields(lines)), _tag("facts", sheet)]
    if house_rules:
        blocks.append(_tag("rules", [f"{rule.code}: {_line(rule.text)}" for rule in house_rules]))
    return "\n\n".join(blocks)


def brief(
    *,
    platforms: Sequence[Platform],
    wall: datetime,
    timezone: str,
    language: str,
    factors: Factors,
    nearest: Sequence[Said] = (),
    rested: Sequence[str] = (),
    holiday: str = "",
    soon: Sequence[tuple[date, str]] = (),
) -> str:
    """What this post shall be, and what others said that it must stay away from: `nearest` are the posts that go out
    around it, `rested` the facts that were not told for longest."""
    lines = {
        "platforms": ", ".join(platforms),
        "slot": f"{wall:%Y-%m-%dT%H:%M} ({timezone})",
        "angle": f"{factors.angle} ({sentence(f'angle.{factors.angle}', language)})",
        "hook_type": factors.hook_type,
        "format": factors.format,
        "cta_type": factors.cta_type,
        "facts_rested": ", ".join(rested[:FACTS_NAMED]),
        "holiday": holiday,
        "holidays_soon": " | ".join(f"{day:%Y-%m-%d} {name}" for day, name in soon),
    }
    blocks = (
        _tag("brief", _fields({name: value for name, value in lines.items() if value})),
        _tag("recent_hooks", [f"- {_line(said.hook)}" for said in nearest[:HOOKS_TOLD] if said.hook]),
        _tag("recent_topics", [_topic(said) for said in nearest[:TOPICS_TOLD] if said.angle or said.pillar]),
        "Write this post.",
    )
    return "\n\n".join(blocks)


def _topic(said: Said) -> str:
    told = (f"{said.at:%Y-%m-%d}", said.angle, said.pillar, said.pain, ", ".join(said.facts))
    return f"- {_line(' | '.join(told))}"


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


def rewrite(*, platform: Platform, wish: str, text: str) -> str:
    """A text that exists and what shall be changed in it. `wish` is what a person typed, or one of ours."""
    asked = _fields({"platform": platform.value, "instruction": wish})
    current = _tag("current_text", _harmless(text).splitlines())
    return "\n\n".join((_tag("rewrite", [*asked, current]), _read("rewrite.md")))


def lesson(*, reason: str, note: str, texts: Sequence[tuple[Platform, str]], known: Sequence[Rule]) -> str:
    """A rejection, with what was rejected and the rules that are there already."""
    told = [f"reason: {reason}", f"note: {_line(note)}"]
    told += [f"{platform.value}: {_line(text)}" for platform, text in texts]
    rules_known = [f"- {_line(rule.text)}" for rule in known]
    return "\n\n".join((_tag("rejection", told), _tag("known_rules", rules_known), _read("lesson.md")))


def _fields(lines: dict[str, str]) -> list[str]:
    return [f"{name}: {_line(value)}" for name, value in lines.items()]


def _tag(name: str, lines: Sequence[str]) -> str:
    return "\n".join((f"<{name}>", *lines, f"</{name}>"))


def _line(text: str) -> str:
    """One line that cannot open or close a tag."""
    return _harmless(" ".join(text.split()))


def _harmless(text: str) -> str:
    """The text with its angle brackets written out; `&` stays, since a name such as `H&M` is copied as it is read."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


@cache
def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8").strip()
