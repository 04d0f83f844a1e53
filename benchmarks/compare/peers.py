"""accord beside the peers that npm and PyPI have: ``python benchmarks/compare/peers.py [PEER ...]``.

Asks each whether the pairs of ``pairs.py`` break a client, and prints how often it says what the tests
say, what it misses, what it calls a break that is none, and what it costs. All answers are kept in
``.accord/peers/answers.json``, for a look at each disagreement. The peers are installed below
``.accord/peers`` once; one with a command only, and no library, is asked about a part of the pairs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pairs import Pair, pairs

FOLDER = Path(__file__).parents[2] / ".accord" / "peers"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One tool: what installs it, the kinds of pairs that it can be asked about, and what asks it.

    ``command`` is run for each ``every``-th pair where it is not empty; it says a break by ``marks``, or by
    the exit code where there are none, and that it could not ask by ``refuses``.
    """

    name: str
    package: str
    kinds: tuple[str, ...] = ("request", "response", "element")
    registry: str = "npm"
    command: tuple[str, ...] = ()
    every: int = 1
    breaks: str = ""
    passes: str = ""


NODE = FOLDER / "npm" / "node_modules"
PYTHON = FOLDER / "python" / "bin"
SCHEMAS = ("request", "response")
PEERS = (
    Peer(name="accord", package="", kinds=(*SCHEMAS, "element", "asyncapi"), registry=""),
    Peer(name="openapi-diff", package="openapi-diff@0.24.1"),
    Peer(name="api-smart-diff", package="api-smart-diff@1.0.6"),
    Peer(name="json-schema-diff", package="json-schema-diff@1.0.0", kinds=SCHEMAS),
    Peer(name="@asyncapi/diff", package="@asyncapi/diff@0.5.0", kinds=("asyncapi",)),
    Peer(name="jsoncompat", package="jsoncompat==0.3.1", kinds=SCHEMAS, registry="pip"),
    Peer(name="jsonsubschema", package="jsonsubschema==0.0.8", kinds=SCHEMAS, registry="pip"),
    Peer(
        name="api-schema-diff",
        package="api-schema-diff==1.0.4",
        registry="pip",
        command=(str(PYTHON / "api-schema-diff"),),
        every=2,
        breaks="BREAKING CHANGES FOUND",
        passes="No breaking changes",
    ),
    Peer(
        name="api-diff-sentinel",
        package="api-diff-sentinel==1.0.2",
        registry="pip",
        command=(str(PYTHON / "api-diff"),),
        breaks="BREAKING CHANGES DETECTED",
        passes="COMPATIBLE",
    ),
    Peer(
        name="optic",
        package="@useoptic/optic@1.0.9",
        command=(str(NODE / ".bin" / "optic"), "diff", "--check"),
        every=5,
        breaks="breaking change",
        passes="Operations:",
    ),
    Peer(
        name="specmatic",
        package="specmatic@2.55.1",
        command=("java", "-jar", str(NODE / "specmatic" / "specmatic.jar"), "compare"),
        every=16,
        breaks="not backward compatible",
        passes="is backward compatible",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a peer said, by the number of the pair, and what it cost: CPU seconds in all, and megabytes."""

    answers: dict[int, str]
    seconds: float
    megabytes: float


def main(names: Sequence[str]) -> None:
    """Ask the peers called *names*, or all."""
    known = list(enumerate(pairs()))
    _write(known)
    kept = FOLDER / "answers.json"
    answers: dict[str, dict[str, str]] = json.loads(kept.read_text()) if kept.exists() else {}
    print(
        "peer                 pairs  agreed  missed  false  refused  undecided  CPU ms a pair   MB",
        flush=True,
    )
    for peer in PEERS:
        if names and peer.name not in names:
            continue
        _install(peer)
        mine = [(number, pair) for number, pair in known if pair.kind in peer.kinds][:: peer.every]
        asked = _run(peer, mine) if peer.command else _driven(peer, mine)
        _tell(peer, mine, asked)
        answers[peer.name] = {known[number][1].name: said for number, said in asked.answers.items()}
        kept.write_text(json.dumps(answers, indent=1))


def _tell(peer: Peer, mine: Sequence[tuple[int, Pair]], asked: Asked) -> None:
    said = [(pair.breaks, asked.answers.get(number, "refused")) for number, pair in mine]
    decided = [(truth, answer) for truth, answer in said if truth is not None]
    tally = [
        sum(answer == ("breaks" if truth else "passes") for truth, answer in decided),
        sum(truth and answer == "passes" for truth, answer in decided),
        sum(not truth and answer == "breaks" for truth, answer in decided),
        sum(answer == "refused" for _, answer in decided),
        sum(answer == "undecided" for _, answer in decided),
    ]
    numbers = "{:7} {:7} {:6} {:8} {:10}".format(*tally)
    cost = f"{asked.seconds * 1000 / max(len(mine), 1):14.1f} {asked.megabytes:5.0f}"
    print(f"{peer.name:20} {len(decided):5} {numbers} {cost}", flush=True)


def _write(known: Sequence[tuple[int, Pair]]) -> None:
    folder = FOLDER / "pairs"
    folder.mkdir(parents=True, exist_ok=True)
    for number, pair in known:
        for side in ("old", "new"):
            path = folder / f"{number}.{side}.json"
            path.write_text(json.dumps(getattr(pair, side)), encoding="utf-8")


def _install(peer: Peer) -> None:
    if peer.registry == "npm" and not (NODE / peer.package.rpartition("@")[0]).exists():
        NODE.parent.mkdir(parents=True, exist_ok=True)
        (NODE.parent / "package.json").touch()
        if not (NODE.parent / "package.json").read_text():
            (NODE.parent / "package.json").write_text('{"private": true}')
        _quietly("npm", "install", "--no-audit", "--no-fund", peer.package, cwd=NODE.parent)
    if peer.registry == "pip":
        if not PYTHON.exists():
            venv.create(PYTHON.parent, with_pip=True)
        _quietly(str(PYTHON / "pip"), "install", "--quiet", peer.package, cwd=FOLDER)


def _quietly(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _driven(peer: Peer, mine: Sequence[tuple[int, Pair]]) -> Asked:
    """Ask a library, in one process of its own; where that dies of a pair, another one goes on behind it."""
    program = {
        "npm": ["node", "--max-old-space-size=512", str(HERE / "drive.cjs"), str(NODE.parent)],
        "pip": [str(PYTHON / "python"), str(HERE / "drive.py")],
        "": [sys.executable, str(HERE / "drive.py")],
    }[peer.registry]
    answers: dict[int, str] = {}
    seconds, memory, rest = 0.0, 0.0, list(mine)
    while rest:
        given = "\n".join(json.dumps(_task(number, pair)) for number, pair in rest)
        done = subprocess.run([*program, peer.name], input=given, capture_output=True, text=True, check=False)
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        answers |= {item["id"]: item["answer"] for item in told if "id" in item}
        seconds += sum(item.get("seconds", 0) for item in told)
        memory = max(memory, *(item.get("memory", 0) for item in told), 0)
        rest = [(number, pair) for number, pair in rest if number not in answers]
        if rest:
            answers[rest.pop(0)[0]] = "refused"
    return Asked(answers=answers, seconds=seconds, megabytes=memory / 1024)


def _task(number: int, pair: Pair) -> dict[str, object]:
    paths = [str(FOLDER / "pairs" / f"{number}.{side}.json") for side in ("old", "new")]
    return {
        "id": number,
        "kind": pair.kind,
        "old": pair.old,
        "new": pair.new,
        "schemas": pair.schemas,
        "paths": paths,
    }


def _run(peer: Peer, mine: Sequence[tuple[int, Pair]]) -> Asked:
    """Run the command of a peer for each pair, its start included in the cost."""
    answers, seconds, memory = {}, 0.0, 0
    for number, _ in mine:
        with (FOLDER / "said.txt").open("w+b") as said:
            process = subprocess.Popen(
                [
                    *peer.command,
                    *(str(FOLDER / "pairs" / f"{number}.{side}.json") for side in ("old", "new")),
                ],
                cwd=FOLDER,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
            said.seek(0)
            text = said.read().decode("utf-8", "replace")
        seconds += usage.ru_utime + usage.ru_stime
        memory = max(memory, usage.ru_maxrss)
        answers[number] = _meant(peer, text)
    return Asked(answers=answers, seconds=seconds, megabytes=memory / 1024)


def _meant(peer: Peer, text: str) -> str:
    # What passes may be a part of what breaks, and the other way round: the longer mark is looked for first.
    marks: Iterator[tuple[str, str]] = iter(
        sorted(((peer.breaks, "breaks"), (peer.passes, "passes")), key=lambda item: -len(item[0]))
    )
    return next((answer for mark, answer in marks if mark in text), "refused")


if __name__ == "__main__":
    main(sys.argv[1:])
