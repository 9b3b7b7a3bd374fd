"""Column types: enumerations as words, frozen values as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, Dialect, Enum, TypeDecorator


def word(kind: type[StrEnum]) -> Any:
    """A column that holds a member's value as text: readable in SQL, and a new member needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [m.value for m in members],
    )


class Embedded(TypeDecorator[Any]):
    """A JSON column that holds a typed value (`Embedded(Voice)`, `Embedded(tuple[str, ...])`).

    Assign a new value to change it; changing one in place is not seen.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind
        self.adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.adapter.validate_python(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    def __repr__(self) -> str:
        return "JSON()"


RELATED: Mapping[str, Any] = {"lazy": "raise"}
"""Relationships are loaded on purpose or not at all."""
