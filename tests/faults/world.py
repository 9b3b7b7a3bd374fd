"""A world to break: the product and the sandbox as processes of their own, over real HTTP, and a clock to be moved.

with World(folder) as world:
    world.open(KINDS.values())
    world.start()
    world.post([(kind, account)])
    assert not judge(world.settle(), world.ledger()).wrong

Time is real time plus what the test adds, for every process at once: nothing is sped up, waits are stepped over.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar
from unittest.mock import patch

import httpx
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from marketingos import adapters, clock, db, vault
from marketingos.domain.account import Account, AccountKind, AccountState
from marketingos.domain.delivery import Delivery
from marketingos.domain.platform import Platform
from marketingos.domain.user import Role
from marketingos.services import claiming, publishing
from marketingos.services.views import PersonView
from marketingos.settings import Settings, get_settings
from tests.faults.kinds import Kind
from tests.faults.launcher import OFFSET, PARKED, PARKS, SharedClock
from tests.faults.verdict import Live, Row
from tests.sandbox.conftest import free_port
from tests.server import ROOT, Server
from tests.staging import Draft, connect, schedule

Answer = TypeVar("Answer")

LIMITS = {"instagram_publishing_quota": 10**6, "tiktok_posts_per_day": 10**6}

DEAD = 6.0
"""Real seconds without any change after which whoever holds a lease is given up."""

_ENGINES = ("_engine", "_writer")
"""Where marketingos.db keeps its connections: each world has its own."""

ANA = PersonView(id=1, name="Ana", email="ana@example.com", role=Role.ADMIN)

_ACCOUNT_KINDS = {
    "page": AccountKind.PAGE,
    "instagram": AccountKind.INSTAGRAM,
    "creator": AccountKind.CREATOR,
    "organization": AccountKind.ORGANIZATION,
    "member": AccountKind.MEMBER,
}


class World:
    """One database, one outside, any number of the product's processes.

    `silence` is how many real seconds a platform may say nothing; after `quiet` ones without any change nothing more is
    expected of a moment.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str = "",
        migrated: Path | None = None,
        silence: float = 10.0,
        quiet: float = 0.5,
        **settings: Any,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.quiet = quiet
        self.port, twin_port = free_port(), free_port()
        self.twin = f"http://127.0.0.1:{twin_port}"
        self._twin_port = twin_port
        self._settings = {
            "SANDBOX_URL": self.twin,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": database_url,
            "DATA_DIR": folder / "data",
            "OUTSIDE_TIMEOUT_SECONDS": silence,
            "MEASURE_EVERY_SECONDS": 3600,
            "LOG_FORMAT": "json",
            **settings,
        }
        self._files = {OFFSET: folder / "clock", PARKS: folder / "parks", PARKED: folder / "parked"}
        if migrated:
            (folder / "data").mkdir(exist_ok=True)
            shutil.copyfile(migrated, folder / "data" / "marketingos.db")
        self.park({})
        self.clock, self._twin_clock = SharedClock(folder / "clock"), SharedClock(folder / "twin.clock")
        self.ports: dict[int, int] = {}
        """Of each running server, by process."""
        self.accounts: dict[str, list[str]] = {}
        """By kind of post, as the platform names them."""
        self.numbers: dict[str, int] = {}
        """Of each account, as the product numbers them."""
        self._tokens: dict[str, Mapping[str, Any]] = {}
        self.by_hand: set[int] = set()
        """Deliveries that a person had to answer for."""
        self._drafts: dict[int, tuple[Kind, Draft]] = {}
        self._first = 0
        self.rested: dict[int, datetime] = {}
        """When each delivery was first seen at rest."""
        self._runner = asyncio.Runner()
        self._engines: Mapping[str, AsyncEngine | None] = dict.fromkeys(_ENGINES)
        self.http = httpx.Client(base_url=self.twin, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.faults.launcher"]
        pipe, environment = subprocess.PIPE, self.environment()
        self._launcher = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)
        outside = {"DATA_DIR": self.folder / "twin", OFFSET: self.folder / "twin.clock"}
        self.launch("sandbox", "--port", str(self._twin_port), **outside)
        self._wait_for(f"{self.twin}/control/settings")
        self.control("settings", LIMITS)
        return self

    def __exit__(self, *_: object) -> None:
        self.do(_close())
        self._runner.close()
        self.http.close()
        self._launcher.communicate(timeout=20)

    # -- processes -----------------------------------------------------------------------------------------------------

    def environment(self, **settings: object) -> dict[str, str]:
        """What a process of the product sees."""
        server = Server(self.folder, **{"PORT": self.port, **self._settings, **settings})
        files = {name: str(path) for name, path in self._files.items()}
        return {**files, **server.environment()}

    def launch(self, *words: str, log: str = "server.log", **settings: object) -> int:
        """Forks a process that runs a command of the product; answers its id."""
        order = {"words": words, "environment": self.environment(**settings), "log": str(self.folder / log)}
        assert self._launcher.stdin
        assert self._launcher.stdout
        self._launcher.stdin.write(json.dumps(order) + "\n")
        self._launcher.stdin.flush()
        return int(self._launcher.stdout.readline())

    def start(self, **settings: object) -> int:
        """A server of the product, once it answers; the first one is at the public address."""
        port = free_port() if self.port in self.ports.values() else self.port
        process = self.launch("run", "--backend-only", PORT=port, **settings)
        self._wait_for(f"http://127.0.0.1:{port}/livez")
        self.ports[process] = port
        return process

    def kill(self, process: int) -> None:
        """The process is gone at once, without a chance to tidy up. What it had sent is given time to arrive."""
        del self.ports[process]
        os.kill(process, signal.SIGKILL)
        while _is_alive(process):
            time.sleep(0.002)
        time.sleep(0.05)

    def stop(self, process: int) -> None:
        """The process is asked to end and does."""
        del self.ports[process]
        os.kill(process, signal.SIGTERM)
        while _is_alive(process):
            time.sleep(0.02)

    def run(self, *words: str) -> str:
        """Runs a command of the product to its end; answers what it said."""
        log = self.folder / "command.log"
        log.write_text("")
        process = self.launch(*words, log=log.name)
        while _is_alive(process):
            time.sleep(0.02)
        return log.read_text()

    def _wait_for(self, address: str) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if httpx.get(address, timeout=5, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise RuntimeError((self.folder / "server.log").read_text()[-3000:])

    # -- walks that stop -----------------------------------------------------------------------------------------------

    def park(self, awaits: Mapping[str, int]) -> None:
        """From the next process on, the walks of these accounts stop at so many awaits; what stopped is forgotten."""
        orders = self._files[PARKS].with_suffix(".new")
        orders.write_text(json.dumps({str(self.numbers[account]): at for account, at in awaits.items()}))
        orders.replace(self._files[PARKS])
        self._files[PARKED].write_text("")

    def parked(self) -> dict[str, tuple[int, str]]:
        """Accounts whose walks stand still: at which await, and where in the product that is."""
        names = {number: name for name, number in self.numbers.items()}
        lines = (line.split(" ", 2) for line in self._files[PARKED].read_text().splitlines())
        return {names[int(account)]: (int(at), place) for account, at, place in lines}

    # -- time ----------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.clock.moved(datetime.now(UTC))

    def forward(self, by: timedelta) -> None:
        """Moves the clock of every process, by a negative span backwards."""
        self.jump(by)
        self._twin_clock.set(self._twin_clock.ahead + by)

    def jump(self, by: timedelta) -> None:
        """Moves the product's clock alone, as a wrong time server would."""
        self.clock.set(self.clock.ahead + by)

    def settle(
        self,
        *,
        without: Callable[[], Collection[str]] = tuple[str, ...],
        patience: float = 120,
        boredom: float = 120,
    ) -> list[Row]:
        """Lets time pass, from one due moment to the next, until all deliveries rest, save those of accounts `without`
        which it has to do, or until patience ends, or nothing happens for `boredom` (real seconds); answers them."""
        end, changed = time.monotonic() + patience, time.monotonic()
        seen: object = None
        while True:
            left_out, rows = without(), self.rows()
            self._note_rest(rows)
            going = [row for row in rows if not row.rests and row.draft.account not in left_out]
            if seen != (seen := (rows, left_out)):
                changed = time.monotonic()
            quiet = time.monotonic() - changed
            if not going or time.monotonic() > end or quiet > boredom:
                return rows
            if moment := self._next_moment(rows, going, quiet):
                self.forward(max(moment - self.now(), timedelta()) + timedelta(milliseconds=1))
                changed = time.monotonic()
            time.sleep(0.03)

    def _note_rest(self, rows: Iterable[Row]) -> None:
        now = self.now()
        for row in rows:
            if row.rests:
                self.rested.setdefault(row.id, now)

    def _next_moment(self, rows: Iterable[Row], going: Iterable[Row], quiet: float) -> datetime | None:
        """Where to put the clock now; None to let the processes work."""
        now = self.now()
        leases = {row.lease_until for row in rows if row.lease_until and row.lease_until > now}
        busy = any(row.lease_until in leases or row.not_before <= now for row in going)
        if busy and quiet < self.quiet:
            return None
        moment = self.do(claiming.next_due())
        if moment and moment > now and (moment not in leases or quiet > DEAD):
            return moment
        return now + timedelta(seconds=30) if quiet > DEAD else None

    # -- what is there -------------------------------------------------------------------------------------------------

    def open(self, kinds: Iterable[Kind], count: int = 1) -> None:
        """`count` accounts for each kind, on the platform and connected."""
        for kind in kinds:
            more = {"kind": kind.account} if kind.account else {}
            made = self.control("accounts", {"platform": kind.platform.value, "count": count, **more})["accounts"]
            mine = {one["external_id"]: one for one in made if one["platform"] == kind.platform.value}
            self.do(self._connect(list(mine.values())))
            self.accounts[kind.name] = list(mine)
            self._tokens |= mine

    def dead(self) -> list[str]:
        """The accounts whose permission died."""
        return self.do(self._dead())

    async def _dead(self) -> list[str]:
        async with db.reading() as s:
            dead = select(Account.external_id).where(Account.state != AccountState.ACTIVE)
            return list((await s.exec(dead)).all())

    def reconnect(self, accounts: Iterable[str]) -> None:
        """A person gives the permission anew."""
        self.do(self._connect([self._tokens[account] for account in accounts]))

    async def _connect(self, opened: Sequence[Mapping[str, Any]]) -> None:
        for one in opened:
            made = await connect(
                Platform(one["platform"]),
                _ACCOUNT_KINDS[one["kind"]],
                one["external_id"],
                one["access_token"],
                refresh_token=SecretStr(one["refresh_token"]) if one["refresh_token"] else None,
                scopes=one["scopes"],
                parent_external_id=one["parent_external_id"],
            )
            self.numbers[one["external_id"]] = made.id

    def post(self, wanted: Sequence[tuple[Kind, str]], due: datetime | None = None) -> list[int]:
        """Approved posts, each of a kind on an account, due now; answers the deliveries' ids."""
        drafts = [kind.draft(account, due or self.now()) for kind, account in wanted]
        ids = self.do(schedule(drafts))
        kinds = (kind for kind, _ in wanted)
        self._drafts |= dict(zip(ids, zip(kinds, drafts, strict=True), strict=True))
        return ids

    def answer(self, rows: Iterable[Row]) -> int:
        """A person looks at the platform and presses the right one of the two buttons, for each that is asked about;
        answers how many there were."""
        asked, ledger = [row for row in rows if row.asks], self.ledger()
        for row in asked:
            self.do(publishing.settle_by_hand(ANA, row.id, published=bool(row.seen_in(ledger))))
            self.by_hand.add(row.id)
        return len(asked)

    def forget(self) -> None:
        """Deliveries so far are not waited for any more."""
        self._first = max(self._drafts, default=0) + 1

    def rows(self, *, forgotten: bool = False) -> list[Row]:
        """The deliveries, by id; the forgotten ones too if asked."""
        return self.do(self._rows(0 if forgotten else self._first))

    async def _rows(self, first: int) -> list[Row]:
        columns = (
            Delivery.id, Delivery.status, Delivery.external_id, Delivery.lease_until, Delivery.not_before,
            Delivery.looks, Delivery.error_key, Delivery.hold_reason, Delivery.fence, Delivery.note_key,
        )  # fmt: skip
        async with db.reading() as s:
            found = (await s.exec(select(*columns).where(col(Delivery.id) >= first).order_by(col(Delivery.id)))).all()  # type: ignore[call-overload]
        names = (
            "id",
            "status",
            "external_id",
            "lease_until",
            "not_before",
            "looks",
            "error_key",
            "hold_reason",
            "fence",
            "note_key",
        )
        rows = [dict(zip(names, values, strict=True)) for values in found if values[0] in self._drafts]
        drafts = self._drafts
        return [
            Row(kind=drafts[row["id"]][0], draft=drafts[row["id"]][1], by_hand=row["id"] in self.by_hand, **row)
            for row in rows
        ]

    def ledger(self) -> list[Live]:
        """What followers see, and what they will see once it is processed."""
        posts: list[Live] = self.http.get("/ledger", params={"pending": "1"}).raise_for_status().json()["posts"]
        return posts

    def control(self, name: str, body: Any) -> Any:
        return self.http.post(f"/control/{name}", json=body).raise_for_status().json()

    def faults(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """The fault script from now on."""
        self.http.delete("/control/faults").raise_for_status()
        self.control("faults", list(rules))

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Runs the product's code here, in this world and at its time."""
        with self._inside():
            return self._runner.run(work)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with (
            patch.dict(os.environ, self.environment(), clear=True),
            patch.dict(Settings.model_config, env_file=None),
            patch.object(clock, "_accelerated", self.clock.moved),
        ):
            get_settings.cache_clear()
            vault.forget()
            vars(db).update(self._engines)
            try:
                yield
            finally:
                self._engines = {name: vars(db)[name] for name in _ENGINES}
                vars(db).update(dict.fromkeys(_ENGINES))
                get_settings.cache_clear()
                vault.forget()


async def _close() -> None:
    await adapters.close()
    await db.dispose()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
