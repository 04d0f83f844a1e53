"""Approvals: what somebody answers for, until a day, known by its fingerprint and never by wording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from accord.contract import pointer as pointers
from accord.contract.document import Document, read_document
from accord.contract.pointer import Json
from accord.errors import ConfigurationError

_FINGERPRINT = re.compile("[0-9a-f]{16}")
_MEMBERS = ("fingerprint", "owner", "reason", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One approved change or finding: who answers for it, why, and to what day it counts, that day included."""

    fingerprint: str
    owner: str
    reason: str
    until: date

    def said(self) -> str:
        """Return the approval in words."""
        return f"approved by {self.owner} until {self.until.isoformat()}: {self.reason}"

    def ended(self) -> str:
        """Return that it is over, in words."""
        return f"the approval by {self.owner} ended on {self.until.isoformat()}: {self.reason}"


def read_approvals(path: Path) -> tuple[Approval, ...]:
    """Return what the YAML or JSON file at *path* approves: ``approvals``, a list.

    Each has ``fingerprint``, ``owner``, ``reason`` and ``until``, a day such as 2027-01-31. Raises
    ``ConfigurationError`` with file and line for anything else, and ``ContractError`` for a file
    that cannot be read.
    """
    document = read_document(path, name=str(path))
    entries = document.data.get("approvals")
    if not isinstance(entries, list) or set(document.data) != {"approvals"}:
        raise _wrong(document, "", "is not a list of approvals", "Write `approvals:` and a list below it.")
    approvals = [
        _read(document, item, pointers.join("/approvals", index)) for index, item in enumerate(entries)
    ]
    seen: set[str] = set()
    for index, approval in enumerate(approvals):
        if approval.fingerprint in seen:
            at = pointers.join("/approvals", index)
            raise _wrong(
                document, at, f"approves {approval.fingerprint} a second time", "Keep one of the two."
            )
        seen.add(approval.fingerprint)
    return tuple(approvals)


def _read(document: Document, item: Json, at: str) -> Approval:
    if not isinstance(item, dict) or set(item) != set(_MEMBERS):
        raise _wrong(document, at, f"needs {', '.join(_MEMBERS)}, and nothing else", "Correct the approval.")
    texts = dict(_texts(document, item, at))
    if not _FINGERPRINT.fullmatch(texts["fingerprint"]):
        raise _wrong(
            document,
            f"{at}/fingerprint",
            "is not a fingerprint",
            "Take the 16 digits from the report; quote them where they are digits alone.",
        )
    try:
        until = date.fromisoformat(texts["until"])
    except ValueError:
        raise _wrong(document, f"{at}/until", "is not a day", "Write it as 2027-01-31.") from None
    return Approval(
        fingerprint=texts["fingerprint"], owner=texts["owner"], reason=texts["reason"], until=until
    )


def _texts(document: Document, item: Mapping[str, Json], at: str) -> Iterator[tuple[str, str]]:
    for name in _MEMBERS:
        value = item[name]
        if not isinstance(value, str) or not value.strip():
            raise _wrong(document, pointers.join(at, name), "is not a text", "Quote it, and say something.")
        yield name, value


def _wrong(document: Document, at: str, reason: str, next_step: str) -> ConfigurationError:
    return ConfigurationError(reason, place=document.place(at), next_step=next_step)
