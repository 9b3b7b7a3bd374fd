"""Turns of phrase: how a fact is brought in, how a reader is asked to act, in each platform's register."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import orders
from .brief import Brief, Fact
from .chooser import plain, trade
from .facts import Claims
from .idea import Idea
from .phrasebook import ALSO, BY_VERB, CALLS, GENERAL_TAGS, NEUTRAL, PILLARS, SHORT_CALLS, SOLUTIONS, WAYS

_CALL_WORDS = {
    "trial": r"prueb|gratis|empieza|try|free|start",
    "demo": r"demo|llamada|agenda una|call",
    "comment": r"coment|cuentanos|dinos|comment|tell us",
    "save": r"guarda|save",
    "share": r"compart|etiqueta|envia|pasaselo|share|tag",
    "link": r"entra|link|enlace|visita|descubre|mira|visit|discover",
}
_FINITE = re.compile(
    r"^(se \w+|permite|envía|avisa|recuerda|sincroniza|genera|cumple|funciona|incluye|calcula|guarda|presenta|cobra|"
    r"controla|importa|exporta|prepara|muestra|crea|lee|manda|ofrece|llena|registra|sends|lets|reminds|syncs|creates|"
    r"calculates|includes|works|shows|keeps|fills|imports|exports)\b",
    re.IGNORECASE,
)
_OWN_SUBJECT = re.compile(r"^(el|la|los|las|cada|tu|tus|un|una|the|your|each|every|a|an)\b", re.IGNORECASE)
LONGEST_LINE = 46
"""Characters that can be read on a vertical video in the time of a scene."""


def of(brief: Brief, idea: Idea) -> "Phrases":
    """The phrases for one post."""
    return Phrases(brief, idea)


@dataclass(frozen=True)
class Phrases:
    """Chooses among the phrasebook's turns by the request's seed; never adds a claim of its own."""

    brief: Brief
    idea: Idea

    def solution(self, platform: str, facts: Sequence[Fact]) -> str:
        """How the product answers the pain, told only with these facts; its own promise when there are none."""
        name = self.brief.product.name
        if not facts:
            promise = orders.without(self.brief.product.usp)
            return f"{name}: {lowered(promise)}" if promise else ""
        first, *rest = [fact.text for fact in facts]
        known = bool(trade(self.brief.product))
        turns = SOLUTIONS[self._language, platform] if known else NEUTRAL[self._language]
        lead = self._pick(turns, salt=1).format(product=name, fact=lowered(first))
        if _shape(first) == "verb":
            lead = self._pick(BY_VERB[self._language], salt=1).format(product=name, fact=lowered(first))
        return " ".join((f"{lead}.", *(self._also(text) for text in rest)))

    def _also(self, text: str) -> str:
        also = ALSO[self._language][_shape(text)]
        return f"{also[self.brief.seed % len(also)].format(fact=lowered(text))}."

    def short_solution(self, claims: Claims) -> str:
        """A fact as a line on a vertical video; the product's name when none is short enough."""
        clause = claims.brief_one(LONGEST_LINE - 1)
        return f"{_upper(clause)}." if clause else f"{self.brief.product.name}."

    def call(self, platform: str, claims: Claims) -> str:
        """The call to action: the brand's own when it has one of that kind and it suits the platform."""
        kind = self._call_kind()
        site = self.brief.product.site
        own = [cta for cta in self.brief.product.ctas if re.search(_CALL_WORDS[kind], plain(cta))]
        own = [cta for cta in own if platform == "facebook" or not site or site not in cta]
        line = self._pick(own or CALLS[self._language, kind], salt=2)
        if own and kind == "trial":
            claims.offer()
        return self._placed(line.rstrip(), platform, kind)

    def short_call(self, claims: Claims) -> str:
        """The last line of a vertical video."""
        offer = claims.offer() if self._call_kind() == "trial" else None
        if offer and len(offer.text) < LONGEST_LINE:
            return f"{_upper(offer.text)}."
        place = self.brief.product.site or self.brief.product.name
        return self._pick(SHORT_CALLS[self._language], salt=3).format(site=place)

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
        return text if refused or text.endswith(self.idea.emoji) else f"{text} {self.idea.emoji}"

    def pillar(self) -> str:
        """The theme the post belongs to."""
        return PILLARS.get(self.idea.topic, self.idea.topic) if self.brief.spanish else self.idea.topic

    def alt_text(self) -> str:
        """What the picture shows, for those who cannot see it."""
        before = "Ilustración: " if self.brief.spanish else "Illustration: "
        return before + lowered(self.idea.concept)

    def rationale(self, used: Sequence[Fact]) -> str:
        """Why this post: hook, pain, facts, and what was avoided."""
        ids = ", ".join(fact.id for fact in used)
        if self.brief.spanish:
            told = f"Parte de un dolor concreto ({lowered(self.idea.pain)}) con el ángulo «{self.idea.angle}». "
            told += f"Las afirmaciones salen de {ids}. " if ids else "No afirma nada que no esté en la ficha. "
            return told + ("Se aleja de los ganchos recientes." if self.brief.recent_hooks else "")
        told = f"Starts from a concrete pain ({lowered(self.idea.pain)}) with the angle “{self.idea.angle}”. "
        told += f"Claims come from {ids}. " if ids else "It claims nothing that the facts sheet does not hold. "
        return told + ("Keeps away from recent hooks." if self.brief.recent_hooks else "")

    @property
    def _language(self) -> str:
        return "es" if self.brief.spanish else "en"

    def _call_kind(self) -> str:
        return self.brief.cta_type if self.brief.cta_type in _CALL_WORDS else "link"

    def _pick(self, options: Sequence[str], *, salt: int) -> str:
        return options[(self.brief.seed >> (8 * salt)) % len(options)]

    def _placed(self, line: str, platform: str, kind: str) -> str:
        """The call with its way to the site: the bio, the address, or nothing where links do not belong."""
        site = self.brief.product.site
        if kind in ("comment", "save", "share") or not site or site in line:
            return line
        ended = line if line.endswith((".", "!", "?", ":")) else f"{line}."
        return f"{ended} {WAYS[self._language].get(platform, site)}"


def _shape(text: str) -> str:
    """How a fact begins: with a verb the product is the subject of, with its own subject, or with a noun."""
    if _FINITE.match(text):
        return "verb"
    return "clause" if _OWN_SUBJECT.match(text) else "noun"


def lowered(text: str) -> str:
    """First letter down, unless the first word is a name or an acronym."""
    head = text.split(" ", 1)[0]
    proper = head.isupper() or any(letter.isupper() for letter in head[1:]) or head in ("WhatsApp", "Verifactu")
    return text if proper else text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
