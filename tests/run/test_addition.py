"""Facts about the cases that only a comparison needs."""

from __future__ import annotations

import json

from corpus_service import DOCUMENT

from accord.cases.aim import Aim, Intent
from accord.contract.contract import load_text
from accord.run.corpus.stored import Corpus, Step, StoredCase
from accord.run.regression.addition import with_additions


def _contract():
    document = json.loads(json.dumps(DOCUMENT))
    body = document["paths"]["/notes"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"] |= {"color": {"type": "string"}, "size": {"type": "integer"}}
    return load_text(json.dumps(document), name="openapi.json")


def _case(body, status=201):
    step = Step(
        operation="create_note", caller="default", method="POST", target="/notes", body=json.dumps(body)
    )
    return StoredCase(
        operation="create_note", description="d", aim=Aim(intent=Intent.VALID), status=status, steps=(step,)
    )


def _added(*cases):
    corpus = with_additions(_contract(), Corpus(cases={"create_note": cases}))
    return [case for items in corpus.cases.values() for case in items if case not in cases]


def test_what_is_optional_is_left_out_all_of_it_and_each_alone():
    """What a service does then is its default."""
    bodies = [
        json.loads(case.steps[-1].body)
        for case in _added(_case({"text": "a", "color": "b", "size": 1}))
        if case.operation == "create_note"
    ]
    expected = [{"text": "a"}, {"text": "a", "size": 1}, {"text": "a", "color": "b"}]
    assert sorted(map(str, expected)) == sorted(map(str, bodies))


def test_what_was_made_is_read_where_a_link_leads():
    """The id comes from the answer, whatever it is there."""
    (read,) = (case for case in _added(_case({"text": "a"})) if case.operation == "read_note")
    assert ("GET", "/notes/${0#/id}") == (read.steps[-1].method, read.steps[-1].target)


def test_what_was_refused_makes_no_further_case():
    """Nothing was made, and what is left out of it shows no default."""
    assert [] == _added(_case({"text": 1}, status=422))
