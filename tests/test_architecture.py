"""The shape of the house: floors, seams, documents that tell the truth."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from marketingos.domain import TABLES

ROOT = Path(__file__).parent.parent
PYTHON_FILES = [p for p in (ROOT / "marketingos").rglob("*.py") if "__pycache__" not in p.parts]


def test_floors_hold() -> None:
    """Imports only go down, as import-linter's contracts in pyproject.toml say."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_database_is_what_the_tables_say(database: str) -> None:
    """After all migrations Alembic finds nothing to add, on SQLite and on PostgreSQL."""
    command.check(Config(ROOT / "alembic.ini"))


def test_no_row_can_reach_a_browser() -> None:
    """No variable of any State is a table row, or holds one: Reflex would send all its columns."""
    import reflex as rx

    import marketingos.app  # noqa: F401  (registers every State)

    tables = {table.__name__ for table in TABLES}

    def states(kind: type[rx.State]) -> list[type[rx.State]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in states(child))]

    for state in states(rx.State):
        for name, annotation in inspect.get_annotations(state, eval_str=False).items():
            mentioned = set(re.findall(r"\w+", str(annotation)))
            assert not mentioned & tables, f"{state.__name__}.{name}: {annotation}"


def test_settings_are_documented() -> None:
    """Every setting says what it is for, and README and .env.example are what `make docs` makes of that."""
    specification = importlib.util.spec_from_file_location("docs_settings", ROOT / "docs" / "settings.py")
    assert specification
    assert specification.loader
    documents = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(documents)
    assert all(about for _, _, about in documents.rows())
    assert documents.readme() == (ROOT / "README.md").read_text()
    assert documents.example() == (ROOT / ".env.example").read_text()


def test_modules_and_functions_stay_small() -> None:
    """No module is longer than 420 lines and no function longer than 60."""
    fat = []
    for path in PYTHON_FILES:
        source = path.read_text()
        if len(source.splitlines()) > 420:
            fat.append(f"{path.name}: {len(source.splitlines())} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > 60:
                    fat.append(f"{path.name}:{node.lineno} {node.name}: {size} lines")
    assert not fat
