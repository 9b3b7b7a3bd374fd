"""`marketingos product …`, as an engineer types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from marketingos.cli import app
from tests.conftest import Setter

TWO = "name: Uno\nusp: esto\n---\nname: Dos\n"


@pytest.fixture(autouse=True)
def ground(sqlite_url: str, environment: Setter, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(DATABASE_URL=sqlite_url)
    monkeypatch.setattr("marketingos.log.configure", lambda: None)


def product(*words: str, text: str = "") -> Result:
    return CliRunner().invoke(app, ["product", *words], input=text)


def test_a_file_goes_in_and_comes_out(tmp_path: Path) -> None:
    """What was imported is listed, and its export is no change."""
    assert "Uno\tnew" in product("import", "-", "--dry-run", text=TWO).stdout
    assert json.loads(product("list", "--json").stdout) == []
    assert product("import", "-", text=TWO).exit_code == 0
    assert product("list").stdout == "Dos\tinactive\t\nUno\tinactive\t\n"
    file = tmp_path / "all.yaml"
    assert product("export", "--out", str(file)).exit_code == 0
    assert product("import", str(file)).stdout == "Dos\tunchanged\nUno\tunchanged\n"
    assert product("export", "Uno").stdout.startswith("name: Uno\n")


def test_what_changes_is_said_line_by_line() -> None:
    """What goes and what comes, by field."""
    product("import", "-", text=TWO)
    told = product("import", "-", text="name: Uno\nusp: aquello\n").stdout
    assert told == "Uno\tchanged\n  usp\n    - esto\n    + aquello\n"


def test_a_bad_file_names_lines_and_fields() -> None:
    """Exit code 1, every problem on a line of its own, nothing changed."""
    told = product("import", "-", text="name: Uno\nlanguage: fr\nvoz: 1\n")
    assert told.exit_code == 1
    assert "2: language: No es una de las opciones: es, en." in told.output
    assert "3: voz: Este campo no existe." in told.output
    assert product("list").stdout == ""


def test_a_clean_up_shows_what_goes_before_it_goes() -> None:
    """A dry run archives nothing; a name that fits none stops it; the run archives the rest."""
    product("import", "-", text=TWO)
    dry = json.loads(product("cleanup", "--keep", "Uno", "--dry-run", "--json").stdout)
    assert [c["name"] for c in dry["archived"]] == ["Dos"]
    assert product("cleanup", "--keep", "Unoo").exit_code == 1
    assert len(json.loads(product("list", "--json").stdout)) == 2
    assert "name Dos" in product("cleanup", "--keep", "Uno").stdout
    assert product("list").stdout == "Uno\tinactive\t\n"


def test_an_unknown_product_is_not_exported() -> None:
    """Exit code 1 and a sentence."""
    told = product("export", "Nadie")
    assert told.exit_code == 1
    assert told.output.strip().endswith(".")
