"""accord holds a running service against its contract.

    import accord

    contract = accord.load("contracts/mine")
    run = accord.verify("http://127.0.0.1:8000", contract="contracts/mine")
    for finding in run.findings:
        print(finding.rule, finding.pointer, finding.message)

A pytest suite needs one line: ``from accord.suite import test_contract``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.contract.contract import load
    from accord.findings.finding import Finding
    from accord.findings.rule import rule
    from accord.run.verify import verify

__all__ = ["Finding", "load", "rule", "verify"]

# Imported when first asked for: the command line starts in a moment because it asks for none.
_HOMES = {
    "Finding": "accord.findings.finding",
    "load": "accord.contract.contract",
    "rule": "accord.findings.rule",
    "verify": "accord.run.verify",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'accord' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
