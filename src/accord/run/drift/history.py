"""The history of facts, read from the state file."""

from __future__ import annotations

import json
from pathlib import Path

from accord.errors import StateError
from accord.findings.drift.history import Moment, Span
from accord.findings.drift.lifecycle import Event
from accord.run.drift.ledger import opened


def history(
    path: Path, *, target: str | None = None, standing: bool = False, since: float | None = None
) -> tuple[Span, ...]:
    """Return the stays of facts, the latest first: of *target* alone, what stands alone, or stood *since* then.

    Raises ``StateError`` for a file that is not there or cannot be read.
    """
    if not path.exists():
        raise StateError(
            "is not there: nothing has been asked yet",
            place=str(path),
            next_step="Run `accord drift` first, or name the file with --state.",
        )
    with opened(path) as ledger, ledger.using() as connection:
        rows = connection.execute(
            "SELECT fact.id, target, contract, body, came, went FROM fact JOIN scope ON scope.id = fact.scope"
            " WHERE (?1 IS NULL OR target = ?1) AND (NOT ?2 OR went IS NULL)"
            " AND (?3 IS NULL OR went IS NULL OR went >= ?3) ORDER BY came DESC, fact.id",
            (target, standing, since),
        ).fetchall()
        return tuple(
            Span(
                target=row[1],
                contract=row[2],
                body=json.loads(row[3]),
                came=row[4],
                went=row[5],
                moments=tuple(
                    Moment(at=at, event=Event(event), severity=severity, headline=headline)
                    for at, event, severity, headline in connection.execute(
                        "SELECT at, event, severity, headline FROM moment WHERE fact = ? ORDER BY rowid",
                        (row[0],),
                    )
                ),
            )
            for row in rows
        )
