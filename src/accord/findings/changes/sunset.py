"""Deprecation and sunset: what is announced to go, when, and whether its time has come (RFC 8594, RFC 9745)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Effect
from accord.findings.changes.fact import Spot, fact

SUNSET = "x-sunset"


def announcements(spot: Spot, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what two objects announce otherwise: their deprecation, and the day on which they go."""
    before, after = (bool(item.get("deprecated")) for item in (old, new))
    if before != after:
        words = {True: "deprecated", False: "not deprecated"}
        yield fact(
            "changed-deprecated",
            Effect.OTHER,
            None,
            spot,
            old=words[before],
            new=words[after],
            allowed="it is an announcement, and nothing else has changed by it",
        )
    days = day_of(old), day_of(new)
    if days[0] != days[1]:
        sooner = days[0] is not None and days[1] is not None and days[1] < days[0]
        yield fact(
            "changed-sunset",
            Effect.NARROWED if sooner else Effect.WIDENED if all(days) else Effect.OTHER,
            None,
            spot,
            old=str(days[0] or "no sunset"),
            new=str(days[1] or "no sunset"),
            reason="clients were told that it stays longer; whether any relies on that, no contract says",
            allowed="" if sooner else "nothing goes sooner than was announced",
        )


def announced(sides: Sides, old: Mapping[str, Any]) -> str:
    """Return why what *old* describes may be gone: its sunset, and the months after it, are over."""
    day = day_of(old)
    if day is None:
        return ""
    end = later(day, sides.months)
    return f"its sunset was announced for {day.isoformat()}" if sides.today >= end else ""


def staying(sides: Sides, old: Mapping[str, Any]) -> str:
    """Return until when what *old* describes must stay, to be added to what is told of it; empty without a sunset."""
    day = day_of(old)
    return "" if day is None else f"; it was to stay until {later(day, sides.months).isoformat()}"


def day_of(data: Mapping[str, Any]) -> date | None:
    """Return the announced day: ``x-sunset``, or the value of a ``Sunset`` header of one of the responses."""
    found = _day(data.get(SUNSET))
    if found is not None:
        return found
    responses = data.get("responses")
    for response in responses.values() if isinstance(responses, dict) else ():
        headers = response.get("headers") if isinstance(response, dict) else None
        for name, header in headers.items() if isinstance(headers, dict) else ():
            if name.lower() == "sunset" and isinstance(header, dict):
                schema = header.get("schema")
                value = schema.get("const") if isinstance(schema, dict) else None
                return _day(value or header.get("example"))
    return None


def _day(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value).date()
    except (ValueError, TypeError, OverflowError):
        return None


def later(day: date, months: int) -> date:
    """Return the day *months* after *day*: the last one of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
