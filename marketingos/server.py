"""Starting the server: settings checked, database migrated, pages built, one process that serves everything.

Reflex's own `run` command spawns a second Python process and rebuilds at every start; here the pages are built once
(`reflex export`) and uvicorn serves them, the events and the API from one process on one port.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import uvicorn
from alembic import command
from alembic.config import Config
from reflex import constants as reflex_constants
from reflex.environment import environment

from marketingos import __version__, db, log, memory
from marketingos.domain.account import AccountKind
from marketingos.domain.platform import Platform
from marketingos.services import accounts, people, products, tokens, world
from marketingos.settings import Settings, get_settings

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / ".web"
PAGES = WEB / "build" / "client"
_STAMP = WEB / "marketingos.stamp"
_BUILT_IN = re.compile(r"""([`"'])(http|ws)://localhost:\d+(/[^`"']*)\1""")


def serve(*, backend_only: bool = False) -> None:
    """Everything, until a signal. Prints the address and how to log in."""
    memory.keep_little()
    log.configure()
    settings = get_settings()
    os.chdir(ROOT)
    migrate()
    announcement = asyncio.run(prepare(settings))
    if not backend_only:
        build_pages()
    _mark_environment(with_pages=not backend_only)
    print(announcement, flush=True)
    uvicorn.run(
        "marketingos.app:app",
        factory=True,
        host="0.0.0.0",  # noqa: S104  (a container's port is reached from outside it)
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
    )


def migrate() -> None:
    """Brings the database to the newest shape."""
    config = Config(str(ROOT / "alembic.ini"))
    command.upgrade(config, "head")


def build_pages() -> None:
    """Builds the pages unless nothing that they are made of has changed since the last time."""
    if PAGES.exists() and _STAMP.exists() and _STAMP.read_text() == _fingerprint():
        return
    print("Building the pages (about half a minute the first time)…", flush=True)
    variables = {**os.environ, **_quiet()}
    arguments = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    subprocess.run(arguments, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL)
    _ask_where_one_came_from()
    _STAMP.write_text(_fingerprint())  # anew: Reflex may have renewed its lock


def _ask_where_one_came_from() -> None:
    """Reflex builds the server's address into the pages; ours ask the one that sent them, on whatever host and port."""
    origin = {"http": "location.origin", "ws": 'location.origin.replace(/^http/,"ws")'}
    for chunk in (PAGES / "assets").glob("reflex-env-*.js"):
        script = _BUILT_IN.sub(lambda found: f'{origin[found[2]]}+"{found[3]}"', chunk.read_text())
        chunk.write_text(script)
        for compressed in chunk.parent.glob(f"{chunk.name}.*"):
            compressed.unlink()


def _fingerprint() -> str:
    """A hash of everything that the pages are made of: files, and the settings that are written into them."""
    settings = get_settings()
    known = (__version__, settings.language, settings.is_sandbox, settings.organization_name, settings.timezone)
    digest = hashlib.sha256(repr(known).encode())
    folders = [ROOT / "marketingos" / "ui", ROOT / "marketingos" / "text", ROOT / "assets", ROOT / "reflex.lock"]
    files = [p for folder in folders for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    files += [ROOT / "rxconfig.py", ROOT / "marketingos" / "app.py"]
    files += (ROOT / "marketingos" / "services").glob("*views.py")
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _quiet() -> dict[str, str]:
    """What keeps Reflex from asking the network, and shows it the Node of this environment."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",  # the lock names packages and hashes, no host
        "REFLEX_USE_NPM": "1",  # else Reflex fetches bun before it looks at reflex.lock/
    }


def _mark_environment(*, with_pages: bool) -> None:
    """What Reflex's own command would have told its server process."""
    os.environ.update(_quiet())
    environment.REFLEX_ENV_MODE.set(reflex_constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(with_pages)


async def prepare(settings: Settings) -> str:
    """The world, the first person, and in the sandbox three products with their accounts."""
    try:
        await world.settle()
        first = await people.ensure_first_user()
        await tokens.adopt_page()
        if settings.is_sandbox:
            await products.seed_demo()
            await connect_demo_accounts()
    finally:
        await db.dispose()
    return _announce(settings, first)


async def connect_demo_accounts() -> None:
    """Gives the demo products the sandbox's accounts, the first time."""
    from marketingos.sandbox import world as twin

    if await accounts.list_accounts():
        return
    for demo in twin.demo_accounts():
        if demo.kind == "member":
            continue
        await accounts.connect(
            platform=Platform(demo.platform),
            kind=AccountKind(demo.kind),
            external_id=demo.external_id,
            name=demo.name,
            handle=demo.handle,
            token=accounts.secret(demo.access_token),
            refresh_token=accounts.secret(demo.refresh_token) if demo.refresh_token else None,
            scopes=demo.scopes,
            parent_external_id=demo.parent_external_id,
            followers=demo.followers,
            products=(demo.brand,),
        )


def _announce(settings: Settings, first: people.FirstUser | None) -> str:
    lines = [f"\n  MarketingOS {__version__}  ->  {settings.base_url}"]
    if first and first.password:
        lines.append(f"  Log in with {first.email} and the password {first.password}")
    elif first and first.setup_path:
        lines.append(f"  Make the first account once at {settings.base_url}{first.setup_path}")
    elif first:
        lines.append(f"  Log in with {first.email} and the password in ADMIN_PASSWORD")
    if settings.is_sandbox:
        lines.append(
            f"  Sandbox: nothing leaves this machine. What followers would see: {settings.base_url}/sandbox/wall"
        )
    return "\n".join(lines) + "\n"
