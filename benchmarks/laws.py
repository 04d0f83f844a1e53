"""Hold the laws of ``accord compare`` against many documents and schemas drawn by chance.

    python benchmarks/laws.py 0 1000              each law with the seeds 0 to 999
    python benchmarks/laws.py 0 100 --draws 1000  and 1,000 values of schemathesis against each safe change

The tests hold the same laws with fewer seeds; ends with 1 when one of them does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "findings"))

from document_draws import altered_document, document_of, in_both_versions, respelt_document  # noqa: E402
from positive_draws import positive  # noqa: E402
from schema_cases import changes_of  # noqa: E402
from schema_draws import altered, loosened, respelt, schema_of  # noqa: E402

from accord.contract.contract import load_text  # noqa: E402
from accord.findings.changes.change import Change, Effect, Sender, Verdict  # noqa: E402
from accord.findings.changes.contracts import compare  # noqa: E402
from accord.findings.changes.policy import Policy  # noqa: E402

OTHER = {Effect.NARROWED: Effect.WIDENED, Effect.WIDENED: Effect.NARROWED, Effect.OTHER: Effect.OTHER}


def strictly(old: Any, new: Any) -> tuple[Change, ...]:
    """Return what changed between two documents where everything that is declared counts."""
    sides = [load_text(json.dumps(item), name="openapi.json") for item in (old, new)]
    return compare(sides[0], sides[1], Policy.STRICT)


def schema_respelt(seed: int, _: int) -> Any:
    """Return a schema and another spelling of it between which something is told, None where nothing is."""
    chance = Random(seed)
    old = schema_of(chance)
    new = respelt(old, chance)
    told = [
        item
        for sender in Sender
        for sides in ((old, new), (new, old))
        for item in changes_of(*sides, sender, Policy.STRICT)
    ]
    return [old, new] if told else None


def document_respelt(seed: int, _: int) -> Any:
    """Return a document and another spelling of it between which something is told."""
    chance = Random(seed)
    old = document_of(chance)
    new = respelt_document(old, chance)
    return [old, new] if strictly(old, new) or strictly(new, old) else None


def next_version(seed: int, _: int) -> Any:
    """Return a document in two versions of OpenAPI between which something is told."""
    chance = Random(seed)
    old, new = in_both_versions(document_of(chance), chance)
    return [old, new] if strictly(old, new) or strictly(new, old) else None


def way_back(seed: int, _: int) -> Any:
    """Return two documents of which the way back has other places, or the same effects."""
    chance = Random(seed)
    old = document_of(chance)
    new = altered_document(old, chance)
    there = {(item.effect, item.old_place, item.new_place) for item in strictly(old, new)}
    back = {(OTHER[item.effect], item.new_place, item.old_place) for item in strictly(new, old)}
    return [old, new] if there != back else None


def refuted(seed: int, draws: int) -> Any:
    """Return two schemas all of whose changes are said to be safe, and a value that is refused."""
    chance = Random(seed)
    old = schema_of(chance)
    new = (altered if seed % 3 == 0 else loosened)(old, chance)
    for sender in Sender:
        changes = changes_of(old, new, sender, Policy.STRICT)
        if not changes or any(item.verdict is not Verdict.SAFE for item in changes):
            continue
        sent, read = (old, new) if sender is Sender.CLIENT else (new, old)
        sends, takes = (
            jsonschema_rs.Draft202012Validator(item, validate_formats=True) for item in (sent, read)
        )
        for value in positive(sent, draws, seed):
            if sends.is_valid(value) and not takes.is_valid(value):
                return [old, new, value]
    return None


LAWS: tuple[Callable[[int, int], Any], ...] = (schema_respelt, document_respelt, next_version, way_back)


def main(first: int, last: int, draws: int) -> int:
    """Hold every law with the seeds from *first* to before *last* and return how many did not hold."""
    broken = 0
    for law in (*LAWS, refuted) if draws else LAWS:
        since, found = time.process_time(), 0
        for seed in range(first, last):
            shown = law(seed, draws)
            if shown is not None:
                found += 1
                print(f"{law.__name__} does not hold with seed {seed}: {json.dumps(shown)}", flush=True)
        broken += found
        seconds = time.process_time() - since
        print(f"{law.__name__}: {last - first - found} of {last - first} in {seconds:.0f} CPU s", flush=True)
    return broken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--draws", type=int, default=0)
    given = parser.parse_args()
    sys.exit(min(main(given.first, given.last, given.draws), 1))
