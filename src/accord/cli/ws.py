"""``accord ws``: play a script of WebSocket sessions, such as a report prints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from accord.exchange.script import Line
    from accord.exchange.secrets import Secrets
    from accord.run.websocket.playback import Replayed

_SHOWN = 2_000


def ws(
    target: Annotated[
        str | None,
        typer.Argument(
            help="A ws(s) URL for every connection, an http(s) origin, or package.module:name of an "
            "application. Default: what the script names."
        ),
    ] = None,
    *,
    script: Annotated[Path, typer.Option(help="The script, one JSON value a line; - for standard input.")],
    header: Annotated[
        list[str] | None,
        typer.Option("--header", "-H", help="Add 'Name: value' to every handshake; repeatable."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds within which what is expected has to come.")
    ] = 5.0,
) -> None:
    """Play a script of WebSocket sessions and tell whether what comes is as it expects.

    \b
    accord ws --script finding.ndjson                       as a report printed it
    accord ws ws://127.0.0.1:8000/api/v1/ws --script -      from standard input, to another place
    """
    from accord.cli.header import read_header  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.exchange.client import Limits, open_client  # noqa: PLC0415
    from accord.exchange.secrets import Secrets  # noqa: PLC0415
    from accord.run.websocket.playback import Stage, base_of, path_of  # noqa: PLC0415

    secrets = Secrets()
    lines = _lines(script, secrets)
    headers = tuple(read_header(item) for item in header or ())
    for _, value in headers:
        secrets.add(value.rpartition(" ")[2])
    whole = target is not None and target.lower().startswith(("ws://", "wss://"))
    chosen = base_of(target if whole and target else lines[0].value) if whole or target is None else target
    client = open_client(chosen, limits=Limits(seconds=timeout))
    stage = Stage(
        client=client, seconds=timeout, headers=headers, path=path_of(target) if whole and target else None
    )
    met = True
    try:
        for replayed in stage.play(lines):
            met = met and replayed.met is not False
            typer.echo(_told(replayed, secrets))
    finally:
        client.close()
    raise typer.Exit(0 if met else 1)


def _lines(script: Path, secrets: Secrets) -> tuple[Line, ...]:
    from accord.config import expand  # noqa: PLC0415
    from accord.exchange.script import LONGEST, read_script  # noqa: PLC0415

    def filled(text: str, place: str) -> str:
        value = expand(text, place)
        if value != text:
            secrets.add(value)
        return value

    name = "standard input" if str(script) == "-" else str(script)
    try:
        if str(script) == "-":
            text = sys.stdin.read(LONGEST + 1)
        else:
            with script.open(encoding="utf-8") as stream:
                text = stream.read(LONGEST + 1)
    except UnicodeDecodeError:
        raise ConfigurationError("the script is not UTF-8", place=name) from None
    except OSError as problem:
        reason = f"the script cannot be read: {problem.strerror}"
        raise ConfigurationError(reason, place=name, next_step="Check the path.") from None
    return read_script(text, name, filled)


def _told(replayed: Replayed, secrets: Secrets) -> str:
    """Return one line about *replayed*, without secrets and without what a terminal would obey."""
    import json  # noqa: PLC0415

    from accord.report.text import printable  # noqa: PLC0415

    said = secrets.mask(json.dumps(replayed.line.value, ensure_ascii=False))
    words = f"{replayed.line.verb:8}{said}"
    if replayed.met is False:
        words += f"  but came: {secrets.mask(_came(replayed))}"
    mark = {True: "ok  ", False: "NOT ", None: "    "}[replayed.met]
    return mark + printable(words, limit=_SHOWN)


def _came(replayed: Replayed) -> str:
    from accord.exchange.values import Closed, Opened  # noqa: PLC0415

    match replayed.came:
        case None:
            return "nothing"
        case Opened(subprotocol=chosen):
            return f"opened, subprotocol {chosen}"
        case Closed() as closed:
            status = f", status {closed.status}" if closed.status else ""
            return f"closed {closed.code} {closed.reason} {closed.detail}".strip() + status
        case received:
            return str(received.data)
