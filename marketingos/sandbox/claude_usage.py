"""Tokens and the prompt cache: what a request is billed, as the `usage` object of its answer.

The cache follows contracts/ai.md 1.5: a breakpoint covers everything before it in the order tools, system,
messages; a prefix under the minimum is silently not cached; a hit inside the TTL refreshes it for free.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MINIMUM_PREFIX = 1024
MAX_BREAKPOINTS = 4
_TTL = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}
_THINKING = {"low": 0, "medium": 140, "high": 620, "xhigh": 1400, "max": 2600}


def tokens(text: str) -> int:
    """An estimate of the 5.x tokenizer: about three characters a token in Spanish and English prose."""
    return -(-len(text) * 10 // 31)


def thinking_tokens(effort: str) -> int:
    """Tokens of reasoning billed as output at that effort."""
    return _THINKING[effort]


@dataclass(frozen=True)
class Prompt:
    """A request's input in cache order: (canonical text, ttl of a breakpoint that ends here or None)."""

    pieces: tuple[tuple[str, str | None], ...]

    @property
    def total(self) -> int:
        return sum(tokens(text) for text, _ in self.pieces)

    def prefixes(self) -> Iterator[tuple[str, int, str]]:
        """(hash, tokens, ttl) of each cacheable prefix, shortest first."""
        digest, size = hashlib.sha256(), 0
        for text, ttl in self.pieces:
            digest.update(text.encode())
            size += tokens(text)
            if ttl and size >= MINIMUM_PREFIX:
                yield digest.hexdigest(), size, ttl


def prompt_of(body: Mapping[str, Any]) -> Prompt:
    """The cacheable reading of a request. Model, effort and schema are part of the prefix's identity."""
    salt = json.dumps([body.get("model"), body.get("output_config"), body.get("thinking")], sort_keys=True)
    blocks = list(_blocks(body))
    if body.get("cache_control") and blocks:
        blocks[-1] = {**blocks[-1], "cache_control": body["cache_control"]}
    pieces = [(_text(block), _ttl(block)) for block in blocks]
    first, *rest = pieces or [("", None)]
    return Prompt(((first[0] + f"\0{hashlib.sha256(salt.encode()).hexdigest()[:8]}", first[1]), *rest))


def _blocks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from body.get("tools") or ()
    yield from _as_blocks(body.get("system") or ())
    for message in body["messages"]:
        for block in _as_blocks(message["content"]):
            yield {**block, "role": message["role"]}


def _as_blocks(content: Any) -> list[Mapping[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _text(block: Mapping[str, Any]) -> str:
    if block.get("type") == "text":
        return str(block["text"])
    return json.dumps({k: v for k, v in block.items() if k != "cache_control"}, sort_keys=True)


def _ttl(block: Mapping[str, Any]) -> str | None:
    control = block.get("cache_control")
    return (control.get("ttl") or "5m") if isinstance(control, Mapping) else None


@dataclass
class PromptCache:
    """The entries of one workspace: prefix hash -> when it lapses."""

    lapses: dict[str, datetime] = field(default_factory=dict)

    def bill(self, prompt: Prompt, now: datetime) -> dict[str, Any]:
        """The input half of `usage`, and the entries written or refreshed by it."""
        self.lapses = {key: at for key, at in self.lapses.items() if at > now}
        prefixes = list(prompt.prefixes())[:MAX_BREAKPOINTS]
        read = max((size for key, size, _ in prefixes if key in self.lapses), default=0)
        written = {"5m": 0, "1h": 0}
        covered = read
        for key, size, ttl in prefixes:
            if size > covered:
                written[ttl], covered = written[ttl] + size - covered, size
            self.lapses[key] = now + _TTL[ttl]
        return {
            "input_tokens": prompt.total - covered,
            "cache_creation_input_tokens": sum(written.values()),
            "cache_read_input_tokens": read,
            "cache_creation": {"ephemeral_5m_input_tokens": written["5m"],
                               "ephemeral_1h_input_tokens": written["1h"]},
        }  # fmt: skip
