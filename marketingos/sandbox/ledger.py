"""What the outside world remembers: accounts, tokens, uploads, posts, comments. One SQLite file, standard library.

Nothing is kept in memory alone, so a killed process comes back to the same world. Whatever happens by itself as
time passes (processing, publication at a set time, expiry) is stored as the moment at which it happens and read
against the clock: there is no background work to lose.

Times are Unix seconds (float). Ids are strings.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marketingos.sandbox.rows import Account, Asset, Comment, Facts, Medium, Post, Token

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, kind TEXT NOT NULL, brand TEXT NOT NULL, name TEXT NOT NULL,
    handle TEXT NOT NULL, parent TEXT, followers INTEGER NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, platform TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, app TEXT NOT NULL,
    grants TEXT NOT NULL, scopes TEXT NOT NULL, issued_at REAL NOT NULL, expires_at REAL, state TEXT NOT NULL,
    refresh TEXT UNIQUE, refresh_expires_at REAL);
CREATE INDEX IF NOT EXISTS tokens_subject ON tokens (subject);
CREATE TABLE IF NOT EXISTS assets (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL,
    created_at REAL NOT NULL, facts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS assets_owner ON assets (owner, kind, created_at);
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, platform TEXT NOT NULL, account TEXT NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, title TEXT NOT NULL, audience TEXT NOT NULL, permalink TEXT NOT NULL,
    created_at REAL NOT NULL, visible_at REAL, deleted_at REAL, followers INTEGER NOT NULL,
    media TEXT NOT NULL, facts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS posts_account ON posts (account, visible_at);
CREATE TABLE IF NOT EXISTS comments (
    id TEXT PRIMARY KEY, post TEXT NOT NULL, parent TEXT, author TEXT NOT NULL, name TEXT NOT NULL,
    text TEXT NOT NULL, created_at REAL NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS comments_post ON comments (post, created_at);
CREATE TABLE IF NOT EXISTS hits (bucket TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS hits_bucket ON hits (bucket, at);
CREATE TABLE IF NOT EXISTS calls (
    method TEXT NOT NULL, path TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (method, path));
CREATE TABLE IF NOT EXISTS bills (
    at REAL NOT NULL, service TEXT NOT NULL, model TEXT NOT NULL, request TEXT NOT NULL, usage TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS apps (
    client_id TEXT PRIMARY KEY, platform TEXT NOT NULL, secret TEXT NOT NULL, name TEXT NOT NULL,
    scopes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parcels (
    id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, body TEXT NOT NULL, made_at REAL NOT NULL,
    due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL);
"""


