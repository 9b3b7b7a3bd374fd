"""`marketingos …`: each command is a few lines over a service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
import uvicorn
from pydantic import SecretStr, ValidationError

from marketingos import adapters, clock, db, log, server
from marketingos.domain.permission import Health
from marketingos.domain.platform import Platform
from marketingos.domain.sheet import Problem
from marketingos.domain.user import Role
from marketingos.errors import MarketingError
from marketingos.services import (
    archiving,
    connections,
    generation,
    importing,
    measurement,
    people,
    products,
    publishing,
    sealing,
    tokens,
    upkeep,
)
from marketingos.services import backup as backups
from marketingos.services.archiving import Consequence
from marketingos.services.connection_views import ConnectionView
from marketingos.services.importing import Arrival
from marketingos.settings import get_settings
from marketingos.text import sentence

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Plans, writes, publishes and measures social posts."
)
user = typer.Typer(no_args_is_help=True, help="The people who may log in.")
account = typer.Typer(no_args_is_help=True, help="The accounts that are published to.")
product = typer.Typer(no_args_is_help=True, help="What the organisation sells, as YAML.")
keys = typer.Typer(no_args_is_help=True, help="The keys of the vault.")
app.add_typer(user, name="user")
app.add_typer(account, name="account")
app.add_typer(product, name="product")
app.add_typer(keys, name="keys")

Answer = TypeVar("Answer")


def _run(work: Coroutine[object, object, Answer]) -> Answer:
    """Runs a service to its end; a known error is one sentence and exit code 1."""

    async def whole() -> Answer:
        try:
            return await work
        finally:
            await adapters.close()
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


@app.command()
def backup(file: Annotated[Path, typer.Argument(dir_okay=False, help="the file to write")]) -> None:
    """Writes everything, media included, into one file; the server may go on running. Keep SECRET_KEYS with it."""
    made = _run(backups.backup(file))
    typer.echo(f"{made.rows} rows and {made.files} files of {made.created_at:%Y-%m-%d %H:%M:%S}Z in {file}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a file that `backup` wrote")],
    replace: Annotated[bool, typer.Option("--replace", help="although the database has posts")] = False,
) -> None:
    """Puts a backup in the place of what is in the database. Stop the server before."""
    log.configure()
    server.migrate()
    back = _run(backups.restore(file, replace=replace))
    typer.echo(f"{back.rows} rows and {back.files} files of {back.created_at:%Y-%m-%d %H:%M:%S}Z are back.")


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


def _moment(text: str) -> datetime:
    """`2026-12-01T10:30:00Z`; a time without a zone is in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _secret(file: typer.FileText) -> SecretStr:
    return SecretStr(file.read().strip())


@account.command("connect")
def account_connect(
    platform: Platform,
    external_id: Annotated[str, typer.Option("--id", help="Page id, Instagram user id, open_id, LinkedIn URN")],
    token_file: Annotated[typer.FileText, typer.Option(help="holds the token; `-` reads the terminal")],
    name: Annotated[str, typer.Option(help="how it is shown; else as the platform calls it")] = "",
    refresh_token_file: Annotated[typer.FileText | None, typer.Option(help="holds the refresh token")] = None,
    expires_at: Annotated[datetime | None, typer.Option(parser=_moment, help="when the token ends")] = None,
    product: Annotated[list[str] | None, typer.Option(help="a product that publishes on it, by name")] = None,
) -> None:
    """Connects an account, or gives one a new permission, once its platform has taken the token."""
    asked = tokens.connect_token(
        platform=platform,
        external_id=external_id,
        name=name,
        token=_secret(token_file),
        refresh_token=_secret(refresh_token_file) if refresh_token_file else None,
        expires_at=expires_at,
        products=product or (),
    )
    connected, untried = _run(asked)
    typer.echo(f"{connected.platform.value}\t{connected.name}")
    if untried:
        typer.echo(sentence("connect.untried", get_settings().language), err=True)


