"""What an exchange or a session looks like in a line, and in the words that were said."""

from __future__ import annotations

from collections.abc import Iterator

from accord.exchange.values import Closed, Event, Exchange, Opened, Received, Sent, Session
from accord.report.text import count, duration, printable

_URL = 500
_DETAIL = 300
_BODY = 1_000
_FRAME = 300
_EVENTS = 40


def answered(evidence: Exchange | Session | None) -> str:
    """Return the status, the lapse or the close code that *evidence* came to; empty for none."""
    if isinstance(evidence, Exchange):
        if evidence.lapse is not None:
            return str(evidence.lapse)
        return str(evidence.response.status) if evidence.response is not None else ""
    closed = _closed(evidence) if evidence is not None else None
    if closed is None:
        return ""
    return f"status {closed.status}" if closed.status is not None else f"close {closed.code}"


def told(evidence: Exchange | Session) -> str:
    """Return *evidence* in one line: what was asked and what came of it."""
    if isinstance(evidence, Session):
        return _session(evidence)
    request = evidence.request
    asked = f"{printable(request.method, limit=_DETAIL)} {printable(request.url, limit=_URL)}"
    body = f" ({count(len(request.body), 'byte')})" if request.body else ""
    return f"{asked}{body} → {_answer(evidence)} in {duration(evidence.seconds)}"


def _answer(exchange: Exchange) -> str:
    parts = []
    if exchange.lapse is not None:
        detail = f" ({printable(exchange.detail, limit=_DETAIL)})" if exchange.detail else ""
        parts.append(f"{exchange.lapse}{detail}")
    if exchange.response is not None:
        kind = exchange.response.header("content-type")
        parts.append(f"{exchange.response.status}")
        parts.extend([printable(kind, limit=_DETAIL)] if kind else [])
        parts.append(count(len(exchange.response.body), "byte"))
    return ", ".join(parts) or "nothing"


def _session(session: Session) -> str:
    sent = sum(isinstance(event, Sent) for event in session.events)
    received = sum(isinstance(event, Received) for event in session.events)
    words = [printable(session.url, limit=_URL), printable(session.script, limit=_DETAIL)]
    if session.identity:
        words.append(f"as {printable(session.identity, limit=_DETAIL)}")
    return f"{' '.join(words)} ({sent:,} sent, {received:,} received) → {_end(session)}"


def _end(session: Session) -> str:
    if session.crash:
        return f"crash ({printable(session.crash, limit=_DETAIL)})"
    closed = _closed(session)
    return closing(closed) if closed is not None else "left open"


def closing(closed: Closed) -> str:
    """Return how a session ended, in words."""
    words = "; ".join(printable(text, limit=_DETAIL) for text in (closed.reason, closed.detail) if text)
    reason = f" ({words})" if words else ""
    if closed.status is not None:
        return f"refused with status {closed.status}{reason}"
    return f"closed with {closed.code} by the {closed.by}{reason}"


def _closed(session: Session) -> Closed | None:
    return next((event for event in reversed(session.events) if isinstance(event, Closed)), None)


def conversation(evidence: Exchange | Session) -> Iterator[str]:
    """Yield what was said, a line for each body or event, each one cut to a readable length."""
    if isinstance(evidence, Exchange):
        if evidence.request.body:
            yield f"> {_words(evidence.request.body, _BODY)}"
        if evidence.response is not None and evidence.response.body:
            yield f"< {_words(evidence.response.body, _BODY)}"
        return
    for event in evidence.events[:_EVENTS]:
        yield f"{duration(event.at):>8} {_happened(event)}"
    if len(evidence.events) > _EVENTS:
        yield f"and {count(len(evidence.events) - _EVENTS, 'more event')}"


def _happened(event: Event) -> str:
    match event:
        case Opened():
            return f"= opened {printable(event.subprotocol or '', limit=_DETAIL)}".rstrip()
        case Sent():
            return f"> {_words(event.data, _FRAME)}"
        case Received():
            return f"< {_words(event.data, _FRAME)}"
        case Closed():
            return f"= {closing(event)}"


def _words(data: str | bytes, limit: int) -> str:
    if isinstance(data, str):
        return printable(data, limit=limit)
    shown = printable(data[:limit].decode("utf-8", "backslashreplace"))
    return shown if len(data) <= limit else f"{shown}… ({count(len(data), 'byte')})"
