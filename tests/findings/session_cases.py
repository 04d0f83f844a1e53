"""Sessions written as lists of events, on the channel that the pages of the session rules use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.exchange.values import (
    Closed,
    Event,
    Exchange,
    Opened,
    Received,
    Response,
    Sent,
    Session,
    Side,
)
from accord.findings.evidence import Readback, SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule

CHANNEL = Path(__file__).resolve().parents[2] / "docs" / "rules" / "cases" / "channel.yaml"


@cache
def queue() -> Contract:
    """Return the contract of the job queue: its channel, and the operation beside it."""
    return load(CHANNEL.parent)


def observe(case: dict[str, Any], contract: Contract | None = None) -> SessionObservation:
    """Return the observation that *case* tells: ``events``, ``reads``, and what the client knows."""
    notes = [("foreign", name) for name in case.get("foreign", ())]
    notes += [("token", case["token"])] if "token" in case else []
    notes += [("provoked", told) for told in case.get("provoked", ())]
    notes += [("end", told) for told in case.get("ends", ())]
    session = said(case, case["events"], crash=case.get("crash", ""))
    channel = (contract or queue()).channels[0]
    return SessionObservation(
        channel=channel,
        session=session,
        script=case["script"],
        identity="default",
        notes=tuple(notes),
        readbacks=tuple(map(readback, case.get("reads", ()))),
        earlier=tuple(said(case, before) for before in case.get("earlier", ())),
        refetches=tuple(map(readback, case.get("refetches", ()))),
    )


def said(case: dict[str, Any], lines: Sequence[Sequence[Any]], crash: str = "") -> Session:
    """Return the session in which *lines* were said."""
    return Session(
        id="1",
        channel="progress",
        url="ws://127.0.0.1/progress",
        script=case["script"],
        identity="default",
        events=tuple(events(lines)),
        started=0.0,
        crash=crash,
    )


def readback(read: dict[str, Any]) -> Readback:
    """Return what a read of a job answered; ``after`` counts the events that had come before it."""
    body = json.dumps(read["body"]).encode() if "body" in read else b""
    exchange = Exchange(
        id="e1",
        operation="read_job",
        request=Request(method="GET", url="http://127.0.0.1/jobs/7"),
        response=Response(
            status=read.get("status", 200), headers=(("content-type", "application/json"),), body=body
        ),
        started=0.0,
        seconds=0.0,
    )
    return Readback(
        entity="job", key="7", exchange=exchange, after=read.get("after", 0), quiet=read.get("quiet", False)
    )


def hold(
    rules: Iterable[Rule], case: dict[str, Any], contract: Contract | None = None
) -> list[tuple[str, Finding]]:
    """Hold *rules* against *case*, and return what they find, by rule id."""
    observed = observe(case, contract)
    return [
        (rule.id, finding)
        for rule in rules
        if rule.when(observed)
        for finding in rule.function(contract or queue(), observed)
    ]


def events(lines: Sequence[Sequence[Any]]) -> Iterator[Event]:
    """Yield the events that *lines* tell, a hundredth of a second apart; ``["wait", 2]`` is 2 seconds."""
    at = 0.0
    for name, *values in lines:
        at += 0.01
        match name:
            case "wait":
                at += values[0]
            case "opened":
                yield Opened(at=at)
            case "sent" | "received":
                data = values[0] if isinstance(values[0], str) else json.dumps(values[0])
                yield Sent(at=at, data=data) if name == "sent" else Received(at=at, data=data)
            case "sent-binary" | "received-binary":
                binary = values[0].encode("latin-1")
                yield Sent(at=at, data=binary) if name == "sent-binary" else Received(at=at, data=binary)
            case "sent-long":
                yield Sent(at=at, data="x" * values[0])
            case "refused":
                yield Closed(at=at, code=1006, by=Side.SERVER, status=values[0])
            case "closed":
                code, by, *detail = values
                yield Closed(at=at, code=code, by=Side(by), detail="".join(detail))
            case _:
                raise ValueError(name)
