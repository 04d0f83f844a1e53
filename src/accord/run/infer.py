"""``accord infer`` without its command line: the changes of a contract that traffic asks for, as a patch."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from accord.contract.contract import Contract
from accord.contract.edit import EditError
from accord.errors import ContractError
from accord.findings.observed.proposal import Proposal, proposals
from accord.run.observe import Naming, observe

_STANDS = "nothing stands there in the text of the document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """What was inferred: the changed ``texts`` by document, what was ``done``, and what is ``left`` and why."""

    folder: Path
    originals: dict[str, str]
    texts: dict[str, str]
    done: tuple[Proposal, ...]
    left: tuple[tuple[Proposal, str], ...]

    def patch(self) -> str:
        """Return the changes as a unified diff, for ``patch -p1`` or ``git apply`` in the contract's folder."""
        parts: list[str] = []
        for name in sorted(self.texts):
            old, new = (StringIO(text).readlines() for text in (self.originals[name], self.texts[name]))
            parts.extend(
                line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
                for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
            )
        return "".join(parts)


def infer(contract: Contract, sources: Iterable[Path], naming: Naming, *, clients: bool = False) -> Inference:
    """Return what would make the traffic of *sources* legal; raises as ``observe`` does."""
    observation = observe(contract, sources, naming)
    originals: dict[str, str] = {}
    texts: dict[str, str] = {}
    done: list[Proposal] = []
    left: list[tuple[Proposal, str]] = []
    for proposal in proposals(contract, observation, clients=clients):
        name = proposal.document
        if proposal.edit is None:
            left.append((proposal, "a person has to say how"))
            continue
        # As it stands in the file: an overlay changes the values of a document and not its text.
        original = originals.setdefault(name, contract.library.document(name).text)
        text = texts.get(name, original)
        try:
            changed = proposal.edit(text)
        except (EditError, ContractError) as problem:
            left.append((proposal, str(problem) or _STANDS))
            continue
        texts[name] = changed
        done.append(proposal)
    return Inference(
        folder=contract.folder,
        originals={name: originals[name] for name in texts},
        texts=texts,
        done=tuple(done),
        left=tuple(left),
    )
