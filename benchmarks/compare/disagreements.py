"""Where the peers and the tests disagree, kind by kind: ``python benchmarks/compare/disagreements.py [KIND]``.

Reads what ``peers.py`` kept. A kind is a rule, by who sends, or that nothing changed; with a KIND, its
pairs are named, with who is on which side.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator

from pairs import Pair, pairs
from peers import FOLDER


def main(wanted: str) -> None:
    """Print a table, or the pairs of one kind."""
    answers = json.loads((FOLDER / "answers.json").read_text())
    answers.pop("accord", None)
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs():
        if pair.breaks is None:
            continue
        truth = "breaks" if pair.breaks else "passes"
        said = {peer: kept[pair.name] for peer, kept in answers.items() if pair.name in kept}
        against = sorted(peer for peer, answer in said.items() if answer not in (truth, "refused"))
        for kind in _kinds(pair):
            tally[kind]["pairs"] += 1
            tally[kind]["asked"] += sum(answer != "refused" for answer in said.values())
            tally[kind]["missed" if pair.breaks else "false"] += len(against)
            if kind == wanted and against:
                others = sorted(peer for peer, answer in said.items() if answer == truth)
                print(f"{pair.name}: it {truth}; against: {', '.join(against)}; with: {', '.join(others)}")
    if not wanted:
        print(f"{'kind':44} pairs answers missed false")
        for kind, found in sorted(tally.items(), key=lambda item: -(item[1]["missed"] + item[1]["false"])):
            if found["missed"] or found["false"]:
                print(
                    f"{kind:44} {found['pairs']:5} {found['asked']:7} {found['missed']:6} {found['false']:5}"
                )


def _kinds(pair: Pair) -> Iterator[str]:
    """Yield the rule that decides, else that what changed is safe, or that nothing changed."""
    breaking = sorted({item.partition(" ")[2] for item in pair.told if item.startswith("breaking")})
    safe = sorted({item.partition(" ")[2] for item in pair.told})
    if breaking:
        yield f"breaking {breaking[0]}"
    elif safe:
        yield f"safe {safe[0]}"
    else:
        yield f"nothing changed, {pair.name.partition(':')[0]}"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
