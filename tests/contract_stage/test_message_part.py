"""What messages can show of their contract, and what one of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.contract.message_part import MAXIMUM_DEPTH, Kind, label, parts, shown

Contracts = Callable[[Mapping[str, object]], Contract]
JOB = {
    "type": "object",
    "required": ["kind", "job"],
    "properties": {"kind": {"$ref": "#/$defs/Kind"}, "job": {"$ref": "#/$defs/Job"}},
}
DEFINITIONS = {
    "Kind": {"type": "string", "enum": ["made", "ended"]},
    "Job": {
        "type": "object",
        "properties": {
            "status": {"enum": ["new", "done"], "type": "string"},
            "note": {"type": ["string", "null"]},
            "parent": {"anyOf": [{"$ref": "#/$defs/Job"}, {"type": "null"}]},
            "level": {"enum": [1, 2, None]},
            "tags": {"type": "array", "items": {"type": ["string", "null"]}},
        },
    },
}


@pytest.fixture
def jobs(contract: Contracts) -> Contract:
    """Return a contract of one message, whose job may hold another job."""
    asyncapi = {
        "asyncapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "channels": {
            "c": {"address": "/", "messages": {"job": {"payload": {"$ref": "./m.json#/$defs/JobMessage"}}}}
        },
    }
    return contract({"asyncapi.json": asyncapi, "m.json": {"$defs": {**DEFINITIONS, "JobMessage": JOB}}})


def told(jobs: Contract, value: Any) -> set[str]:
    """Return the names of what *value* shows."""
    channel = jobs.channels[0]
    return {item.name for item in shown(jobs.library, channel, channel.messages[0], value)}


def test_parts_follow_from_the_contract(jobs: Contract) -> None:
    """Each variant, type, member and nullable is there once, a definition that holds itself too."""
    found: dict[str, list[str]] = {}
    for item in parts(jobs.library, jobs.channels[0]):
        found.setdefault(item.kind, []).append(item.name)
    assert {
        Kind.VARIANTS: ["c/job"],
        Kind.TYPES: ["c/job kind=made", "c/job kind=ended"],
        Kind.MEMBERS: ["Job.status=new", "Job.status=done", "Job.level=1", "Job.level=2"],
        Kind.NULLABLES: [
            *("Job.note null", "Job.note not null", "Job.parent null", "Job.parent not null"),
            *("Job.level null", "Job.level not null", "Job.tags.* null", "Job.tags.* not null"),
        ],
    } == found


def test_value_shows_what_it_holds(jobs: Contract) -> None:
    """A message shows its variant, its type, and the members and nulls that stand in it."""
    value = {"kind": "ended", "job": {"status": "done", "note": None, "level": 2, "tags": []}}
    assert {
        *("c/job", "c/job kind=ended", "Job.status=done"),
        *("Job.note null", "Job.level=2", "Job.level not null"),
    } == told(jobs, value)


def test_what_is_nested_shows_as_well(jobs: Contract) -> None:
    """What stands in a job within a job counts for the definition."""
    value = {"kind": "made", "job": {"status": "new", "parent": {"status": "done", "tags": ["a", None]}}}
    assert {"Job.status=new", "Job.status=done", "Job.parent not null", "Job.tags.* null"} <= told(
        jobs, value
    )


def test_true_is_not_one(jobs: Contract) -> None:
    """A member is the value itself: `true` equals 1 in Python only."""
    assert "Job.level=1" not in told(jobs, {"kind": "made", "job": {"level": True}})


def test_what_a_value_shows_is_among_the_parts(jobs: Contract) -> None:
    """Whatever is shown can be counted: no name comes up that the contract has not given."""
    channel = jobs.channels[0]
    known = set(parts(jobs.library, channel))
    job: Any = {"status": "new", "note": "x", "level": None, "tags": [None, "a"]}
    for _ in range(3):
        job = {**job, "parent": job}
    assert (
        set() == set(shown(jobs.library, channel, channel.messages[0], {"kind": "made", "job": job})) - known
    )


def test_deep_value_is_walked_no_further_than_the_limit(jobs: Contract) -> None:
    """A value of hundreds of levels ends the walk, not the run."""
    job: Any = {"status": "done"}
    for _ in range(MAXIMUM_DEPTH):
        job = {"status": "new", "parent": job}
    found = told(jobs, {"kind": "made", "job": job})
    assert "Job.status=new" in found
    assert "Job.status=done" not in found


def test_label_is_the_place_where_there_is_no_definition() -> None:
    """What stands in no definition is called by its place."""
    assert "asyncapi.yaml#/channels/c" == label("contract:/asyncapi.yaml#/channels/c")
