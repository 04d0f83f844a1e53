"""What a run costs beside the bare replay of the same requests: wall time and CPU, as ratios.

    python benchmarks/overhead.py             all four
    python benchmarks/overhead.py fixed       the two that explore only to write the corpus

Four runs, the fixed part and an exploring one, in process and over a socket with the service in a
process of its own; each beside httpx, which sends the same requests again and looks at nothing. The
fixed part plays a corpus that the first run has written. ``client/service`` is CPU seconds of the
client, its start left out, for each CPU second of the service.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from sartiq_sandbox import create_app
from service import running

from accord.cases.request import Request
from accord.config import Settings, read_settings
from accord.exchange.values import Exchange
from accord.run.verify import Options, opened

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds: on the clock, of CPU in the client and in the service; how many requests there were."""

    requests: int
    wall: float
    client: float
    service: float


@dataclass
class Heard:
    """Keeps the requests that a client sends, as they go out."""

    requests: list[Request] = field(default_factory=list)

    def around(self, client: Any) -> Any:
        """Return *client*, whose requests are kept."""
        heard = self

        class Listening:
            def __getattr__(self, name: str) -> Any:
                return getattr(client, name)

            def send(self, request: Request, *, operation: str | None = None) -> Exchange:
                heard.requests.append(request)
                return client.send(request, operation=operation)

        return Listening()


@contextmanager
def measured(service: Callable[[], float], into: list[Cost], heard: Heard) -> Iterator[None]:
    """Add what happens inside to *into*; *service* tells the CPU time of the service so far."""
    clock = time.pthread_getcpuclockid(threading.get_ident())
    before = time.monotonic(), time.clock_gettime(clock), service()
    yield
    into.append(
        Cost(
            requests=len(heard.requests),
            wall=time.monotonic() - before[0],
            client=time.clock_gettime(clock) - before[1],
            service=service() - before[2],
        )
    )


def verified(
    target: object, settings: Settings, options: Options, service: Callable[[], float] | None
) -> tuple[Cost, Heard]:
    """Return what a run of accord costs, and what it sent; without *service*, that is a thread of this process."""
    costs: list[Cost] = []
    heard = Heard()
    before = {thread.ident for thread in threading.enumerate()}
    with opened(target, settings, options) as verification:
        verification.context.client = heard.around(verification.context.client)
        mine = [thread.ident for thread in threading.enumerate() if thread.ident not in before]
        clocks = [time.pthread_getcpuclockid(ident) for ident in mine if ident is not None]
        told = service or (lambda: sum(time.clock_gettime(clock) for clock in clocks))
        with measured(told, costs, heard):
            verification.run(lambda _: None)
    return costs[0], heard


def replayed_in_process(heard: Heard) -> float:
    """Return the CPU seconds that httpx needs to send the same into a fresh application, that included."""

    async def replay() -> float:
        application = create_app()
        async with application.router.lifespan_context(application):
            transport = httpx.ASGITransport(application, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport) as client:
                since = time.process_time()
                for request in heard.requests:
                    await client.request(
                        request.method, request.url, headers=list(request.headers), content=request.body
                    )
                return time.process_time() - since

    return asyncio.run(replay())


def replayed_over_a_socket(heard: Heard) -> Cost:
    """Return what it costs httpx to send the same to a fresh service."""
    costs: list[Cost] = []
    with running() as service, httpx.Client() as client, measured(service.cpu, costs, heard):
        for request in heard.requests:
            url = service.url + httpx.URL(request.url).raw_path.decode()
            client.request(request.method, url, headers=list(request.headers), content=request.body)
    return costs[0]


def tell(name: str, cost: Cost, bare: str) -> None:
    """Print one row."""
    print(
        f"{name:22} {cost.requests:6} requests {cost.wall:6.1f} s  client {cost.client:5.2f}  "
        f"service {cost.service:5.2f} CPU s  client/service {cost.client / cost.service:5.2f}   {bare}",
        flush=True,
    )


def main(kinds: tuple[str, ...]) -> None:
    """Print the rows of *kinds*; the corpus is written by an exploring run in process, whatever they are."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read_settings(ROOT), corpus=Path(folder) / "corpus.ndjson")
        exploring = Options(seed=1, only="rest", learns=True)
        fixed = replace(exploring, explores=False, learns=False)
        for name, options in (("exploring", exploring), ("fixed", fixed)):
            cost, heard = verified(create_app(), settings, options, None)
            again = replayed_in_process(heard)
            whole = cost.client + cost.service
            tell(
                f"{name}, in process",
                cost,
                f"beside httpx, the service included: {whole / again:4.2f} x CPU",
            )
        for name, options in (("exploring", replace(exploring, learns=False)), ("fixed", fixed)):
            if name not in kinds:
                continue
            with running() as service:
                cost, heard = verified(service.url, settings, options, service.cpu)
            bare = replayed_over_a_socket(heard)
            tell(
                f"{name}, over a socket",
                cost,
                f"beside httpx: {cost.client / bare.client:4.2f} x CPU, {cost.wall / bare.wall:4.2f} x wall",
            )


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or ("exploring", "fixed"))
