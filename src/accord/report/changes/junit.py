"""The JUnit report of a comparison: one test case for each change, and one that passed where nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity
from accord.report.changes.words import (
    command,
    consequence,
    direction,
    location,
    message,
    shown_witness,
    title,
    unlifted,
    used,
    verdict,
)
from accord.report.text import printable

_MESSAGE = 500
_VALUE = 10_000


def render(compared: Compared, *, fail_on: Severity | None) -> bytes:
    """Return *compared* as a JUnit XML document in UTF-8.

    A change that makes the answer *no* is a failure, an approved one skipped, any other one the
    output of a test that passed.
    """
    failed = {id(told) for told in compared.counted(fail_on)}
    root = ET.Element("testsuites", name="accord compare", time=f"{compared.seconds:.3f}")
    suite = ET.SubElement(
        root, "testsuite", name=printable(f"{compared.old} → {compared.new}", limit=_MESSAGE)
    )
    properties = ET.SubElement(suite, "properties")
    about = {
        "accord": compared.accord,
        "old": compared.old_title,
        "new": compared.new_title,
        "policy": compared.policy.value,
        "bump": compared.bump.value,
    }
    for key, value in about.items():
        ET.SubElement(properties, "property", name=key, value=printable(value))
    for told in compared.changes:
        _case(suite, told, failed=id(told) in failed)
    if not compared.changes:
        ET.SubElement(suite, "testcase", classname="accord.compare", name=verdict(compared))
    for element in (suite, root):
        _tally(element)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _case(suite: ET.Element, told: Told, *, failed: bool) -> None:
    change = told.change
    name = printable(
        f"{change.place} {change.effect} {change.sender or ''} {change.fingerprint}", limit=_MESSAGE
    )
    case = ET.SubElement(suite, "testcase", classname=printable(f"accord.compare.{change.rule}"), name=name)
    text = "\n".join(_lines(told))
    if told.approval:
        ET.SubElement(case, "skipped", message=printable(told.approval, limit=_MESSAGE))
    elif failed:
        message = printable(title([told]), limit=_MESSAGE)
        ET.SubElement(case, "failure", type=printable(change.rule), message=message).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _lines(told: Told) -> Iterator[str]:
    change = told.change
    yield f"{change.verdict} {printable(change.rule)}: {printable(title([told]), limit=_VALUE)}"
    label, lines = message(change)
    values = {
        "effect": direction(change),
        "old": location(told.old_path, told.old_line),
        "new": location(told.new_path, told.new_line),
        "witness": shown_witness(change),
        "means": consequence(change),
        label: ", ".join(lines),
        "whole": unlifted(change),
        "reproduce": command(change),
        "replayed": told.replayed,
        "hits": used(told),
        "reason": change.reason,
        "reaches": ", ".join(change.reaches),
        "expired": told.expired,
        "fingerprint": change.fingerprint,
    }
    for label, value in values.items():
        if value:
            yield f"{label}: {printable(value, limit=_VALUE)}"


def _tally(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
