"""A fact as a JSON object: what is kept of it, and what programs get. No secret is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from accord.contract.pointer import Json
from accord.exchange.secrets import Secrets
from accord.findings.changes.result import Told
from accord.findings.drift.fact import Fact
from accord.findings.finding import Finding
from accord.report.changes.words import command, consequence, direction, headline, location, shown_witness

_TEXT = 2_000
_REACHES = 20
_SURROGATE = re.compile("[\ud800-\udfff]")

Rows = Iterator[tuple[str, str]]


def describe(fact: Fact, secrets: Secrets) -> dict[str, Json]:
    """Return *fact* as JSON: ``key``, ``kind``, ``rule``, ``grade``, ``severity``, ``headline``, ``where``, ``rows``.

    Each of ``rows`` is a label and a text of at most 2,000 characters.
    """
    said, where, rows = _said(fact)
    return {
        "key": fact.key,
        "kind": fact.kind.value,
        "rule": fact.rule,
        "grade": fact.grade.value,
        "severity": fact.severity.value,
        "headline": _plain(said, secrets),
        "where": _plain(where, secrets),
        "rows": [[label, _plain(text, secrets)] for label, text in rows if text],
    }


def _said(fact: Fact) -> tuple[str, str, Rows]:
    """Return what *fact* says in one line, where it shows, and its rows."""
    proof = fact.proof
    if isinstance(proof, Told):
        return headline(proof.change), _reach(proof.change.reaches, 1), _published(proof)
    if isinstance(proof, Finding):
        return proof.message, proof.operation or proof.channel or "", _observed(proof)
    return "the service cannot be asked whether it keeps its contract", "", iter([("reason", proof)])


def _published(told: Told) -> Rows:
    change = told.change
    yield "effect", direction(change)
    yield "contract", _side(told.old_path, told.old_line, change.old_place, change.old)
    yield "published", _side(told.new_path, told.new_line, change.new_place, change.new)
    if change.witness is not None:
        # The value itself, and then what it means: whoever gets the alert has no other report beside it.
        has_value = change.witness.value is not None or not change.witness.said
        shown = replace(change, witness=replace(change.witness, said="")) if has_value else change
        yield "witness", shown_witness(shown)
        yield "means", (has_value and change.witness.said) or consequence(change)
    yield "reproduce", command(change)
    yield "reason", change.reason
    yield "reaches", _reach(change.reaches, _REACHES)
    yield "approved", told.approval
    yield "expired", told.expired
    yield "fingerprint", change.fingerprint


def _reach(names: Sequence[str], limit: int) -> str:
    shown, more = ", ".join(names[:limit]), len(names) - limit
    return f"{shown} and {more:,} more" if more > 0 else shown


def _observed(finding: Finding) -> Rows:
    yield "at", finding.operation or finding.channel or ""
    yield "contract", finding.pointer
    yield "expected", finding.expected
    yield "seen", finding.seen
    yield "reproduce", finding.reproduce
    yield "fingerprint", finding.fingerprint


def _side(path: str, line: int | None, place: str, text: str) -> str:
    where = f"{location(path, line)}#{place.partition('#')[2]}" if place else "nothing"
    return f"{where}  {text}" if text else where


def _plain(text: str, secrets: Secrets) -> str:
    """Return *text* masked, of bounded length, and without what UTF-8 cannot hold."""
    text = secrets.mask(text)
    if len(text) > _TEXT:
        text = f"{text[:_TEXT]}… ({len(text):,} characters)"
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
