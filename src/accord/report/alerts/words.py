"""An alert as words: for mail, chat and pagers. Whatever the service said, each line is one line of ours."""

from __future__ import annotations

from collections.abc import Iterator

from accord.findings.drift.lifecycle import Event
from accord.report.alerts.alert import Alert, Letter, is_silence, line
from accord.report.text import moment, printable

_IN_FULL = 20
"""So many facts of one letter are told with their proof; the others in one line each."""
_KNOWN_BY = ("contract", "at", "fingerprint")
_TEXT = 1_000
_LABEL = 13


def text(letter: Letter) -> str:
    """Return *letter* as plain text; the command that takes what is published as the contract ends it."""
    return "\n".join(_lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield f"Service   {printable(letter.target, limit=_TEXT)}"
    yield f"Contract  {printable(letter.contract, limit=_TEXT)}"
    yield f"At        {moment(letter.written)}"
    for number, alert in enumerate(letter.alerts):
        yield ""
        if number == _IN_FULL:
            yield f"and {len(letter.alerts) - _IN_FULL:,} more:"
        yield _head(alert)
        if number < _IN_FULL:
            yield from _rows(alert)
    yield ""
    if is_silence(letter):
        yield "To ask again:"
        yield f"    {letter.accept.replace('accord accept', 'accord drift', 1)}"
    else:
        yield "To take what is published as the contract, with a look at all of it first:"
        yield f"    {letter.accept}"


def _head(alert: Alert) -> str:
    return printable(f"{alert.event.upper()}  {line(alert.body)}", limit=_TEXT)


def _rows(alert: Alert) -> Iterator[str]:
    rows = alert.body.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, list) or len(row) != 2:
            continue
        # Of what is over it is enough to know it again.
        if alert.event is not Event.OVER or row[0] in _KNOWN_BY:
            yield f"  {row[0]!s:<{_LABEL}}{printable(str(row[1]), limit=_TEXT)}"
    yield f"  {'since':<{_LABEL}}{moment(alert.came)}"
