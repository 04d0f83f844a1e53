"""What a monitor costs a service: the same requests to the same application, bare and with ``ContractMonitor``.

Of each, in interleaved rounds: the time until the last answer, and the CPU seconds of the process, the thread of
the monitor included. The application does nothing but answer, so that the ratio is the worst there is. A monitor
without room for anything shows what of the cost lies on the way of an answer.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from statistics import median
from typing import Any

from accord.asgi import ContractMonitor
from accord.contract.contract import load
from accord.exchange.application import Application, Message, Receive, Scope, Send

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "docs/rules/cases/shop"
REQUESTS = 5_000
ROUNDS = 7
BODY = json.dumps(
    {"id": 7, "state": "paid", "note": "at the door", "payment": {"type": "card", "last": "4242"}}
)
SCOPE: Scope = {"type": "http", "method": "GET", "path": "/orders/7", "headers": []}


def main() -> None:
    """Print microseconds for each request, and the ratios."""
    contract = load(CONTRACT)
    variants: dict[str, Application] = {
        "bare": _application,
        "monitor": ContractMonitor(_application, contract),
        "monitor, no room": ContractMonitor(_application, contract, longest_queue=0),
        "monitor, one of ten": ContractMonitor(_application, contract, sample=0.1),
    }
    walls: dict[str, list[float]] = {name: [] for name in variants}
    costs: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, application in variants.items():
            wall, cpu = _round(application)
            walls[name].append(wall)
            costs[name].append(cpu)
    for name, application in variants.items():
        wall, cpu = median(walls[name]), median(costs[name])
        more = (wall - median(walls["bare"])) / REQUESTS * 1e6
        print(
            f"{name:<20} {wall / REQUESTS * 1e6:6.1f} us a request, {more:+6.1f} us; "
            f"{cpu / REQUESTS * 1e6:6.1f} us of CPU, {cpu / median(costs['bare']):.2f} x bare"
        )
        if isinstance(application, ContractMonitor):
            counted = application.observation().answers()
            print(f"{'':<20} {counted:,} answers counted, {application.dropped:,} dropped")
            application.close()


def _round(application: Application) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(_ask(application))
    wall = time.perf_counter() - wall
    if isinstance(application, ContractMonitor):
        application.drain()
    return wall, time.process_time() - cpu


async def _ask(application: Application) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Message) -> None:
        return None

    for _ in range(REQUESTS):
        await application(dict(SCOPE), receive, send)


async def _application(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    body: dict[str, Any] = json.loads(BODY)
    data = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": data})


if __name__ == "__main__":
    main()
