"""Turns of phrase: how a fact is brought in, how a reader is asked to act, in each platform's register."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .brief import Brief, Fact
from .chooser import Idea
from .facts import Claims
from .phrasebook import CALLS, GENERAL_TAGS, SHORT_CALLS, SOLUTIONS

_CALL_WORDS = {
    "trial": r"prueb|gratis|empieza|try|free|start",
    "demo": r"demo|llamada|agenda una|call",
    "comment": r"coment|cuéntanos|dinos|comment|tell us",
    "save": r"guarda|save",
    "share": r"compart|etiqueta|envía|share|tag",
    "link": r"entra|link|enlace|visita|descubre|mira|visit|discover",
}
_FINITE = re.compile(
    r"^(permite|envía|avisa|recuerda|sincroniza|genera|cumple|funciona|incluye|calcula|guarda|presenta|cobra|"
    r"muestra|crea|lee|prepara|manda|ofrece|llena|registra|importa|exporta|sends|lets|reminds|syncs|creates|"
    r"calculates|includes|works|shows|keeps|fills)\b",
    re.IGNORECASE,
)


def of(brief: Brief, idea: Idea) -> "Phrases":
    """The phrases for one post."""
    return Phrases(brief, idea)


@dataclass(frozen=True)
class Phrases:
    """Chooses among the phrasebook's turns by the request's seed; never adds a claim of its own."""

    brief: Brief
    idea: Idea

    def solution(self, platform: str, facts: Sequence[Fact]) -> str:
        """How the product answers the pain, told only with these facts; "" without facts."""
        if not facts:
            return ""
        name = self.brief.product.name
        first, *rest = [fact.text for fact in facts]
        if _FINITE.match(first):
            lead = f"{name} {_lower(first)}."
        else:
            lead = self._pick(SOLUTIONS[self._language, platform], salt=1).format(product=name, fact=_lower(first),
                                                                                 Fact=_upper(first))  # fmt: skip
        also = "Y también: {}." if self.brief.spanish else "And also: {}."
        return " ".join((lead, *(also.format(_lower(text)) for text in rest)))

    def short_solution(self, facts: Sequence[Fact]) -> str:
        """A fact as a line on a vertical video: under 60 characters, else only the name."""
        name = self.brief.product.name
        text = facts[0].text if facts else ""
        clause = re.split(r"[,;:(]", text)[0].strip()
        return _upper(clause) if 0 < len(clause) <= 46 else f"{name}."

    def call(self, platform: str, claims: Claims) -> str:
        """The call to action: the brand's own when it fits the asked kind, else one of that kind."""
        kind = self._call_kind()
        own = [cta for cta in self.brief.product.ctas if re.search(_CALL_WORDS[kind], cta, re.IGNORECASE)]
        line = self._pick(own or CALLS[self._language, kind], salt=2)
        offer = claims.offer() if kind in ("trial", "link") and platform != "tiktok" else None
        if offer and not own:
            line = f"{_upper(offer.text)}."
        return self._placed(line.rstrip(), platform, kind)

    def short_call(self, claims: Claims) -> str:
        """The last line of a vertical video."""
        offer = claims.offer() if self._call_kind() == "trial" else None
        if offer and len(offer.text) <= 46:
            return _upper(offer.text)
        return self._pick(SHORT_CALLS[self._language], salt=3).format(site=self.brief.product.site or
                                                                      self.brief.product.name)  # fmt: skip

    def link_comment(self) -> str:
        """The first comment that carries the link where links in the text cost reach."""
        if not self.brief.product.website:
            return self.idea.ask
        before = "Más detalles aquí:" if self.brief.spanish else "More details here:"
        return f"{before} {self.brief.product.website}"

    def hashtags(self, count: int) -> list[str]:
        """`count` tags without '#', the brand's first, turned by the seed so that posts do not all end alike."""
        known = list(dict.fromkeys((*self.brief.product.hashtags, *GENERAL_TAGS[self._language])))
        own = known[: len(self.brief.product.hashtags)] or known
        turn = self.brief.seed % len(own)
        ordered = own[turn:] + own[:turn] + known[len(own) :]
        return [re.sub(r"\W", "", tag) for tag in ordered[:count]]

    def with_emoji(self, text: str) -> str:
        """The text with the idea's emoji at its end, unless the brand's manners refuse emoji."""
        manners = self.brief.product.manners
        refused = re.search(r"(sin|nada de|evita\w*|no us\w+|no|without|avoid) (los )?emoji", manners)
        return text if refused else f"{text} {self.idea.emoji}"

    def alt_text(self) -> str:
        """What the picture shows, for those who cannot see it."""
        before = "Ilustración: " if self.brief.spanish else "Illustration: "
        return before + _lower(self.idea.concept)

    def rationale(self, used: Sequence[Fact]) -> str:
        """Why this post: hook, pain, facts, and what was avoided."""
        ids = ", ".join(fact.id for fact in used)
        avoided = len(self.brief.recent_hooks)
        if self.brief.spanish:
            told = f"Parte de un dolor concreto ({_lower(self.idea.pain)}) con el ángulo «{self.idea.angle}». "
            told += f"Las afirmaciones salen de {ids}. " if ids else "No afirma nada que no esté en la ficha. "
            return told + (f"Se aleja de los {avoided} ganchos recientes." if avoided else "")
        told = f"Starts from a concrete pain ({_lower(self.idea.pain)}) with the angle “{self.idea.angle}”. "
        told += f"Claims come from {ids}. " if ids else "It claims nothing that the facts sheet does not hold. "
        return told + (f"Keeps away from the {avoided} recent hooks." if avoided else "")

    @property
    def _language(self) -> str:
        return "es" if self.brief.spanish else "en"

    def _call_kind(self) -> str:
        return self.brief.cta_type if self.brief.cta_type in _CALL_WORDS else "link"

    def _pick(self, options: Sequence[str], *, salt: int) -> str:
        return options[(self.brief.seed >> (8 * salt)) % len(options)]

    def _placed(self, line: str, platform: str, kind: str) -> str:
        """The call with its way to the site: a bio, a link, or nothing when it asks for a comment."""
        site = self.brief.product.site
        if kind in ("comment", "save", "share") or not site or site in line:
            return line
        where = {
            "instagram": "Enlace en la bio." if self.brief.spanish else "Link in bio.",
            "facebook": f"👉 {self.brief.product.website}",
            "linkedin": site,
        }[platform]
        ended = line if line.endswith((".", "!", "?", ":")) else f"{line}."
        return f"{ended} {where}"


def _lower(text: str) -> str:
    """First letter down, unless the first word is a name or an acronym."""
    head = text.split(" ", 1)[0]
    proper = head.isupper() or any(letter.isupper() for letter in head[1:]) or head in ("WhatsApp", "Verifactu")
    return text if proper else text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
