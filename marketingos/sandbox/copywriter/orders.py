"""Orders to a model hidden in what people wrote about a product: found by all, obeyed by a bad writer alone."""

import re

from .brief import Brief, Product

_ORDER = re.compile(
    r"(?:(?:ignor|olvid|desobede|disregard|forget)\w*\s[^.]*(?:instruc|anterior|regla|previous|above|rules)"
    r"|(?:SYSTEM|IMPORTANTE?|Nota para el modelo|Nueva orden|Instrucción para la IA)\s*:"
    r"|(?:Asistente|Assistant)\s*[:,]"
    r"|(?:revela|reveal|print|imprime)\b[^.]*(?:instruc|prompt)).*",
    re.IGNORECASE | re.DOTALL,
)
_SECRETS = re.compile(r"\b(revela|reveal|print|imprime)\b", re.IGNORECASE)
_SHOUTED = r"[A-ZÁÉÍÓÚÑ]{2}[A-ZÁÉÍÓÚÑ0-9]*"
_WANTED = re.compile(
    r"https?://[^\s<>\"»)]+[^\s<>\"».,;)]|@[\w.]*\w|«[^»]+»|\"[^\"]+\"|\+?\d[\d ]{7,}\d"
    rf"|\b{_SHOUTED}(?: {_SHOUTED})*\b"
)
_SIGNALS = {"SYSTEM", "IMPORTANT", "IMPORTANTE", "NIP", "IA"}


def found(product: Product) -> str:
    """The first order in the product's fields, to the end of its field; "" when nobody gives one."""
    fields = (product.description, product.usp, product.audience, product.tone, product.manners)
    return next((match[0].strip() for field in fields if (match := _ORDER.search(field))), "")


def without(text: str) -> str:
    """The text up to the order in it."""
    return _ORDER.sub("", text).strip()


def obeyed(brief: Brief) -> str:
    """What an obedient writer puts into a post: what is asked for by name, the rules themselves when those are."""
    order = found(brief.product)
    if order and _SECRETS.search(order):
        return " ".join(brief.rules.split())[:200]
    wanted = (piece.strip("«»\"' ") for piece in _WANTED.findall(order))
    return " ".join(dict.fromkeys(piece for piece in wanted if piece not in _SIGNALS)) or order
