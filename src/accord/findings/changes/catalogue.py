"""Every rule about changes, with its default severity by verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accord.findings.changes.change import Change, Verdict
from accord.findings.finding import Severity

SEVERITIES = {
    Verdict.BREAKING: Severity.ERROR,
    Verdict.UNPROVEN: Severity.WARNING,
    Verdict.SAFE: Severity.NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """One row: the id, and what it is about in the words of the specification that it comes from."""

    id: str
    about: str


CATALOGUE: tuple[ChangeRule, ...] = (
    ChangeRule(id="added-operation", about="An operation is new."),
    ChangeRule(id="added-parameter", about="An operation takes a parameter that it did not take."),
    ChangeRule(id="added-property", about="An object declares a member that it did not declare."),
    ChangeRule(
        id="changed-additional-properties",
        about="Members that nobody declared became possible or impossible.",
    ),
    ChangeRule(id="changed-body-media-type", about="A request body has a media type more or less."),
    ChangeRule(id="changed-body-required", about="A request body became required or optional."),
    ChangeRule(id="changed-condition", about="What holds if something else does changed."),
    ChangeRule(id="changed-contains", about="What an array must contain changed."),
    ChangeRule(id="changed-content-encoding", about="How a text encodes other content changed."),
    ChangeRule(id="changed-content-media-type", about="What a text contains changed."),
    ChangeRule(id="changed-content-schema", about="What the content of a text must be changed."),
    ChangeRule(id="changed-dependent-required", about="Which members another one asks for changed."),
    ChangeRule(id="changed-dependent-schemas", about="What holds beside a member changed."),
    ChangeRule(id="changed-enum", about="A list of values has one more or less."),
    ChangeRule(id="changed-format", about="The format of a text or number changed."),
    ChangeRule(id="changed-items", about="The items of an array are described otherwise."),
    ChangeRule(id="changed-max-items", about="The greatest number of items changed."),
    ChangeRule(id="changed-max-length", about="The greatest length of a text changed."),
    ChangeRule(id="changed-max-properties", about="The greatest number of members changed."),
    ChangeRule(id="changed-maximum", about="The greatest number changed."),
    ChangeRule(id="changed-min-items", about="The least number of items changed."),
    ChangeRule(id="changed-min-length", about="The least length of a text changed."),
    ChangeRule(id="changed-min-properties", about="The least number of members changed."),
    ChangeRule(id="changed-minimum", about="The least number changed."),
    ChangeRule(id="changed-multiple", about="What a number is a multiple of changed."),
    ChangeRule(id="changed-not", about="What a value must not be changed."),
    ChangeRule(id="changed-operation-id", about="An operation has another operationId."),
    ChangeRule(id="changed-parameter-required", about="A parameter became required or optional."),
    ChangeRule(id="changed-pattern", about="The pattern of a text changed."),
    ChangeRule(
        id="changed-pattern-properties", about="Members whose names match a pattern are described otherwise."
    ),
    ChangeRule(id="changed-required", about="A member became required or optional."),
    ChangeRule(id="changed-schema", about="A schema changed in a way that is too intricate to tell apart."),
    ChangeRule(id="changed-security", about="What lets a caller in is more or less than it was."),
    ChangeRule(id="changed-status", about="An operation answers with a status more or less."),
    ChangeRule(id="changed-type", about="A value has a type more or less."),
    ChangeRule(
        id="changed-unevaluated-items", about="Items that nobody declared became possible or impossible."
    ),
    ChangeRule(id="changed-union", about="A union has an alternative more or less."),
    ChangeRule(id="changed-unique-items", about="Items may or may not be equal now."),
    ChangeRule(id="removed-operation", about="An operation is gone."),
    ChangeRule(id="removed-parameter", about="A parameter of an operation is gone."),
    ChangeRule(id="removed-property", about="An object no longer declares a member."),
)


def severity_of(change: Change) -> Change:
    """Return *change* with the severity of its verdict."""
    return replace(change, severity=SEVERITIES[change.verdict])
