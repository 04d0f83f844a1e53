"""Odd bodies find services that fall over, and leave the others in peace, whether they take them or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from shop import DOCUMENT, Shop

from accord.config import Settings
from accord.findings.finding import Finding
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.verification import Verification

Open = Callable[..., AbstractContextManager[Verification]]
Answer = tuple[int, Any, list[tuple[bytes, bytes]]]


def names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of *pairs*; raises where a name comes twice, as a strict parser does."""
    if len(dict(pairs)) != len(pairs):
        raise KeyError("a name comes twice")
    return dict(pairs)


def too_deep() -> None:
    """Raise what a parser does that calls itself at each level."""
    raise RecursionError


FAULTS: dict[str, Callable[[dict[str, str], bytes], object]] = {
    "no-content-type": lambda headers, _: headers["content-type"],
    "utf-16": lambda _, body: body.decode(),
    "latin-1": lambda _, body: body.decode() if b"caf" in body else None,
    "byte-order-mark": lambda _, body: (
        json.loads(body.decode()) if body.startswith(b"\xef\xbb\xbf") else None
    ),
    "duplicate-names": lambda _, body: (
        json.loads(body, object_pairs_hook=names_once) if b'"name"' in body else None
    ),
    "deep": lambda _, body: too_deep() if body.startswith(b"[" * 100) else None,
}


class Frail(Shop):
    """A shop that falls over in one way: where *fault* raises, the answer is 500."""

    def __init__(self, fault: Callable[[dict[str, str], bytes], object]) -> None:
        super().__init__()
        self.fault = fault

    def make(self, headers: dict[str, str], body: bytes) -> Answer:
        """Make a thing, or fall over."""
        try:
            self.fault(headers, body)
        except (KeyError, ValueError, RecursionError):
            return 500, {}, []
        return super().make(headers, body)


class Taking(Shop):
    """A shop that takes every body, as a service may that is generous."""

    def make(self, headers: dict[str, str], body: bytes) -> Answer:
        """Make a thing of anything."""
        return 201, {"id": "x"}, []


class Refusing(Shop):
    """A shop that refuses every body, with a status that its contract does not document."""

    def make(self, headers: dict[str, str], body: bytes) -> Answer:
        """Refuse."""
        return 418, {}, []


def findings(verification: Verification) -> list[Finding]:
    """Return what the trial of odd bodies finds."""
    (trial,) = [item for item in verification.trials if item.id.endswith("/odd-body")]
    return [item for outcome in verification.play(trial).outcomes(trial.id) for item in outcome.findings]


@pytest.mark.parametrize("name", FAULTS)
def test_service_that_falls_over_is_found(opening: Open, name: str) -> None:
    """A 500 on an odd body is a server error, with the request that brings it about."""
    with opening(Frail(FAULTS[name])) as verification:
        (finding,) = findings(verification)
    assert ("server-error", "500 {}", 100) == (finding.rule, finding.seen, finding.fault_code)
    assert "make_thing" == finding.operation
    assert "curl -X POST" in finding.reproduce


@pytest.mark.parametrize("shop", [Shop(), Taking(), Refusing()], ids=lambda shop: type(shop).__name__)
def test_service_may_take_or_refuse_them(opening: Open, shop: Shop) -> None:
    """Nothing demands either, so neither is a finding; nor is the status of a refusal."""
    with opening(shop) as verification:
        assert [] == findings(verification)
    assert shop.methods["POST"] >= 5


def test_refusals_look_as_errors_do(settings: Settings) -> None:
    """The shape of an error is promised for these too."""
    errors = {"4XX": {"schema": {"type": "object", "required": ["code"]}}}
    (settings.root / "openapi.json").write_text(json.dumps({**DOCUMENT, "x-errors": errors}))
    with opened(Refusing(), settings, Options()) as verification:
        assert {"misshapen-error"} == {item.rule for item in findings(verification)}
