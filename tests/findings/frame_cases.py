"""Connections of raw bytes as the pages tell them: a case, and what came of it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from session_cases import queue

from accord.cases.frame_case import frame_cases
from accord.exchange.frame_probe import End, Probed
from accord.exchange.frame_reader import ServerFrame
from accord.findings.checks import frame
from accord.findings.evidence import FrameObservation
from accord.findings.finding import Finding

CASES = {case.name: case for case in frame_cases(b"{}", 2.0, allowed=15.0)}
OPCODES = {"continuation": 0, "text": 1, "binary": 2, "reserved": 3, "close": 8, "ping": 9, "pong": 10}


def accept(key: str) -> str:
    """Return what a server answers to *key* (RFC 6455, section 1.3)."""
    text = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()


def server_frame(kind: str, said: Any = "", *flags: str) -> ServerFrame:
    """Return a frame of the server; *said* is a text, or the code of a close frame."""
    payload = said.to_bytes(2) if isinstance(said, int) else said.encode()
    return ServerFrame(
        at=0.0,
        opcode=OPCODES[kind],
        final="unfinished" not in flags,
        reserved=0x40 if "rsv1" in flags else 0x20 if "rsv2" in flags else 0,
        masked="masked" in flags,
        size=len(payload),
        payload=payload,
    )


def observe(told: dict[str, Any]) -> FrameObservation:
    """Return the observation that *told* tells; a 101 has good headers but for those that it names."""
    case, status = CASES[told["case"]], told.get("status")
    good = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept(case.opening.key)}
    headers = (good if status == 101 else {}) | told.get("headers", {})
    probed = Probed(
        status=status,
        headers=tuple((name, value) for name, value in headers.items() if value is not None),
        frames=tuple(server_frame(*item) for item in told.get("frames", ())),
        end=End(told.get("end", "open")),
        seconds=3.0,
        taken=told.get("taken", True),
    )
    return FrameObservation(
        channel=queue().channels[0], case=case, probed=probed, known=frozenset({4400}), beats=(1011,)
    )


def hold(told: dict[str, Any]) -> list[tuple[str, Finding]]:
    """Return what the rules find in the connection that *told* tells, by rule id."""
    observed = observe(told)
    return [
        (rule.id, finding)
        for rule in frame.RULES
        if rule.when(observed)
        for finding in rule.function(queue(), observed)
    ]
