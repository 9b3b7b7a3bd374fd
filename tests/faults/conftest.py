"""Worlds to break, on SQLite or PostgreSQL, each with a database that has been through all migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.faults.world import World

Build = Callable[..., World]


@pytest.fixture(scope="session")
def empty_database(migrated_server: str) -> Iterator[Callable[[], str]]:
    """Answers the address of a new PostgreSQL database, migrated and empty."""
    made: list[str] = []

    def build() -> str:
        name = f"world_{len(made)}"
        _administer(migrated_server, SQL("CREATE DATABASE {} TEMPLATE migrated").format(Identifier(name)))
        made.append(name)
        return migrated_server.replace("/postgres?", f"/{name}?")

    yield build
    for name in made:
        _administer(migrated_server, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="module")
def build_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Builds worlds that end with the module: `build_world("sqlite", silence=2)`."""
    with ExitStack() as worlds:

        def build(database: str = "sqlite", **choices: Any) -> World:
            folder = tmp_path_factory.mktemp("world")
            if database == "postgresql":
                choices["database_url"] = request.getfixturevalue("empty_database")()
            else:
                choices["migrated"] = request.getfixturevalue("migrated_file")
            return worlds.enter_context(World(folder, **choices))

        yield build


def _administer(address: str, statement: Any) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)
