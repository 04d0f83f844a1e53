"""``accord drift``: hear when what a service publishes leaves its contract."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import option
from accord.cli.compare import AllowRemote, Approvals, Reliance, Report, Threshold
from accord.cli.drifting import Given, counted, posted, question, told
from accord.cli.telling import INTERRUPTED

if TYPE_CHECKING:
    from rich.console import Console

    from accord.findings.drift.history import Span
    from accord.report.changes.terminal import Detail
    from accord.run.drift.outbox import Posted
    from accord.run.drift.question import Asked, Question

Target = Annotated[
    str | None,
    typer.Argument(
        help="An http(s) URL, package.module:name of an application, or a saved document. "
        "Default: target in [tool.accord]."
    ),
]
Contract = Annotated[
    Path | None,
    typer.Option(metavar="PLACE", help="The committed contract. Default: contract in [tool.accord]."),
]
Policy = Annotated[
    Reliance | None,
    typer.Option(help="What clients are taken to rely on, as for `accord compare`. Default: open."),
]
FailOn = Annotated[
    Threshold | None,
    typer.Option(help="From which grade or severity the exit code is 1. Default: breaking."),
]
Partial = Annotated[
    bool,
    typer.Option("--partial", help="Paths that the published document does not name are not missing."),
]
State = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The file that remembers what was found and told. Default: .accord/drift.sqlite3.",
    ),
]
Watch = Annotated[bool, typer.Option("--watch", help="Ask again and again.")]
Every = Annotated[
    str | None, typer.Option(metavar="TIME", help="With --watch: how often, such as 30s, 5m or 1h.")
]
MaxRuns = Annotated[
    int | None, typer.Option(min=1, metavar="NUMBER", help="With --watch: ask so often, then end.")
]
Remind = Annotated[
    str | None, typer.Option(metavar="TIME", help="Tell what stands again after so long, such as 7d.")
]
Webhook = Annotated[
    list[str] | None,
    typer.Option(metavar="URL", help="Post alerts there, signed with ACCORD_WEBHOOK_SECRET."),
]
Mail = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="Mail alerts there, by ACCORD_SMTP and ACCORD_MAIL_FROM."),
]
Apprise = Annotated[list[str] | None, typer.Option(metavar="URL", help="Send alerts there, by apprise.")]
NoAlerts = Annotated[
    bool, typer.Option("--no-alerts", help="Tell none of the destinations in [tool.accord.drift.alerts].")
]
Timeout = Annotated[
    float | None,
    typer.Option(
        min=0.1, max=86_400, metavar="SECONDS", help="Seconds that one answer may take. Default: 30."
    ),
]


def drift(  # noqa: PLR0913 - one argument for each option
    target: Target = None,
    *,
    contract: Contract = None,
    policy: Policy = None,
    fail_on: FailOn = None,
    partial: Partial = False,
    approvals: Approvals = None,
    header: option.Header = None,
    allow_remote: AllowRemote = None,
    state: State = None,
    watch: Watch = False,
    every: Every = None,
    max_runs: MaxRuns = None,
    remind: Remind = None,
    webhook: Webhook = None,
    mail: Mail = None,
    apprise: Apprise = None,
    no_alerts: NoAlerts = False,
    report: Report = None,
    timeout: Timeout = None,
    quiet: option.Quiet = False,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
) -> None:
    """Tell where what a service publishes has left its contract, and alert those who want to hear of it.

    \b
    accord drift                                      the target of [tool.accord], once
    accord drift https://staging.example.com          a running service
    accord drift --watch --every 5m                   again and again
    """
    from accord.cli.header import read_header  # noqa: PLC0415
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.changes.files import parse  # noqa: PLC0415
    from accord.report.changes.terminal import Detail  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.destination import is_stream  # noqa: PLC0415

    for item in report or ():
        parse(item)
    given = Given(
        target=target,
        contract=contract,
        headers=tuple(read_header(item) for item in header or ()),
        policy=policy.value if policy else None,
        approvals=approvals,
        partial=partial,
        timeout=timeout,
        hosts=tuple(allow_remote or ()),
        state=state,
        fail_on=fail_on.value if fail_on else None,
        remind=remind,
        webhooks=tuple(webhook or ()),
        receivers=tuple(mail or ()),
        chats=tuple(apprise or ()),
        alerts=not no_alerts,
    )
    put = question(read_settings(Path.cwd()), given)
    # A report on standard output is read by a program: people read the other stream then.
    stream = sys.stderr if any(map(is_stream, report or ())) else sys.stdout
    console = console_for(stream, no_color=no_color)
    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    if watch:
        raise typer.Exit(_watched(put, every, max_runs, report or [], quiet=quiet))
    raise typer.Exit(_asked_once(put, report or [], console, detail))


def _asked_once(put: Question, report: list[str], console: Console, detail: Detail) -> int:
    from accord.report.changes.terminal import tell  # noqa: PLC0415
    from accord.run.drift.question import ask  # noqa: PLC0415

    asked = ask(put)
    if asked.compared is not None:
        _write(report, asked, put)
        with suppress(SystemExit):  # rich exits when nobody reads on, as in `accord drift | head`
            tell(asked.compared, console, fail_on=put.drift.fail_on, detail=detail)
            for line in told(asked):
                console.print(line, soft_wrap=True)
            if asked.compared.changes:
                console.print(f"Accept       {put.accept}", soft_wrap=True)
    _complain(put, asked)
    return counted(asked, put.drift.fail_on)


def _complain(put: Question, asked: Asked) -> None:
    if asked.problem is not None:
        typer.echo(f"accord: {asked.problem}", err=True)
        for item in asked.posted:
            for line in posted(item):
                typer.echo(line, err=True)
    if asked.state is not None:
        typer.echo(f"accord: {asked.state}", err=True)
        if put.destinations:
            typer.echo("  What was found may not have been told; it is, once the file can be used.", err=True)


def _watched(put: Question, every: str | None, runs: int | None, report: list[str], *, quiet: bool) -> int:
    from accord.run.drift.watch import Rhythm, watch  # noqa: PLC0415
    from accord.run.duration import seconds  # noqa: PLC0415

    rhythm = Rhythm(every=seconds(every, place="--every") if every else put.drift.every, runs=runs)

    def tell(asked: Asked) -> None:
        for line in _lines(put, asked, quiet=quiet):
            typer.echo(line)
        if asked.compared is not None:
            _write(report, asked, put)
        _complain(put, asked)

    def later(item: Posted) -> None:
        for line in posted(item):
            typer.echo(line)

    try:
        last = watch(put, rhythm, tell, later)
    except KeyboardInterrupt:
        return INTERRUPTED
    return counted(last, put.drift.fail_on)


def _lines(put: Question, asked: Asked, *, quiet: bool) -> list[str]:
    """Return what one answer of a watch comes to: a line, and more where something has come or gone."""
    from accord.report.alerts.alert import line  # noqa: PLC0415
    from accord.report.changes.words import verdict  # noqa: PLC0415
    from accord.report.text import moment, printable  # noqa: PLC0415

    at = moment(asked.at)
    if asked.compared is None:
        tries = put.drift.tries
        again = f" of {tries:,} before that is told" if asked.failures < tries else " in a row"
        return [f"{at}  could not ask: {asked.failures:,}{again}"]
    found = [f"{at}  {verdict(asked.compared)}"]
    events = asked.noted.events if asked.noted else ()
    if quiet or not (events or any(item.sent or item.wait for item in asked.posted)):
        return found
    for event, body in events:
        found.append(f"  {printable(f'{event.upper()}  {line(body)}', limit=500)}")
    found += [f"  {line}" for line in told(asked)]
    return [*found, f"  Accept       {put.accept}"] if asked.compared.changes else found


def _write(report: list[str], asked: Asked, put: Question) -> None:
    """Write the reports; a page for a browser also draws when the facts of this service came and went."""
    from accord.errors import StateError  # noqa: PLC0415
    from accord.report.changes import files, html  # noqa: PLC0415
    from accord.report.destination import put as written  # noqa: PLC0415
    from accord.run.drift.history import history  # noqa: PLC0415

    compared, fail_on = asked.compared, put.drift.fail_on
    if compared is None:
        return
    spans: tuple[Span, ...] = ()
    for item in report:
        kind, path = files.parse(item)
        if kind == "html":
            # What was found must be told, whether or not it can be remembered.
            with suppress(StateError):
                spans = history(put.drift.state, target=put.scope.target)
            written(html.render(compared, fail_on=fail_on, spans=spans, now=asked.at), path)
        else:
            files.write(item, compared, fail_on=fail_on)
