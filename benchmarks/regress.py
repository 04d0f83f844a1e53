"""Later versions of the sandbox, held against their own document and against the version before.

    python benchmarks/regress.py                    every variant, then 20 pairs of identical builds
    python benchmarks/regress.py --variants         the variants alone; names after it choose among them
    python benchmarks/regress.py --identical 20     so many pairs alone, each with its own seed
    python benchmarks/regress.py --budget 60        each comparison for so many seconds at most
    python benchmarks/regress.py --write            put what is measured into the table of docs/regress.md

A variant is asked three times: verified by the document that it publishes itself, verified by the contract of
the version before, and compared with the version before. Ends with 1 when a variant is not found by the last
two, when one is found by the first, or when two identical builds differ.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sartiq_sandbox import create_app
from sartiq_sandbox.variants import CATALOGUE, Variant

from accord.config import Settings, read_settings
from accord.findings.finding import Severity
from accord.findings.regression.difference import Standing
from accord.findings.regression.result import Regression
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.regression.regress import Asking, regress

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/regress.md"
EXAMPLES = 3
STAGES = {"rest": "rest", "websocket": "websocket"}


def own_documents(variant: Variant, folder: Path) -> Path:
    """Write what *variant* publishes of itself, the messages among it, to *folder*, and return that."""
    published = create_app().openapi()
    (folder / "openapi.json").write_text(json.dumps(variant.document(published)))
    messages = json.loads((ROOT / "contracts/sartiq/messages.schema.json").read_text())
    (folder / "messages.schema.json").write_text(json.dumps(variant.document(messages)))
    shutil.copy(ROOT / "contracts/sartiq/asyncapi.yaml", folder)
    return folder


def verified(variant: Variant, settings: Settings) -> set[str]:
    """Return the rules that found an error in *variant* by the contract of *settings*."""
    options = Options(max_examples=EXAMPLES, only=STAGES[variant.channel])
    with opened(made(variant), settings, options) as verification:
        run = verification.run(lambda _: None)
    return {item.rule for item in run.findings if item.severity is Severity.ERROR}


def made(variant: Variant) -> Callable[[], object]:
    """Return the factory of *variant*."""
    return lambda: variant.wrap(create_app())


def compared(
    candidate: object, settings: Settings, budget: float | None, seed: int = 0, only: str | None = None
) -> Regression:
    """Return how *candidate* differs from the sandbox."""
    asking = Asking(run=Options(seed=seed, max_examples=EXAMPLES, only=only), budget=budget)
    return regress(create_app, candidate, settings, asking, lambda _: None)


def put_row(page: Path, name: str, cells: Sequence[str]) -> None:
    """Put a row into the table of *page* that has the head of ``variants``, in the place of the one of that name."""
    lines = page.read_text().splitlines()
    row = " | ".join(("", name, *cells, "")).strip()
    first = lines.index(
        "|---|---|---|---|", lines.index("| later version | its own document | old contract | regress |")
    )
    last = next(number for number in range(first, len(lines)) if not lines[number].startswith("|"))
    known = [number for number in range(first, last) if lines[number].startswith(f"| {name} |")]
    at = known[0] if known else last
    lines[at : at + len(known)] = [row]
    page.write_text("\n".join(lines) + "\n")


def variants(names: Sequence[str], settings: Settings, budget: float | None, page: Path | None) -> int:
    """Print what finds each variant, and return how many are not as they should be."""
    wrong = 0
    print(f"{'variant':34}{'own document':14}{'old contract':14}{'regress':34}seconds", flush=True)
    for variant in CATALOGUE:
        if names and variant.name not in names:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            own = replace(settings, contract=str(own_documents(variant, Path(folder))), generated=None)
            by_itself = verified(variant, own)
        by_contract = verified(variant, settings)
        found = compared(made(variant), settings, budget, only=STAGES[variant.channel])
        told = [item for item in found.differences if item.standing is not Standing.ALLOWED]
        kinds = ", ".join(
            f"{len(found.of(standing))} {standing}" for standing in Standing if found.of(standing)
        )
        wrong += bool(by_itself) or not (told or by_contract)
        first = next((f"{item.place} {item.mark.pointer} {item.mark.kind}" for item in told), "nothing")
        print(
            f"{variant.name:34}{_yes(by_itself):14}{_yes(by_contract):14}{kinds:34}{time.monotonic() - began:.0f}"
            f"\n    {first}" + (f"\n    own document: {', '.join(sorted(by_itself))}" if by_itself else ""),
            flush=True,
        )
        if page is not None:
            within = f", within {budget:g} s" if budget else ""
            put_row(
                page, f"`{variant.name}`", (_yes(by_itself), _yes(by_contract), f"{kinds or '-'}{within}")
            )
    return wrong


def identical(number: int, settings: Settings, budget: float | None, first: int, page: Path | None) -> int:
    """Print what is told of two identical builds for each seed, and return how many were told apart."""
    apart = cases = 0
    for seed in range(first, first + number):
        found = compared(create_app, settings, budget, seed=seed)
        apart += bool(found.differences)
        cases += found.cases
        print(
            f"seed {seed:3}: {len(found.differences)} differences in {found.cases} cases, {found.plays} plays, "
            f"{found.settled} settled, {found.seconds:.0f} s",
            flush=True,
        )
        for item in found.differences:
            print(f"    {item.place} {item.status} {item.mark}", flush=True)
    if page is not None:
        name = f"none: {number} pairs of identical builds, seeds {first} to {first + number - 1}"
        within = f", within {budget:g} s each" if budget else ""
        put_row(page, name, ("-", "-", f"{apart or 'none'} told apart, {cases:,} cases{within}"))
    return apart


def _yes(found: object) -> str:
    return "found" if found else "-"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variants", nargs="*")
    parser.add_argument("--identical", type=int)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--budget", type=float)
    parser.add_argument("--write", nargs="?", type=Path, const=PAGE)
    given = parser.parse_args()
    chosen = replace(read_settings(ROOT), corpus=None)
    failures = 0
    if given.variants is not None or given.identical is None:
        failures += variants(given.variants or (), chosen, given.budget, given.write)
    if given.identical is not None or given.variants is None:
        failures += identical(given.identical or 20, chosen, given.budget, given.first, given.write)
    sys.exit(1 if failures else 0)
