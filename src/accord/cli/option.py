"""The options of the command line that more than one verb takes, or that are many: name, type and help of each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Stage(StrEnum):
    """The stages of a run, as ``--only`` takes them."""

    CONTRACT = "contract"
    REST = "rest"
    WORKFLOWS = "workflows"
    WEBSOCKET = "websocket"


class Exploration(StrEnum):
    """How much is drawn, as ``--exploration`` takes it."""

    FULL = "full"
    NONE = "none"


class Threshold(StrEnum):
    """The severities, as ``--fail-on`` takes them."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


# What is asked.
Target = Annotated[
    str | None,
    typer.Argument(
        help="An http(s) URL, or package.module:name of an ASGI or WSGI application or factory. "
        "Default: target in [tool.accord]."
    ),
]
Contract = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE",
        help="The contract's folder or document, git:REVISION:PATH, or the URL where the service publishes it. "
        "Default: contract in [tool.accord], else what the service publishes.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="The framework of the service: auto, fastapi, flask, django-rest or none."
    ),
]

# What is drawn and played.
Seed = Annotated[
    int,
    typer.Option(
        metavar="NUMBER",
        envvar="ACCORD_SEED",
        help="Where the drawn cases start; the same seed draws the same.",
    ),
]
MaxExamples = Annotated[
    int,
    typer.Option(
        min=1, metavar="NUMBER", envvar="ACCORD_MAX_EXAMPLES", help="Fuzzing cases for each operation."
    ),
]
Only = Annotated[Stage | None, typer.Option(help="Run one stage alone.")]
Corpus = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Play the cases stored in PATH first, and add what is learned. Default: corpus in [tool.accord].",
    ),
]
Explore = Annotated[
    Exploration, typer.Option(help="none: only what is fixed (the corpus, workflows, sessions).")
]
MaxTime = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Explore with new seeds for so long, such as 90s, 30m or 8h."),
]
Budget = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Ask nothing more after so long, such as 60s; what changed is first."),
]
ChangedSince = Annotated[
    str | None,
    typer.Option(metavar="REV", help="Begin with the operations whose contract differs from that of REV."),
]
LastFailed = Annotated[
    bool,
    typer.Option("--last-failed", help="Begin with the trials that failed last time, then go on as ever."),
]
OneOperation = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Verify this operation alone, by its operationId; repeatable."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Ask nothing of this operation, by its operationId; repeatable."),
]

# How it is asked.
Header = Annotated[
    list[str] | None,
    typer.Option("--header", "-H", metavar="HEADER", help="Add 'Name: value' to every request; repeatable."),
]
Timeout = Annotated[
    float, typer.Option(min=0.1, max=86_400, metavar="SECONDS", help="Seconds that one answer may take.")
]
Patience = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Wait so long for a time limit or a heartbeat, such as 60s. Default: 15s."
    ),
]
Safe = Annotated[
    bool, typer.Option("--safe", help="Send only GET, HEAD, OPTIONS and what a workflow declares.")
]
RateLimit = Annotated[
    str | None, typer.Option(metavar="RATE", help="Ask no more often than this: 10/s, 100/m or 1000/h.")
]
Keep = Annotated[
    bool | None,
    typer.Option("--keep/--remove", help="Keep or remove what the run created. Default: remove at a URL."),
]

# What counts.
FailOn = Annotated[
    Threshold, typer.Option(envvar="ACCORD_FAIL_ON", help="The severity from which the exit code is 1.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Make an error of every response member that nobody declared.")
]
RequireReach = Annotated[
    bool,
    typer.Option("--require-reach", help="Make an error of each documented status that is not seen."),
]
MinMessageCoverage = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=100,
        metavar="PERCENT",
        help="Exit with 1 when less of what messages can show was seen, in percent.",
    ),
]
SelfTest = Annotated[
    bool, typer.Option("--self-test", help="Run against each fault of the catalogue in [tool.accord].")
]
Fault = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="With --self-test: this fault alone, by its name; repeatable."),
]

# What is told.
Report = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        help="Write a report: html=PATH, json=, junit=, sarif=, github=, gitlab= or markdown=; "
        "- is standard output; repeatable.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Write every exchange and session to PATH, one JSON value a line."),
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        envvar="ACCORD_BASELINE",
        metavar="PATH",
        help="File of what was found before and may stand: fingerprint, owner, reason and until of each.",
    ),
]
WriteBaseline = Annotated[
    bool,
    typer.Option(
        "--write-baseline", help="Take what counts by --fail-on into the file of --baseline, for 90 days."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Tell the verdict and one line a finding.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tell what stands behind each line as well.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="Print without colours.")]
