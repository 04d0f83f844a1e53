"""``accord relay``: stand between a client and a WebSocket, and break the connection at a chosen frame."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.errors import ConfigurationError

_WHERE = "at a frame such as server:3; the first is 1, the handshake 0; repeatable."


def relay(
    *,
    to: Annotated[str, typer.Option(help="Where the service listens: host:port.")],
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where to listen; 0 for any free port.")] = 0,
    delay: Annotated[list[str] | None, typer.Option(help="Wait, as in server:3+0.5.")] = None,
    split: Annotated[list[str] | None, typer.Option(help=f"Pass bytes singly {_WHERE}")] = None,
    truncate: Annotated[list[str] | None, typer.Option(help=f"Pass half and end {_WHERE}")] = None,
    stall: Annotated[list[str] | None, typer.Option(help=f"Pass nothing more {_WHERE}")] = None,
    end: Annotated[list[str] | None, typer.Option(help=f"End in order (FIN) {_WHERE}")] = None,
    reset: Annotated[list[str] | None, typer.Option(help=f"Break off (RST) {_WHERE}")] = None,
) -> None:
    """Pass connections on to a service, and let mishaps happen to them, until Ctrl-C.

    \b
    accord relay --to 127.0.0.1:8000 --reset server:3      break off instead of the server's third frame
    accord relay --to 127.0.0.1:8000 --delay client:1+2    let the client's first frame come 2 s later
    """
    from accord.exchange.relay import Mishap, Relay, read_fault  # noqa: PLC0415 - not needed for --help

    host, number = _place(to)
    given = {
        Mishap.DELAY: delay,
        Mishap.SPLIT: split,
        Mishap.TRUNCATE: truncate,
        Mishap.STALL: stall,
        Mishap.END: end,
        Mishap.RESET: reset,
    }
    faults = [read_fault(mishap, where) for mishap, places in given.items() for where in places or ()]
    with Relay(host, number, faults, listen=port) as opened:
        typer.echo(f"listening on 127.0.0.1:{opened.port}, passing on to {host}:{number}")
        try:
            opened.wait()
        except KeyboardInterrupt:
            raise typer.Exit from None


def _place(to: str) -> tuple[str, int]:
    host, _, number = to.rpartition(":")
    if not host or not number.isascii() or not number.isdigit() or not 0 < int(number[:6]) < 65_536:
        raise ConfigurationError(
            f"{to[:60]!r} is not host:port", place="--to", next_step="Write it as 127.0.0.1:8000."
        )
    return host.strip("[]"), int(number)