class Ledger:
    """The rows and nothing else: no rule of any platform lives here."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside happens, or nothing does; nesting joins the outer transaction."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _row(self, sql: str, *values: object) -> sqlite3.Row | None:
        return next(iter(self._rows(sql, *values)), None)

    def _put(self, table: str, row: Mapping[str, Any]) -> None:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        self._rows(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", *row.values())

    def number(self) -> int:
        """A number that was never given before: 1, 2, 3, … for the life of the file."""
        with self.writing():
            row = self._row("SELECT value FROM counter")
            value = int(row["value"]) + 1 if row else 1
            self._rows("DELETE FROM counter")
            self._rows("INSERT INTO counter VALUES (?)", value)
        return value

    # accounts and apps

    def put_account(self, account: Account) -> None:
        self._put("accounts", _flat(account))

    def account(self, account_id: str) -> Account | None:
        row = self._row("SELECT * FROM accounts WHERE id = ?", account_id)
        return _account(row) if row else None

    def accounts(self, platform: str | None = None, parent: str | None = None) -> list[Account]:
        rows = self._rows(
            "SELECT * FROM accounts WHERE (?1 IS NULL OR platform = ?1) AND (?2 IS NULL OR parent = ?2) ORDER BY rowid",
            platform,
            parent,
        )
        return [_account(row) for row in rows]

    def put_app(self, client_id: str, platform: str, secret: str, name: str, scopes: Sequence[str]) -> None:
        self._put(
            "apps",
            {
                "client_id": client_id,
                "platform": platform,
                "secret": secret,
                "name": name,
                "scopes": json.dumps(list(scopes)),
            },
        )

    def app(self, client_id: str) -> Facts | None:
        row = self._row("SELECT * FROM apps WHERE client_id = ?", client_id)
        return {**dict(row), "scopes": json.loads(row["scopes"])} if row else None

    def apps(self, platform: str) -> list[Facts]:
        rows = self._rows("SELECT client_id FROM apps WHERE platform = ? ORDER BY rowid", platform)
        return [app for row in rows if (app := self.app(row["client_id"]))]

    # tokens

    def put_token(self, token: Token) -> None:
        self._put("tokens", _flat(token))

    def token(self, text: str) -> Token | None:
        row = self._row("SELECT * FROM tokens WHERE token = ?", text)
        return _token(row) if row else None

    def token_of_refresh(self, refresh: str) -> Token | None:
        row = self._row("SELECT * FROM tokens WHERE refresh = ?", refresh)
        return _token(row) if row else None

    def tokens_of(self, subject: str) -> list[Token]:
        return [_token(row) for row in self._rows("SELECT * FROM tokens WHERE subject = ?", subject)]

    def tokens_granted(self, account_id: str) -> list[Token]:
        """Tokens of other subjects that may act for this account."""
        rows = self._rows("SELECT * FROM tokens WHERE instr(grants, ?) > 0", json.dumps(account_id))
        return [_token(row) for row in rows]

    # assets

    def put_asset(self, asset: Asset) -> None:
        self._put("assets", _flat(asset))

    def asset(self, asset_id: str) -> Asset | None:
        row = self._row("SELECT * FROM assets WHERE id = ?", asset_id)
        return _asset(row) if row else None

    def change_asset(self, asset_id: str, **facts: Any) -> Asset:
        """Merge `facts` into the asset's own; KeyError when there is no such asset."""
        with self.writing():
            asset = self.asset(asset_id)
            if asset is None:
                raise KeyError(asset_id)
            merged = {**asset.facts, **facts}
            self._rows("UPDATE assets SET facts = ? WHERE id = ?", json.dumps(merged), asset_id)
        return Asset(**{**vars(asset), "facts": merged})

    def drop_asset(self, asset_id: str) -> None:
        self._rows("DELETE FROM assets WHERE id = ?", asset_id)

    def assets(self, owner: str, kind: str, since: float = 0) -> list[Asset]:
        sql = "SELECT * FROM assets WHERE owner = ? AND kind = ? AND created_at >= ? ORDER BY created_at, rowid"
        return [_asset(row) for row in self._rows(sql, owner, kind, since)]

    # posts and comments

    def add_post(self, post: Post) -> None:
        row = _flat(post)
        del row["seq"]
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self._rows(f"INSERT INTO posts ({names}) VALUES ({marks})", *row.values())

    def post(self, post_id: str) -> Post | None:
        row = self._row("SELECT * FROM posts WHERE id = ?", post_id)
        return _post(row) if row else None

    def change_post(self, post_id: str, **columns: Any) -> None:
        if "facts" in columns:
            columns["facts"] = json.dumps(columns["facts"])
        names = ", ".join(f"{name} = ?" for name in columns)
        self._rows(f"UPDATE posts SET {names} WHERE id = ?", *columns.values(), post_id)

    def posts(
        self, *, account: str | None = None, platform: str | None = None, since: float = 0, limit: int = 10_000
    ) -> list[Post]:
        """Posts that were not deleted, visible or not yet, newest first."""
        rows = self._rows(
            "SELECT * FROM posts WHERE deleted_at IS NULL AND (?1 IS NULL OR account = ?1)"
            " AND (?2 IS NULL OR platform = ?2) AND coalesce(visible_at, created_at) >= ?3"
            " ORDER BY coalesce(visible_at, created_at) DESC, seq DESC LIMIT ?4",
            account,
            platform,
            since,
            limit,
        )
        return [_post(row) for row in rows]

    def put_comment(self, comment: Comment) -> None:
        self._put("comments", _flat(comment))

    def comment(self, comment_id: str) -> Comment | None:
        row = self._row("SELECT * FROM comments WHERE id = ?", comment_id)
        return _comment(row) if row else None

    def comments(self, post_id: str) -> list[Comment]:
        rows = self._rows("SELECT * FROM comments WHERE post = ? ORDER BY created_at, rowid", post_id)
        return [_comment(row) for row in rows]

    # limits and counts

    def hit(self, bucket: str, now: float, window: float) -> int:
        """Note one hit and answer how many fell into the window, this one included."""
        with self.writing():
            self._rows("DELETE FROM hits WHERE bucket = ? AND at <= ?", bucket, now - window)
            self._rows("INSERT INTO hits VALUES (?, ?)", bucket, now)
            return self.hits(bucket, now - window)

    def hits(self, bucket: str, since: float) -> int:
        row = self._row("SELECT count(*) AS n FROM hits WHERE bucket = ? AND at > ?", bucket, since)
        return int(row["n"]) if row else 0

    def count_call(self, method: str, path: str) -> None:
        sql = "INSERT INTO calls VALUES (?, ?, 1) ON CONFLICT (method, path) DO UPDATE SET count = count + 1"
        self._rows(sql, method, path)

    def calls(self) -> list[Facts]:
        return [dict(row) for row in self._rows("SELECT * FROM calls ORDER BY path, method")]

    def clear_calls(self) -> None:
        self._rows("DELETE FROM calls")

    def add_bill(self, at: float, service: str, model: str, request: str, usage: Mapping[str, int]) -> None:
        self._rows("INSERT INTO bills VALUES (?, ?, ?, ?, ?)", at, service, model, request, json.dumps(usage))

    def bills(self) -> list[Facts]:
        return [{**dict(row), "usage": json.loads(row["usage"])} for row in self._rows("SELECT * FROM bills")]

    # the outbox of webhooks

    def add_parcel(self, platform: str, body: str, now: float) -> None:
        sql = "INSERT INTO parcels (platform, body, made_at, due_at) VALUES (?, ?, ?, ?)"
        self._rows(sql, platform, body, now, now)

    def due_parcels(self, now: float) -> list[Facts]:
        return [dict(row) for row in self._rows("SELECT * FROM parcels WHERE due_at <= ? ORDER BY id", now)]

    def drop_parcel(self, parcel_id: int) -> None:
        self._rows("DELETE FROM parcels WHERE id = ?", parcel_id)

    def delay_parcel(self, parcel_id: int, due_at: float) -> None:
        self._rows("UPDATE parcels SET due_at = ?, attempts = attempts + 1 WHERE id = ?", due_at, parcel_id)

    # fault rules and settings

    def add_rule(self, body: Facts) -> int:
        with self.writing():
            self._rows("INSERT INTO rules (body) VALUES (?)", json.dumps(body))
            row = self._row("SELECT last_insert_rowid() AS id")
        return int(row["id"]) if row else 0

    def rules(self) -> list[Facts]:
        rows = self._rows("SELECT * FROM rules ORDER BY id")
        return [{**json.loads(row["body"]), "id": row["id"], "seen": row["seen"], "done": row["done"]} for row in rows]

    def count_rule(self, rule_id: int, *, done: bool) -> None:
        self._rows("UPDATE rules SET seen = seen + 1, done = done + ? WHERE id = ?", int(done), rule_id)

    def clear_rules(self) -> None:
        self._rows("DELETE FROM rules")

    def setting(self, name: str, default: Any) -> Any:
        row = self._row("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(row["value"]) if row else default

    def put_setting(self, name: str, value: Any) -> None:
        self._put("settings", {"name": name, "value": json.dumps(value)})


def _flat(value: Any) -> Facts:
    """A dataclass as a row: tuples and dicts become JSON text."""
    return {name: _cell(item) for name, item in vars(value).items()}


def _cell(item: Any) -> Any:
    if isinstance(item, tuple):
        return json.dumps([vars(part) if isinstance(part, Medium) else part for part in item])
    return json.dumps(item) if isinstance(item, dict) else item


def _account(row: sqlite3.Row) -> Account:
    return Account(**{**dict(row), "facts": json.loads(row["facts"])})


def _token(row: sqlite3.Row) -> Token:
    lists = {name: tuple(json.loads(row[name])) for name in ("grants", "scopes")}
    return Token(**{**dict(row), **lists})


def _asset(row: sqlite3.Row) -> Asset:
    return Asset(**{**dict(row), "facts": json.loads(row["facts"])})


def _post(row: sqlite3.Row) -> Post:
    media = tuple(Medium.load(facts) for facts in json.loads(row["media"]))
    return Post(**{**dict(row), "media": media, "facts": json.loads(row["facts"])})


def _comment(row: sqlite3.Row) -> Comment:
    return Comment(**{**dict(row), "hidden": bool(row["hidden"]), "deleted": bool(row["deleted"])})
