"""What holds of every break of a form or multipart body that is shown as a whole: a law, over bodies drawn by chance."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from form_oracle import FORM, MULTIPART, is_body, media_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.contract.contract import Contract, load_text
from accord.findings.changes.change import Verdict
from accord.findings.changes.contracts import compare


def contract(media_type: str, media: Any, *, answered: bool) -> Contract:
    """Return a contract in which a client or the service sends what *media* describes."""
    body = {"description": "ok", "content": {media_type: media}}
    operation: dict[str, Any] = {"responses": {"200": body if answered else {"description": "ok"}}}
    if not answered:
        operation["requestBody"] = {"required": True, "content": {media_type: media}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": operation}},
    }
    return load_text(json.dumps(document), name="d.json")


def altered(media: Any, chance: Random) -> Any:
    """Return *media* with the encoding or the limit of one field as in another one, where that has the field."""
    other = media_of(chance)
    found = copy.deepcopy(media)
    for name in found["schema"]["properties"]:
        if name in other["schema"]["properties"]:
            part = chance.choice(("schema", "encoding"))
            if part == "schema":
                found["schema"]["properties"][name] = other["schema"]["properties"][name]
            elif name in other["encoding"]:
                found["encoding"][name] = other["encoding"][name]
            else:
                found["encoding"].pop(name, None)
    return found


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.integers(0, 2**32), st.sampled_from([FORM, MULTIPART]), st.booleans())
def test_a_body_that_shows_a_break_holds_for_another_reader(
    seed: int, media_type: str, answered: bool
) -> None:
    """One contract has it and the other has not, says a reader that knows the type of each field."""
    chance = Random(seed)
    old = media_of(chance)
    new = altered(old, chance)
    sides = [contract(media_type, media, answered=answered) for media in (old, new)]
    for whole in wholes(sides):
        held = [is_body(media, whole.header("content-type"), whole.body) for media in (old, new)]
        assert ([False, True] if answered else [True, False]) == held, (old, new, whole)


def wholes(sides: Sequence[Contract]) -> Iterator[Any]:
    """Yield the request or response of each proven break that has one."""
    for change in compare(*sides):
        if change.verdict is not Verdict.BREAKING or change.witness is None:
            continue
        answered = change.witness.answered
        whole = change.witness.request if answered is None else answered.response
        if whole is not None:
            yield whole


def test_what_is_drawn_has_breaks() -> None:
    """The law above is held against some, of requests and of responses."""
    for answered in (False, True):
        found = 0
        for seed in range(20):
            chance = Random(seed)
            old = media_of(chance)
            new = altered(old, chance)
            sides = [contract(MULTIPART, media, answered=answered) for media in (old, new)]
            found += len(list(wholes(sides)))
        assert found > 5
