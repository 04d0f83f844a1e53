"""Rules whose verdict is schemathesis': what the pages do not show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import hold, library, read_case
from schemathesis.core.failures import Failure

from accord.cases.aim import Aim, Intent, Judgement
from accord.contract.contract import load
from accord.findings.checks import judged
from accord.findings.evidence import Observation
from accord.findings.finding import Finding


def observed(block: str) -> Observation:
    """Return the observation of one case."""
    said = read_case(block).observed
    assert isinstance(said, Observation)
    return said


def only(said: Observation) -> Finding:
    """Return the one finding of *said*."""
    (finding,) = hold(said, judged.RULES).values()
    return finding


def promising(said: Observation, status: str) -> Observation:
    """Return *said* with an operation that documents *status*."""
    answers = {**said.operation.answers, status: replace(said.operation.answers["200"], status=status)}
    return replace(said, operation=replace(said.operation, answers=answers))


def deviation(block: str) -> str:
    """Return the class of the one finding of *block*."""
    return only(observed(block)).deviation


@given(first=st.text(max_size=60), second=st.text(max_size=60), line=st.integers(1, 9999))
def test_crash_with_other_values_is_the_same_crash(first: str, second: str, line: int) -> None:
    """Message and line of an exception do not make another finding; its function does."""
    failed = observed("GET /books/7\n> 500\n")
    told = [
        only(replace(failed, exchange=replace(failed.exchange, detail=detail))).fingerprint
        for detail in (
            f"KeyError: {first} (library/books.py:{line} in read)",
            f"KeyError: {second} (library/books.py:1 in read)",
            "KeyError: x (library/books.py:1 in write)",
        )
    ]
    assert told[0] == told[1] != told[2]


def test_detail_without_a_place_is_no_class() -> None:
    """A detail that is no crash adds nothing to the status, whatever it holds in parentheses."""
    assert "503" == deviation("# detail: upstream said no (request 8831)\nGET /books/7\n> 503\n")


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_undeclared_method_is_no_excuse(status: int) -> None:
    """To a method that it does not know, a service answers 501 or 405, not another server error."""
    assert str(status) == deviation(f"# aim: shape unspecified_http_method\nTRACE /books/7\n> {status}\n")


def test_not_implemented_is_a_server_error_for_a_declared_method() -> None:
    """501 to a method that the contract declares is a defect."""
    assert "501" == deviation("GET /books/7\n> 501\n")


def test_not_implemented_may_be_promised() -> None:
    """An operation that documents 501 keeps its word with it; 500 is a failure whatever is documented."""
    said = {status: observed(f"GET /books/7\n> {status}\n") for status in (500, 501)}
    failures = {
        status: [
            rule.id
            for rule in judged.RULES
            if rule.id == "server-error"
            for _ in rule.function(library(), promising(item, str(status)))
        ]
        for status, item in said.items()
    }
    assert {500: ["server-error"], 501: []} == failures


def test_two_ways_to_mistreat_a_method_are_two_findings() -> None:
    """Another status than 405, and a 405 without Allow, are told apart; which method does not matter."""
    block = (
        "# aim: shape unspecified_http_method\n# judged: UnsupportedMethodResponse {}\n{} /books/7\n> {}\n"
    )
    assert ["status", "status", "allow"] == [
        deviation(block.format(method, method, status))
        for method, status in (("PATCH", 200), ("TRACE", 204), ("PATCH", 405))
    ]


@pytest.mark.parametrize(
    ("block", "place"),
    [
        (
            "# aim: invalid query.limit\n# judged: AcceptedNegativeData 200\nGET /books?limit=0\n> 200\n",
            "query.limit",
        ),
        (
            "# aim: invalid query.zzz9\n# judged: AcceptedNegativeData 200\nGET /books?zzz9=0\n> 200\n",
            "query",
        ),
        (
            "# aim: invalid body.language\n# judged: AcceptedNegativeData 201\nPOST /books\n\n{}\n> 201\n",
            "body.language",
        ),
        (
            "# aim: invalid body.name\n# judged: AcceptedNegativeData 201\nPOST /books\n\n{}\n> 201\n",
            "body.name",
        ),
        ("# aim: invalid body.x0\n# judged: AcceptedNegativeData 201\nPOST /books\n\n{}\n> 201\n", "body"),
        ("# aim: invalid body.0\n# judged: AcceptedNegativeData 201\nPOST /books\n\n{}\n> 201\n", "body"),
        ("# aim: invalid header.x0\n# judged: AcceptedNegativeData 201\nPOST /loans\n> 201\n", "header"),
    ],
)
def test_only_names_of_the_contract_are_a_class(block: str, place: str) -> None:
    """A name that schemathesis drew is no place of the contract; what is declared, at any depth, is."""
    assert place == deviation(block)


def test_request_wrong_nowhere_in_particular_is_a_class() -> None:
    """An invalid request without a known place is told of as a request."""
    said = observed("# judged: AcceptedNegativeData 200\nGET /books\n> 200\n")
    assert "request" == only(replace(said, aim=Aim(intent=Intent.INVALID))).deviation


def test_failure_that_schemathesis_knows_is_no_custom_check() -> None:
    """What a rule of accord tells is not told once more as a check of the team's; so of every kind there is."""
    kinds, waiting = set[str](), [Failure]
    while waiting:
        waiting.extend(waiting.pop().__subclasses__())
        kinds.update(kind.__name__ for kind in waiting if kind.__module__.startswith("schemathesis"))
    told = {"CustomFailure", "ObjectLevelAuthorizationViolation"}
    assert {*judged._WITH_A_RULE, *told} == {
        *(kind for kind in kinds if "GraphQL" not in kind),
        "Unanswered",
    }


