"""`marketingos …`: each command is a few lines over a service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Annotated, TypeVar

import typer
import uvicorn
from pydantic import ValidationError

from marketingos import clock, db, log, server
from marketingos.domain.user import Role
from marketingos.errors import MarketingError
from marketingos.services import generation, measurement, people, publishing
from marketingos.settings import get_settings
from marketingos.text import sentence

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Plans, writes, publishes and measures social posts."
)
user = typer.Typer(no_args_is_help=True, help="The people who may log in.")
app.add_typer(user, name="user")

Answer = TypeVar("Answer")


def _run(work: Coroutine[object, object, Answer]) -> Answer:
    """Runs a service to its end; a known error is one sentence and exit code 1."""

    async def whole() -> Answer:
        try:
            return await work
        finally:
            await db.dispose()

    try:
        log.configure()
        return asyncio.run(whole())
    except MarketingError as error:
        raise _fail(sentence(error.key, get_settings().language, **error.values)) from error


def _fail(words: str) -> typer.Exit:
    typer.secho(words, fg=typer.colors.RED, err=True)
    return typer.Exit(1)


@app.callback()
def check_settings() -> None:
    """Refuses wrong settings before anything starts, naming each."""
    try:
        get_settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()]
        raise _fail("\n".join(lines)) from error


@app.command()
def run(
    backend_only: Annotated[bool, typer.Option(help="API, events and sweeps, without pages")] = False,
) -> None:
    """Migrates, builds the pages if needed, and serves everything on PORT."""
    try:
        server.serve(backend_only=backend_only)
    except MarketingError as error:
        raise _fail(sentence(error.key, get_settings().language, **error.values)) from error


@app.command()
def build() -> None:
    """Builds the pages, so that a later `run` starts at once."""
    server.build_pages()


@app.command()
def migrate() -> None:
    """Brings the database to the newest shape."""
    log.configure()
    server.migrate()
    typer.echo("Database is up to date.")


@app.command()
def sandbox(port: Annotated[int, typer.Option(help="where it listens")] = 4000) -> None:
    """Runs the local twin of the outside world alone."""
    from marketingos.sandbox import create_app

    log.configure()
    base = f"http://127.0.0.1:{port}"
    folder = get_settings().data_dir / "sandbox"
    twin = create_app(data_dir=folder, public_base=base, clock=clock.now)
    typer.echo(f"Sandbox at {base}; what followers would see: {base}/wall")
    uvicorn.run(twin, host="127.0.0.1", port=port, log_level="warning")


@app.command()
def cycle(product: Annotated[str, typer.Option(help="only this product, by name")] = "") -> None:
    """Plans and writes what is missing in the calendar, now."""

    async def work() -> str:
        await generation.request_from_terminal(product or None)
        await generation.run_cycles()
        view = await generation.latest_cycle()
        return json.dumps({"planned": view.planned, "written": view.written, "failed": view.failed} if view else {})

    typer.echo(_run(work()))


@app.command()
def publish() -> None:
    """Sends what is due."""
    typer.echo(_run(publishing.publish_due()))


@app.command()
def measure() -> None:
    """Reads the counts that are due."""
    typer.echo(_run(measurement.measure_due()))


@user.command("add")
def user_add(
    email: str,
    name: Annotated[str, typer.Option(help="how the person is called")] = "",
    role: Annotated[Role, typer.Option(help="what the person may do")] = Role.EDITOR,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Adds a person."""
    person = _run(people.add_user(email, name, role, password))
    typer.echo(f"{person.email} ({person.role.value})")


@user.command("passwd")
def user_passwd(
    email: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Changes a password and ends that person's sessions."""
    _run(people.set_password(email, password))


@user.command("list")
def user_list() -> None:
    """Everybody who may log in."""
    for person in _run(people.list_users()):
        typer.echo(f"{person.email}\t{person.role.value}\t{person.name}")


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
