"""The cases on the pages of the rules about traffic: what was said, a line each, and what is found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.exchange.values import Exchange, Response
from accord.findings.finding import Finding
from accord.findings.observed.watcher import Watcher
from accord.run.observe import Holding, hold

_DIRECTIVE = re.compile(r"# (finds|found by): (.*)")
_MESSAGE = re.compile(r"(?P<times>\d+ × )?(?P<side>server|client) (?P<text>.*)")
_EXCHANGE = re.compile(
    r"(?P<times>\d+ × )?(?P<method>[A-Z]+) (?P<path>/\S*) (?P<status>\d{3})(?: (?P<form>\w+/\w+))?(?: (?P<body>.*))?"
)
FOLDER = Path(__file__).parents[2] / "docs" / "rules" / "cases" / "shop"


@dataclass(frozen=True)
class Case:
    """A case: its lines, a piece of the message that is expected, other rules that find something."""

    lines: tuple[str, ...]
    finds: str
    found_by: tuple[str, ...]

    def hold(self) -> list[Finding]:
        """Return what is found in what was said."""
        watcher = Watcher(shop())
        (channel,) = shop().channels
        for line in self.lines:
            message, exchange = _MESSAGE.fullmatch(line), _EXCHANGE.fullmatch(line)
            told = message or exchange
            assert told, line
            for _ in range(int((told["times"] or "1 × ").partition(" ")[0])):
                if message:
                    watcher.messages([[message["text"]]], channel, message["side"])
                else:
                    watcher.take(_exchange(told))
        return list(hold(shop(), watcher.finish(), Holding(), sources="a page").findings)


def _exchange(told: re.Match[str]) -> Exchange:
    body = (told["body"] or "").encode()
    headers = (("Content-Type", told["form"] or "application/json"),) if body else ()
    return Exchange(
        id="e1",
        operation=None,
        request=Request(method=told["method"], url=f"https://shop.example{told['path']}"),
        response=Response(status=int(told["status"]), headers=headers, body=body),
        started=0,
        seconds=0,
    )


@cache
def shop() -> Contract:
    """Return the contract that the pages speak of."""
    return load(FOLDER)


def read_case(block: str) -> Case:
    """Read one block."""
    told: dict[str, list[str]] = {}
    for key, value in _DIRECTIVE.findall(block):
        told.setdefault(key, []).append(value)
    lines = tuple(line for line in block.splitlines() if line and not line.startswith("#"))
    return Case(lines, told.get("finds", [""])[0], tuple(told.get("found by", ())))
