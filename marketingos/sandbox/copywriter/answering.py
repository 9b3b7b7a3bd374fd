"""Fills whatever schema a request sent: fields the package knows get their meaning, others a fitting value."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

_ALIASES = {
    "alt": "alt_text", "alt_text_en": "alt_text", "message": "text", "content": "text", "copy": "text",
    "post": "text", "full_text": "text", "body_text": "body", "call_to_action": "cta", "why": "rationale",
    "reasoning": "rationale", "explanation": "rationale", "reason": "rationale", "tags": "hashtags",
    "image_prompt": "prompt_en", "prompt": "prompt_en", "visual_prompt": "prompt_en", "overlay": "headline",
    "headline_overlay": "headline", "headline_overlay_en": "headline", "cover_text": "headline",
    "concept": "concept_es", "concept_en": "concept_es", "negative_prompt": "avoid", "pain": "audience_pain",
    "link": "link_url", "url": "link_url", "comment": "first_comment", "image_brief": "image",
    "posts": "variants", "platforms": "variants", "name": "title", "caption": "text",
}  # fmt: skip
Scope = tuple[Mapping[str, Any], ...]


def fill(schema: Mapping[str, Any], package: Mapping[str, Any], more: Sequence[Mapping[str, Any]] = ()) -> Any:
    """A value that obeys `schema`. `more` are further packages for lists of candidates."""
    return _Walk(schema, [package, *more]).value(schema, "", (package, package.get("image", {})))


class _Walk:
    def __init__(self, schema: Mapping[str, Any], packages: Sequence[Mapping[str, Any]]) -> None:
        self._definitions = {**schema.get("definitions", {}), **schema.get("$defs", {})}
        self._packages = packages

    def value(self, node: Mapping[str, Any], name: str, scope: Scope) -> Any:
        """The value for field `name` under `node`; `scope` is where its meaning is looked up, innermost first."""
        node = self._resolved(node)
        known = _lookup(name, scope)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return _choice(node["enum"], known, name)
        kind = node.get("type") if isinstance(node.get("type"), str) else _kind(node)
        if kind == "object":
            inner = (known, *scope) if isinstance(known, Mapping) else scope
            return {field: self.value(child, field, inner) for field, child in node.get("properties", {}).items()}
        if kind == "array":
            return self._array(node, name, known, scope)
        return _scalar(kind, known, name, scope)

    def _array(self, node: Mapping[str, Any], name: str, known: Any, scope: Scope) -> list[Any]:
        item = self._resolved(node.get("items", {"type": "string"}))
        if isinstance(known, list | tuple):
            values = [self.value(item, "", (v, *scope)) if isinstance(v, Mapping) else self._plain(item, v, name)
                      for v in known]  # fmt: skip
        elif item.get("type") == "object" and "hook" in str(item.get("properties")):
            values = [self.value(item, name, (package, package["image"])) for package in self._packages]
        else:
            values = [self.value(item, name, scope)] if node.get("minItems") else []
        return values or ([self.value(item, name, scope)] if node.get("minItems") else [])

    def _plain(self, item: Mapping[str, Any], value: Any, name: str) -> Any:
        kind = item.get("type", "string")
        return self.value(item, name, ({name: value},)) if kind != "string" else str(value)

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" in node:
            return self._resolved(self._definitions[str(node["$ref"]).rsplit("/", 1)[-1]])
        for several in ("anyOf", "allOf"):
            if several in node:
                options = [self._resolved(option) for option in node[several]]
                return next((option for option in options if option.get("type") != "null"), options[0])
        return node


def _lookup(name: str, scope: Scope) -> Any:
    for known in (name, _ALIASES.get(name, name)):
        for place in scope:
            if known in place:
                return place[known]
    return None


def _choice(options: Sequence[Any], known: Any, name: str) -> Any:
    for option in options:
        if str(option).lower() == str(known).lower():
            return option
    if name in ("level", "severity", "risk"):
        return options[0]
    return options[hashlib.sha256(name.encode()).digest()[0] % len(options)]


def _kind(node: Mapping[str, Any]) -> str:
    kinds = [kind for kind in node.get("type", ()) if kind != "null"]
    return kinds[0] if kinds else "string"


def _scalar(kind: Any, known: Any, name: str, scope: Scope = ()) -> Any:
    if kind == "boolean":
        return known if isinstance(known, bool) else name.startswith(("ok", "is_ok", "approved", "supported"))
    if kind in ("integer", "number"):
        return known if isinstance(known, int | float) and not isinstance(known, bool) else 1
    if kind == "null":
        return None
    if isinstance(known, str | int | float):
        return str(known)
    if isinstance(known, list | tuple):
        return ", ".join(str(part) for part in known)
    return str(_lookup("text", scope) or "") if name not in ("", "id", "title") else ""
