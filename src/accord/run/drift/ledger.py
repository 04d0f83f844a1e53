"""The state file of drift: one SQLite database with what stands, what came and went, and what is to be told.

Several watchers may use one file: each step is a transaction of its own, and none is held while
anybody is asked or told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from accord.errors import StateError

_MARK = 0x61636364
"""``accd``: SQLite's application_id, by which a file of another program is told."""
_WAIT_SECONDS = 10.0

_MIGRATIONS = (
    (
        """CREATE TABLE scope (
            id INTEGER PRIMARY KEY, target TEXT NOT NULL, contract TEXT NOT NULL,
            accept TEXT NOT NULL,
            asked REAL NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
            UNIQUE (target, contract)) STRICT""",
        """CREATE TABLE fact (
            id INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope, key TEXT NOT NULL, kind TEXT NOT NULL,
            state TEXT NOT NULL, severity TEXT NOT NULL, body TEXT NOT NULL,
            came REAL NOT NULL, went REAL) STRICT""",
        "CREATE UNIQUE INDEX standing ON fact (scope, key) WHERE went IS NULL",
        """CREATE TABLE moment (
            fact INTEGER NOT NULL REFERENCES fact, at REAL NOT NULL, event TEXT NOT NULL,
            severity TEXT NOT NULL, headline TEXT NOT NULL) STRICT""",
        "CREATE INDEX moments ON moment (fact)",
        """CREATE TABLE heard (
            scope INTEGER NOT NULL REFERENCES scope, key TEXT NOT NULL, destination TEXT NOT NULL,
            kind TEXT NOT NULL, event TEXT NOT NULL, state TEXT NOT NULL, severity TEXT NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (scope, key, destination)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY, message TEXT NOT NULL, scope INTEGER NOT NULL REFERENCES scope,
            fact INTEGER NOT NULL REFERENCES fact, destination TEXT NOT NULL, event TEXT NOT NULL,
            body TEXT NOT NULL, came REAL NOT NULL, written REAL NOT NULL, due REAL NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0, owner TEXT, owned_until REAL, sent REAL,
            answer TEXT NOT NULL DEFAULT '') STRICT""",
        "CREATE INDEX waiting ON outbox (destination, id) WHERE sent IS NULL",
        "CREATE INDEX messages ON outbox (message)",
        "CREATE INDEX waiting_facts ON outbox (fact) WHERE sent IS NULL",
    ),
)
"""What makes each version of the file out of the one before; ``PRAGMA user_version`` counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """An open state file; every method of it raises ``StateError`` where the file cannot be used."""

    path: Path
    connection: sqlite3.Connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection in a transaction that nobody writes beside: all of it is kept, or nothing."""
        with self.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def using(self) -> Iterator[sqlite3.Connection]:
        """Give the connection; what SQLite says against it becomes a ``StateError``."""
        try:
            yield self.connection
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """Open the state file at *path*, made where there is none, and let it go afterwards.

    Raises ``StateError`` for what is no state file, or one of a newer accord; it is left as it is.
    """
    try:
        connection = _connected(path)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    ledger = Ledger(path=path, connection=connection)
    try:
        with ledger.using():
            _prepare(ledger)
        yield ledger
    finally:
        connection.close()


def _connected(path: Path) -> sqlite3.Connection:
    folder = path.parent
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            if folder.name.startswith("."):
                # A folder of ours: what one machine has told is nothing to commit.
                (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StateError(
            f"its folder cannot be made: {error.strerror or error}",
            place=str(path),
            next_step="Name another file with --state, or `state` in [tool.accord.drift].",
        ) from error
    return sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)


def _prepare(ledger: Ledger) -> None:
    """Look at the file before anything in it is changed, then bring it to this version."""
    connection = ledger.connection
    _check(ledger)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _number(connection, "user_version") == len(_MIGRATIONS):
        return
    with ledger.writing():
        _check(ledger)  # another watcher may have been quicker
        for migration in _MIGRATIONS[_number(connection, "user_version") :]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_MARK}")
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _check(ledger: Ledger) -> None:
    connection = ledger.connection
    mark, version = _number(connection, "application_id"), _number(connection, "user_version")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if mark != _MARK and (mark or version or tables):
        raise StateError(
            "is a database of another program",
            place=str(ledger.path),
            next_step="Name another file with --state, or `state` in [tool.accord.drift].",
        )
    if version > len(_MIGRATIONS):
        raise StateError(
            f"was written by a newer accord (version {version} of the file)",
            place=str(ledger.path),
            next_step="Use that accord, or another file.",
        )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _unusable(path: Path, error: sqlite3.Error) -> StateError:
    code = getattr(error, "sqlite_errorname", "") or ""
    advice = "Name another file with --state, or `state` in [tool.accord.drift]."
    if code.startswith("SQLITE_FULL"):
        advice = "Make room on the disk and run again: nothing of this was told, so nothing is forgotten."
    elif code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        advice = "Move the file away: a new one is made, and what stands is told once more."
    elif code.startswith("SQLITE_BUSY"):
        advice = "Another program holds it: end that one, or run again."
    return StateError(f"cannot be used: {error}", place=str(path), next_step=advice)
