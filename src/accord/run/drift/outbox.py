"""The outbox: alerts that were written down first and are sent now, each until its receiver has taken it.

A message is sent at least once. It is sent again, with the same id, only when the watcher that sent
it has died between the receiver's answer and the line here that says so.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accord.exchange.message import Delivery
from accord.findings.drift.lifecycle import Event
from accord.report.alerts.alert import Alert
from accord.run.drift.ledger import Ledger

_FIRST_WAIT, _LONGEST_WAIT = 15.0, 3600.0
_JITTER = 0.1
_LEASE = 15
"""Of the time that one answer may take: the longest sending asks several times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """The alerts of one message, as they were written at *written*; ``attempts`` is how often it was sent."""

    message: str
    scope: int
    target: str
    contract: str
    accept: str
    written: float
    attempts: int
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of the messages to one destination: how many were *sent*, how many alerts still *wait*.

    ``problem`` is why the last one was not taken, ``due`` when it is sent again, in seconds since the epoch.
    """

    destination: str
    sent: int = 0
    wait: int = 0
    problem: str = ""
    due: float = 0.0


def empty(
    ledger: Ledger,
    destination: str,
    send: Callable[[Parcel], Delivery],
    *,
    clock: Callable[[], float],
    seconds: float,
) -> Posted:
    """Send what waits for *destination* and is due, the oldest first, until one is not taken.

    *seconds* bounds one sending: a watcher that is dead for longer no longer keeps others from it.
    """
    sent, problem, until = 0, "", 0.0
    while True:
        parcel = _claimed(ledger, destination, now=clock(), seconds=seconds)
        if parcel is None:
            break
        delivery = send(parcel)
        if not delivery.taken:
            problem = delivery.detail
            until = _delay(ledger, destination, parcel, delivery, now=clock())
            break
        with ledger.writing() as connection:
            connection.execute(
                "UPDATE outbox SET sent = ?, attempts = attempts + 1, owner = NULL, answer = ? WHERE message = ?"
                " AND destination = ?",
                (clock(), delivery.detail, parcel.message, destination),
            )
        sent += 1
    return Posted(
        destination=destination, sent=sent, wait=waiting(ledger, destination), problem=problem, due=until
    )


def waiting(ledger: Ledger, destination: str) -> int:
    """Return how many alerts wait for *destination*."""
    with ledger.using() as connection:
        found = connection.execute(
            "SELECT count(*) FROM outbox WHERE destination = ? AND sent IS NULL", (destination,)
        )
        return int(found.fetchone()[0])


def strangers(ledger: Ledger, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield each destination for which alerts wait, and how many, that is none of the *known* ones."""
    with ledger.using() as connection:
        rows = connection.execute(
            "SELECT destination, count(*) FROM outbox WHERE sent IS NULL GROUP BY destination"
        ).fetchall()
    yield from ((name, number) for name, number in rows if name not in known)


def _claimed(ledger: Ledger, destination: str, *, now: float, seconds: float) -> Parcel | None:
    """Take the oldest message for *destination*, None where there is none, or it is not due, or taken."""
    with ledger.writing() as connection:
        message = _next(connection, destination, now)
        if message is None:
            return None
        connection.execute(
            "UPDATE outbox SET owner = ?, owned_until = ? WHERE message = ? AND destination = ?",
            (_me(), now + _LEASE * seconds, message, destination),
        )
        rows = connection.execute(
            "SELECT outbox.event, outbox.body, outbox.came, outbox.written, outbox.attempts,"
            " outbox.scope, scope.target, scope.contract, scope.accept"
            " FROM outbox JOIN scope ON scope.id = outbox.scope"
            " WHERE message = ? AND destination = ? ORDER BY outbox.id",
            (message, destination),
        ).fetchall()
    *_, written, attempts, scope, target, contract, accept = rows[0]
    return Parcel(
        message=message,
        scope=scope,
        target=target,
        contract=contract,
        accept=accept,
        written=written,
        attempts=attempts,
        alerts=tuple(Alert(event=Event(row[0]), body=json.loads(row[1]), came=row[2]) for row in rows),
    )


def _next(connection: sqlite3.Connection, destination: str, now: float) -> str | None:
    """Return the oldest message that is due, that nobody else sends, and that passes none of the same fact."""
    rows = connection.execute(
        "SELECT message, owner, owned_until FROM outbox WHERE destination = ? AND sent IS NULL AND due <= ?"
        " ORDER BY id",
        (destination, now),
    )
    me = _me()
    seen: set[str] = set()
    for message, owner, until in rows:
        if message in seen:
            continue
        seen.add(message)
        free = not owner or owner == me or until <= now or _is_dead(owner)
        if free and not _passes(connection, destination, message):
            return str(message)
    return None


def _passes(connection: sqlite3.Connection, destination: str, message: str) -> bool:
    """Tell whether an earlier message about one of the same facts still waits."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM outbox AS mine JOIN outbox AS other ON other.fact = mine.fact"
        " WHERE mine.message = ?1 AND mine.destination = ?2 AND mine.sent IS NULL AND other.destination = ?2"
        " AND other.sent IS NULL AND other.id < mine.id AND other.message <> ?1)",
        (message, destination),
    )
    return bool(found.fetchone()[0])


def _delay(ledger: Ledger, destination: str, parcel: Parcel, delivery: Delivery, *, now: float) -> float:
    """Let *parcel* wait, longer each time, and return until when."""
    wait = min(_FIRST_WAIT * 2.0 ** min(parcel.attempts, 20), _LONGEST_WAIT)
    wait *= 1 + random.uniform(-_JITTER, _JITTER)  # noqa: S311 - so that many do not come at once
    until = now + max(wait, delivery.wait or 0.0)
    with ledger.writing() as connection:
        connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, due = ?, owner = NULL, answer = ? WHERE message = ?"
            " AND destination = ?",
            (until, delivery.detail[:500], parcel.message, destination),
        )
    return until


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def _is_dead(owner: str) -> bool:
    """Tell whether *owner* is a process of this machine that is no more; of other machines nothing is known."""
    host, number, _ = owner.rsplit(":", 2)
    if os.name != "posix" or host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
