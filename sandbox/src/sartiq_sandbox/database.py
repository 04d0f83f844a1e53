"""The database: one SQLite file or memory, read and written in short units of work."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from sartiq_sandbox.tables import Setting, Table

__all__ = ["Database", "DatabaseError"]

SCHEMA_VERSION = 1
BUSY_TIMEOUT = 10_000  # milliseconds
WRITING = "writing"


class DatabaseError(Exception):
    """The database cannot be opened; the message is one line for a person."""


class Database:
    """An open database.

    A unit of work never spans an ``await``, so units of one event loop cannot interleave; the lock
    keeps apart those of several threads, which share the one connection of an in-memory database.
    """

    def __init__(self, url_text: str) -> None:
        """Open the database of a ``sqlite:///`` URL and make its tables.

        Raises ``DatabaseError`` when it cannot be opened, read or written.
        """
        url = _sqlite_url(url_text)
        in_memory = url.database in (None, "", ":memory:")
        self._engine = _engine(url, in_memory=in_memory)
        self._reading = self._engine
        self._writing = self._engine.execution_options(**{WRITING: True})
        self._turn: AbstractContextManager[object] = Lock() if in_memory else nullcontext()
        self._in_memory = in_memory
        weakref.finalize(self, self._engine.dispose)
        try:
            self.starts = self._prepare()
        except (SQLAlchemyError, sqlite3.Error) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            message = f"cannot use the database {url_text}: {reason}"
            raise DatabaseError(message) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session on one consistent state."""
        with self._turn, Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that holds the write lock from its first statement, and commit it."""
        with self._turn, Session(self._writing, expire_on_commit=False) as session:
            yield session
            session.commit()

    def release(self) -> None:
        """Close the idle connections of a file; what is only in memory stays."""
        if not self._in_memory:
            self._engine.dispose()

    def _prepare(self) -> int:
        with self._writing.begin() as connection:
            _create_tables(connection)
        with self.writing() as session:
            starts = session.get(Setting, "starts")
            if starts is None:
                starts = Setting(name="starts", value=0)
                session.add(starts)
            starts.value += 1
            return starts.value


def _sqlite_url(url_text: str) -> URL:
    try:
        url = make_url(url_text)
    except (ArgumentError, ValueError) as error:
        message = f"not a database URL: {url_text!r} (try sqlite:///sandbox.db)"
        raise DatabaseError(message) from error
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        message = f"only SQLite is supported, not {url.drivername!r} (try sqlite:///sandbox.db)"
        raise DatabaseError(message)
    return url


def _engine(url: URL, *, in_memory: bool) -> Engine:
    if in_memory:
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _configure_file if not in_memory else _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    connection.execute("PRAGMA foreign_keys = ON")


def _configure_file(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    _configure(connection, entry)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once, without the busy timeout,
    # when another process wrote in between (SQLITE_BUSY_SNAPSHOT).
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _create_tables(connection: Connection) -> None:
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
    if version == SCHEMA_VERSION:
        return
    if tables:
        message = "the database is not one of this version of the sandbox"
        raise DatabaseError(message)
    Table.metadata.create_all(connection)
    connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
