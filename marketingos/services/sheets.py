"""Product sheets as YAML 1.2: read with the line of every problem, written so that reading gives the same back.

A file may hold several products, with `---` between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time as Clock  # noqa: N812
from enum import Enum
from io import StringIO
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from marketingos.domain.sheet import Path, Problem, ProductSheet, problems

SIZE_MAX = 500_000
"""Characters of a file; a product takes about three thousand."""

_ON_ONE_LINE = ("slots", "accounts")


@dataclass(frozen=True, kw_only=True)
class Document:
    """One product of a file: its sheet, or what is wrong with it."""

    sheet: ProductSheet | None = None
    problems: tuple[Problem, ...] = ()


def read(text: str) -> tuple[Document, ...]:
    """The products of a file. What cannot be read at all is one document with one problem."""
    if len(text) > SIZE_MAX:
        return (Document(problems=(Problem(path=(), key="sheet.too_long", values={"limit": SIZE_MAX}),)),)
    try:
        found = tuple(_document(root) for root in YAML().load_all(text) if root is not None)
    except YAMLError as error:
        return (Document(problems=(_broken(error),)),)
    except (ValueError, RecursionError, TypeError):
        return (Document(problems=(Problem(path=(), key="sheet.not_yaml", line=1),)),)
    return found or (Document(problems=(Problem(path=(), key="sheet.empty", line=1),)),)


def write(sheets: Sequence[ProductSheet]) -> str:
    """The file of some products, with every field, so that what is empty can be seen and filled."""
    yaml, file = YAML(), StringIO()
    yaml.width, yaml.explicit_start = 110, len(sheets) > 1
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump_all([_block(sheet) for sheet in sheets], file)
    return file.getvalue()


# -- reading -----------------------------------------------------------------------------------------------------------


def _document(root: Any) -> Document:
    if not isinstance(root, CommentedMap):
        return Document(problems=(Problem(path=(), key="sheet.not_a_block", line=_first_line(root)),))
    try:
        return Document(sheet=ProductSheet.model_validate(root))
    except ValidationError as error:
        found = (replace(p, line=_line(root, p.path)) for p in problems(error))
        return Document(problems=tuple(sorted(found, key=lambda p: p.line)))


def _line(root: CommentedMap, path: Path) -> int:
    """Where a value stands; one that is missing stands where what it is missing from begins."""
    line, node = _first_line(root), root
    for part in path:
        if isinstance(node, CommentedMap) and part in node:
            line, node = node.lc.key(part)[0] + 1, node[part]
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line, node = node.lc.item(part)[0] + 1, node[part]
        else:
            break
    return line


def _first_line(root: Any) -> int:
    place = getattr(root, "lc", None)
    return place.line + 1 if place is not None and place.line is not None else 1


def _broken(error: YAMLError) -> Problem:
    key = "sheet.key_twice" if isinstance(error, DuplicateKeyError) else "sheet.not_yaml"
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return Problem(path=(), key=key, line=mark.line + 1 if mark is not None else 1)


# -- writing -----------------------------------------------------------------------------------------------------------


def _block(sheet: ProductSheet) -> CommentedMap:
    return CommentedMap((name, _value(value, name in _ON_ONE_LINE)) for name, value in sheet.model_dump().items())


def _value(value: Any, flat: bool = False) -> Any:
    match value:
        case dict():
            block = CommentedMap((name, _value(inner, flat)) for name, inner in value.items())
            return _in_flow(block) if flat else block
        case tuple() | list():
            several = CommentedSeq(_value(entry, flat) for entry in value)
            return _in_flow(several) if not value or (flat and not isinstance(value[0], dict)) else several
        case Enum():
            return value.value
        case Clock():
            # Older readers take 09:30 for a number in base sixty.
            return DoubleQuotedScalarString(f"{value:%H:%M}")
    return value


def _in_flow(node: Any) -> Any:
    node.fa.set_flow_style()
    return node