@account.command("list")
def account_list(as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """Every connected account and how its permission is."""
    _show_accounts(_run(connections.every()), as_json)


@account.command("check")
def account_check(as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """Asks every platform how our permissions are; exit code 1 when one does not work."""
    rows = _run(upkeep.check_all())
    _show_accounts(rows, as_json)
    if any(row.health in (Health.REJECTED, Health.ENDED) for row in rows):
        raise typer.Exit(1)


def _show_accounts(rows: Sequence[ConnectionView], as_json: bool) -> None:
    """A line for each account, or a list of objects."""
    if as_json:
        typer.echo(json.dumps([_account_facts(row) for row in rows], indent=2))
    for row in () if as_json else rows:
        until = f"{row.ends_at:%Y-%m-%d %H:%M}Z" if row.ends_at else "-"
        facts = (row.account.platform.value, row.external_id, row.account.name, row.health.value, until)
        typer.echo("\t".join(facts))


def _account_facts(row: ConnectionView) -> Mapping[str, object]:
    return {
        "id": row.account.id,
        "platform": row.account.platform.value,
        "kind": row.kind.value,
        "externalId": row.external_id,
        "name": row.account.name,
        "handle": row.account.handle,
        "products": [product.name for product in row.products],
        "health": row.health.value,
        "reason": row.reason,
        "endsAt": row.ends_at.isoformat() if row.ends_at else None,
        "renews": row.renews,
        "granted": row.granted,
        "missing": row.missing,
        "checkedAt": row.checked_at.isoformat() if row.checked_at else None,
        "scheduled": len(row.due),
        "wouldNotGoOut": len(row.lost),
    }


@product.command("list")
def product_list(as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """The products that are not archived."""
    rows = _run(products.list_products())
    if as_json:
        typer.echo(json.dumps([{"id": r.id, "name": r.name, "active": r.active, "website": r.website} for r in rows]))
    for row in () if as_json else rows:
        typer.echo(f"{row.name}\t{'active' if row.active else 'inactive'}\t{row.website}")


@product.command("export")
def product_export(
    names: Annotated[list[str] | None, typer.Argument(help="by name; all of them without one")] = None,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="a file; else the terminal")] = None,
) -> None:
    """Writes products as YAML."""
    text = _run(importing.export_from_terminal(names or ()))
    if out:
        out.write_text(text, "utf-8")
    else:
        typer.echo(text, nl=False)


@product.command("import")
def product_import(
    file: Annotated[typer.FileText, typer.Argument(help="a YAML file; `-` reads the terminal", encoding="utf-8")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would change")] = False,
) -> None:
    """Makes and changes products from YAML; new ones are inactive. With a problem nothing is changed (exit code 1)."""
    done = _run(importing.import_from_terminal(file.read(), dry_run=dry_run))
    if done.problems:
        raise _fail("\n".join(_complaint(problem) for problem in done.problems))
    for arrival in done.arrivals:
        typer.echo("\n".join(_told(arrival)))


def _complaint(problem: Problem) -> str:
    said = sentence(problem.key, get_settings().language, **problem.values)
    return ": ".join(part for part in (f"{problem.line}" if problem.line else "", problem.name, said) if part)


def _told(arrival: Arrival) -> list[str]:
    """A product and, below it, what comes (+) and what goes (-)."""
    head = "new" if arrival.new else "changed" if arrival.changes else "unchanged"
    lines = [f"{arrival.name}\t{head}"]
    for change in arrival.changes:
        lines += [f"  {change.name}", *(f"    - {v}" for v in change.removed), *(f"    + {v}" for v in change.added)]
    left_out = [f"{account.platform.value} {account.id}" for account in arrival.unknown_accounts]
    left_out += ["logo"] if arrival.unknown_logo else []
    return lines + ([f"  not here, left out: {', '.join(left_out)}"] if left_out else [])


@product.command("cleanup")
def product_cleanup(
    keep: Annotated[list[str], typer.Option(help="a product that stays, by name")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be archived")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """Archives every product but those named. Nothing is deleted; what was published stays on record."""
    done = _run(archiving.clean_up_from_terminal(keep, dry_run=dry_run))
    if as_json:
        groups = {"archived": done.archived, "busy": done.busy}
        typer.echo(json.dumps({name: [_count(c) for c in group] for name, group in groups.items()}, indent=2))
    for consequence in () if as_json else (*done.archived, *done.busy):
        typer.echo("\t".join(f"{name} {value}" for name, value in _count(consequence).items()))


def _count(consequence: Consequence) -> Mapping[str, object]:
    names = ("pending", "withdrawn", "published", "going")
    return {"name": consequence.product.name, **{name: getattr(consequence, name) for name in names}}


@keys.command("rotate")
def keys_rotate() -> None:
    """Seals every secret anew under the first of SECRET_KEYS; the older keys can then be taken away."""
    typer.echo(_run(sealing.rotate()))


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