def test_custom_checks_are_told_apart_by_name() -> None:
    """Two checks of the team's are two findings; what one of them says is not."""
    block = "# judged: CustomFailure: Custom check failed: `{}`. {}\nGET /books/7\n> 404\n"
    assert ["one", "one", "two"] == [
        deviation(block.format(name, words))
        for name, words in (("one", "a 7"), ("one", "b 8"), ("two", "a 7"))
    ]
    assert "CustomFailure" == deviation("# judged: CustomFailure: something else\nGET /books/7\n> 404\n")


@pytest.mark.parametrize("intent", [item for item in Intent if item is not Intent.VALID])
def test_only_valid_requests_can_be_rejected_wrongly(intent: Intent) -> None:
    """A rejection is a verdict only about a request that keeps the contract."""
    said = observed("# judged: RejectedPositiveData 422\nGET /books\n> 422\n")
    assert ["rejected-valid-request"] == list(hold(said, judged.RULES))
    assert [] == list(hold(replace(said, aim=Aim(intent=intent)), judged.RULES))


def test_a_rejection_is_told_in_the_words_of_the_service() -> None:
    """Why a request was refused only its answer knows."""
    block = "# judged: RejectedPositiveData 400\nGET /books?limit=3\n> 400\n>\n> {}\n"
    assert (
        '400 {"detail": "three is too much"}'
        == only(observed(block.format('{"detail":\n>   "three is too much"}'))).seen
    )


@pytest.mark.parametrize("status", [402, 410, 412, 423, 424, 425, 428, 451])
def test_a_state_is_no_fault_of_the_request(status: int) -> None:
    """A refusal for the state of things rejects no form, and accepts none."""
    rejected = observed(f"# judged: RejectedPositiveData {status}\nGET /books\n> {status}\n")
    accepted = observed(
        f"# aim: invalid query.limit\n# judged: AcceptedNegativeData {status}\nGET /books\n> {status}\n"
    )
    assert [{}, {}] == [hold(rejected, judged.RULES), hold(accepted, judged.RULES)]


def test_judgement_of_an_unknown_kind_is_not_lost() -> None:
    """A failure for which accord has no rule of its own is told all the same."""
    said = replace(observed("GET /books\n> 401\n"), judgements=(Judgement(kind="Unheard", message="x"),))
    assert ["failed-custom-check"] == list(hold(said, judged.RULES))


def test_property_names_of_any_spelling_are_found_once(tmp_path: Path) -> None:
    """Names are found at every depth, with percent signs and slashes in them, and in a schema that holds itself."""
    thing = {"properties": {"a%20/b~": {"properties": {"in": {"$ref": "#/components/schemas/Thing"}}}}}
    branches = [
        {"items": {"properties": {"i": True}}},
        {"additionalProperties": {"properties": {"m": False}}},
    ]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Thing": {**thing, "anyOf": branches}}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    names = judged._property_names(load(tmp_path).library, "contract:/openapi.json#/components/schemas/Thing")
    assert ["a%20/b~", "i", "in", "m"] == sorted(names)


SIGN_IN = """# aim: invalid body
# judged: AcceptedNegativeData 200
POST /sign-in
Content-Type: {kind}

card=null&password=engine
> 200
> Content-Type: application/json
>
> {{"access_token": "1815"}}
"""
NULL = "- violates `type` at /properties/card (was string, became null)"
LIST = "- violates `type` at /properties/password (was string, became array)"


@pytest.mark.parametrize(
    ("kind", "variant", "found"),
    [
        ("application/x-www-form-urlencoded", NULL, False),
        ("multipart/form-data; boundary=b", f"{NULL}\n{LIST}", False),
        ("application/x-www-form-urlencoded", f"{NULL}\n- violates `minLength` at /properties/card", True),
        ("application/x-www-form-urlencoded", "- violates `type` at /properties/n (was integer, became string)", True),
        ("application/x-www-form-urlencoded", "", True),
        ("application/json", NULL, True),
    ],
)  # fmt: skip
def test_a_form_knows_no_types(kind: str, variant: str, found: bool) -> None:
    """What stands for a text in a form arrives as one; anything else that is wrong counts."""
    said = observed(SIGN_IN.format(kind=kind))
    told = hold(replace(said, aim=replace(said.aim, variant=variant)), judged.RULES)
    assert found is ("accepted-invalid-request" in told)
