"""Workflows played against services that are functions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.composition import resolve_payload
from accord.cases.expression import Context, UnresolvedError
from accord.cases.workflow import (
    Bounds,
    StepReply,
    StepRequest,
    StepResult,
    build_request,
    entry_workflows,
    play,
    play_all,
)
from accord.contract.arazzo import OperationReference, Workflow, read_workflows
from accord.contract.openapi import Parameter
from accord.contract.workflow import Replacement, StepBody
from accord.errors import ConfigurationError, ContractError

Answer = tuple[int, Any] | tuple[int, Any, tuple[tuple[str, str], ...]]


class Service:
    """A service that answers each operation from a list, the last answer for ever."""

    def __init__(self, **answers: list[Answer]) -> None:
        self.answers = {name: list(items) for name, items in answers.items()}
        self.asked: list[StepRequest] = []
        self.waits: list[float] = []

    @property
    def calls(self) -> list[str | None]:
        """The operations in the order of their calls."""
        return [request.operation.id for request in self.asked]

    def send(self, step: StepRequest) -> StepReply:
        """Answer *step*."""
        self.asked.append(step)
        request = build_request(step, method="POST", path="/x", base_url="http://127.0.0.1")
        name = str(step.operation.id)
        waiting = self.answers.get(name, [(200, {})])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        headers = (("Content-Type", "application/json"), *(answer[2] if len(answer) > 2 else ()))
        token = (name, len(self.asked))
        return StepReply(
            request=request,
            status=answer[0],
            headers=headers,
            body=json.dumps(answer[1]).encode(),
            token=token,
        )


def step(name: str, **members: Any) -> dict[str, Any]:
    """Return a Step Object that calls the operation of its own name."""
    return {"stepId": name, **({} if "workflowId" in members else {"operationId": name}), **members}


def read(*workflows: dict[str, Any]) -> dict[str, Workflow]:
    """Return the workflows of a document by id."""
    document: dict[str, Any] = {
        "arazzo": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "shop", "url": "openapi.yaml", "type": "openapi"}],
        "components": {"inputs": {"user": {"type": "string", "default": "ann"}}},
        "workflows": list(workflows),
    }
    return {item.id: item for item in read_workflows(document, place="w.yaml")}


def run(
    service: Service,
    *steps: dict[str, Any],
    inputs: Mapping[str, Any] | None = None,
    bounds: Bounds | None = None,
    also: tuple[dict[str, Any], ...] = (),
    **members: Any,
) -> list[StepResult]:
    """Play a workflow ``main`` of *steps* and return its results."""
    workflows = read({"workflowId": "main", "steps": list(steps), **members}, *also)
    return list(
        play(
            workflows["main"],
            inputs=inputs or {},
            send=service.send,
            wait=service.waits.append,
            workflows=workflows,
            bounds=bounds or Bounds(),
            clock=lambda: 0.0,
        )
    )


def verdicts(results: list[StepResult]) -> dict[str, str]:
    """Return the verdict of each step."""
    return {item.step.id: item.verdict.value for item in results}


OK = [{"condition": "$statusCode == 200"}]


def test_a_failure_in_the_middle_is_told() -> None:
    """A step in the middle fails with its criterion and its evidence; what follows is not reached."""
    service = Service(b=[(500, {"detail": "no"})])
    results = run(service, step("a"), step("b", successCriteria=OK), step("c"), step("d"))
    assert verdicts(results) == {"a": "passed", "b": "failed", "c": "not_reached", "d": "not_reached"}
    failed = results[1]
    assert failed.criterion == "w.yaml#/workflows/0/steps/1/successCriteria/0"
    assert (failed.expected, failed.seen) == ("$statusCode == 200", "$statusCode is 500")
    assert failed.evidence is not None
    assert failed.evidence.token == ("b", 2)
    assert results[2].reason == "step 'b' failed"
    assert service.calls == ["a", "b"]


def test_without_criteria_the_contract_judges_the_status() -> None:
    """A step without criteria asks whether its status is a success."""
    workflow = read({"workflowId": "main", "steps": [step("a"), step("b")]})["main"]
    service = Service(a=[(404, {})], b=[(200, {})])
    results = play(
        workflow,
        inputs={},
        send=service.send,
        wait=service.waits.append,
        workflows={},
        accepts=lambda request, status: request.operation.id == "a" and status == 404,
    )
    assert verdicts(list(results)) == {"a": "passed", "b": "failed"}


TOKEN = {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}


def schema(**members: Any) -> dict[str, Any]:
    """Return a workflow ``main`` without steps."""
    return {"workflowId": "main", **members}


def play_main(service: Service, workflows: dict[str, Workflow], **inputs: Any) -> list[StepResult]:
    """Play the workflow ``main``."""
    return list(
        play(
            workflows["main"],
            inputs=inputs,
            send=service.send,
            wait=service.waits.append,
            workflows=workflows,
            clock=lambda: 0.0,
        )
    )


def test_values_flow_between_steps() -> None:
    """Outputs of one step become parameters, headers and body of the next, with their types."""
    service = Service(a=[(200, {"id": 7, "tags": ["x"]})])
    second = step(
        "b",
        parameters=[
            {"name": "id", "in": "query", "value": "$steps.a.outputs.id"},
            {"name": "Authorization", "in": "header", "value": "Bearer {$inputs.token}"},
        ],
        requestBody={"payload": {"tags": "$steps.a.outputs.tags", "n": 1}},
    )
    first = step("a", outputs={"id": "$response.body#/id", "tags": "$response.body#/tags"})
    play_main(service, read(schema(inputs=TOKEN, steps=[first, second])), token="t")
    asked = service.asked[1]
    assert asked.query == {"id": 7}
    assert asked.headers == {"Authorization": "Bearer t"}
    assert asked.body == {"tags": ["x"], "n": 1}


def test_a_missing_output_fails_the_step_that_needs_it() -> None:
    """A value that a reply did not hold fails the step that needs it, with that reply as evidence."""
    service = Service(a=[(200, {})])
    results = run(
        service,
        step("a", outputs={"id": "$response.body#/id"}),
        step("b", parameters=[{"name": "id", "in": "query", "value": "$steps.a.outputs.id"}]),
    )
    assert verdicts(results) == {"a": "passed", "b": "failed"}
    assert results[1].reason == "cannot be asked: $steps.a.outputs.id has no value"
    assert results[1].evidence == results[0].evidence


def test_no_answer_fails_a_step() -> None:
    """A step whose request gets no response fails with the reason of the sender."""
    workflows = read(schema(steps=[step("a", successCriteria=[{"condition": "true"}])]))

    def send(asked: StepRequest) -> StepReply:
        request = build_request(asked, method="GET", path="/", base_url="http://127.0.0.1")
        return StepReply(request=request, status=None, detail="timeout")

    (result,) = play(workflows["main"], inputs={}, send=send, wait=lambda _: None, workflows=workflows)
    assert (result.verdict.value, result.reason) == ("failed", "timeout")


AGAIN = {"name": "again", "type": "retry", "retryAfter": 2, "retryLimit": 3}


def test_a_retry_may_succeed() -> None:
    """A step that succeeds when it is tried again has passed; its attempts are counted."""
    service = Service(a=[(503, {}), (503, {}), (200, {})])
    results = run(service, step("a", onFailure=[AGAIN]), step("b"))
    assert verdicts(results) == {"a": "passed", "b": "passed"}
    assert results[0].attempts == 3
    assert service.waits == [2, 2]


def test_retries_end_and_the_next_action_follows() -> None:
    """The limit of a retry is exhausted before the next action is taken."""
    service = Service(a=[(503, {})])
    recover = {"name": "recover", "type": "goto", "stepId": "c"}
    results = run(service, step("a", onFailure=[AGAIN, recover]), step("b"), step("c"))
    assert verdicts(results) == {"a": "failed", "b": "not_reached", "c": "passed"}
    assert service.calls == ["a"] * 4 + ["c"]
    assert results[1].reason == "step 'a' went on to step 'c'"


def test_one_retry_is_the_default() -> None:
    """Without a limit a step is retried once."""
    service = Service(a=[(503, {})])
    run(service, step("a", onFailure=[{"name": "again", "type": "retry", "retryAfter": 0}]))
    assert service.calls == ["a", "a"]
    assert service.waits == []


def test_retry_after_of_the_answer_overrules() -> None:
    """The Retry-After header of an answer counts more than retryAfter; nonsense in it does not."""
    later = (("Retry-After", "7"),)
    service = Service(a=[(503, {}, later), (503, {}, (("Retry-After", "soon"),)), (200, {})])
    run(service, step("a", onFailure=[AGAIN]))
    assert service.waits == [7, 2]


def test_a_retry_does_not_pass_the_time_limit() -> None:
    """A retry that would end after the limit on seconds is not awaited."""
    service = Service(a=[(503, {}, (("Retry-After", "99999"),))])
    (result,) = run(service, step("a", onFailure=[AGAIN]))
    assert service.waits == []
    assert "no time is left" in result.reason


def test_a_retry_performs_its_step_first() -> None:
    """A retry that refers to a step performs it and then tries again."""
    service = Service(b=[(401, {}), (200, {})])
    again = {
        "name": "log in",
        "type": "retry",
        "stepId": "a",
        "criteria": [{"condition": "$statusCode == 401"}],
    }
    results = run(service, step("a"), step("b", onFailure=[again]))
    assert verdicts(results) == {"a": "passed", "b": "passed"}
    assert service.calls == ["a", "b", "a", "b"]


def test_goto_skips_steps_and_end_ends() -> None:
    """Actions are taken by the first whose criteria hold; steps that are passed over say so."""
    service = Service(a=[(200, {"kind": "short"})])
    jump = {
        "name": "j",
        "type": "goto",
        "stepId": "c",
        "criteria": [{"condition": "$response.body#/kind == 'SHORT'"}],
    }
    never = {"name": "n", "type": "end", "criteria": [{"condition": "$statusCode == 201"}]}
    stop = {"name": "stop", "type": "end"}
    results = run(
        service, step("a", onSuccess=[never, jump]), step("b"), step("c", onSuccess=[stop]), step("d")
    )
    assert verdicts(results) == {"a": "passed", "b": "not_reached", "c": "passed", "d": "not_reached"}
    assert results[3].reason == "step 'c' ended the workflow"


def test_a_loop_is_bounded() -> None:
    """A goto that never ends fails where the limit on calls is reached."""
    service = Service()
    back = {"name": "back", "type": "goto", "stepId": "a"}
    results = run(service, step("a"), step("b", onSuccess=[back]), step("c"), bounds=Bounds(calls=10))
    assert verdicts(results) == {"a": "failed", "b": "passed", "c": "not_reached"}
    assert results[0].reason == "the workflow passed its limit of 10 calls"
    assert len(service.calls) == 10


def test_the_time_of_a_loop_is_bounded() -> None:
    """A workflow that takes longer than its seconds fails."""
    ticks = itertools.count(0, 60)
    back = {"name": "back", "type": "goto", "stepId": "a"}
    workflows = read(schema(steps=[step("a", onSuccess=[back])]))
    (result,) = play(
        workflows["main"],
        inputs={},
        send=Service().send,
        wait=lambda _: None,
        workflows=workflows,
        clock=lambda: float(next(ticks)),
    )
    assert result.reason == "the workflow passed its limit of 300 seconds"


LOGIN = {
    "workflowId": "login",
    "inputs": {"type": "object", "properties": {"user": {"$ref": "#/components/inputs/user"}}},
    "steps": [
        step(
            "enter",
            requestBody={
                "contentType": "application/x-www-form-urlencoded",
                "payload": {"user": "$inputs.user"},
            },
            outputs={"token": "$response.body#/token"},
        )
    ],
    "outputs": {"token": "$steps.enter.outputs.token"},
}
USE = step("use", parameters=[{"name": "t", "in": "query", "value": "$steps.in.outputs.t"}])


def test_a_step_calls_a_workflow() -> None:
    """Parameters are the inputs of a workflow that a step calls, its outputs are the step's to pass on."""
    service = Service(enter=[(200, {"token": "t1"})])
    call = step(
        "in",
        workflowId="login",
        parameters=[{"name": "user", "value": "bob"}],
        successCriteria=[{"condition": "$outputs.token == 't1'"}],
        outputs={"t": "$workflows.login.outputs.token"},
    )
    results = run(service, call, USE, also=(LOGIN,))
    assert verdicts(results) == {"enter": "passed", "in": "passed", "use": "passed"}
    assert service.asked[0].body == {"user": "bob"}
    assert service.asked[1].query == {"t": "t1"}


def test_a_failure_inside_fails_the_calling_step() -> None:
    """A workflow that fails fails the step that called it, with the same evidence."""
    service = Service(enter=[(500, {})])
    results = run(
        service, step("in", workflowId="login", outputs={"t": "$outputs.token"}), USE, also=(LOGIN,)
    )
    assert verdicts(results) == {"enter": "failed", "in": "failed", "use": "not_reached"}
    inside, outside = results[:2]
    assert outside.reason == "step 'enter' of workflow 'login' failed: the status is no success"
    assert inside.evidence is outside.evidence


def test_workflows_in_workflows_are_bounded() -> None:
    """A workflow that calls itself fails instead of running for ever."""
    results = run(Service(), step("a", workflowId="main"))
    assert verdicts(results) == {"a": "failed"}


def test_inputs_have_defaults_and_a_schema() -> None:
    """Defaults of the schema, through references, fill inputs; inputs that do not fit stop the run."""
    service = Service()
    workflows = read({**LOGIN, "workflowId": "main"})
    play_main(service, workflows)
    assert service.asked[0].body == {"user": "ann"}
    with pytest.raises(ConfigurationError) as caught:
        play_main(service, workflows, user=5)
    assert caught.value.place == "w.yaml#/workflows/0/inputs"


def test_a_secret_input_is_not_told() -> None:
    """The error about an input does not hold its value."""
    workflows = read(schema(inputs=TOKEN, steps=[step("a")]))
    with pytest.raises(ConfigurationError) as caught:
        play_main(Service(), workflows, token=["hush"])
    assert "hush" not in str(caught.value)


def test_dependencies_run_first_and_once() -> None:
    """What a workflow depends on is played before it, once, and its outputs can be read."""
    service = Service(enter=[(200, {"token": "t2"})])
    first, second = (
        {
            "workflowId": name,
            "dependsOn": ["login"],
            "steps": [
                step(
                    name, parameters=[{"name": "t", "in": "query", "value": "$workflows.login.outputs.token"}]
                )
            ],
        }
        for name in ("one", "two")
    )
    workflows = read(first, second, LOGIN)
    results = list(
        play_all(
            {name: {} for name in workflows}, send=service.send, wait=lambda _: None, workflows=workflows
        )
    )
    assert service.calls == ["enter", "one", "two"]
    assert service.asked[2].query == {"t": "t2"}
    assert verdicts(results) == {"enter": "passed", "one": "passed", "two": "passed"}


def test_a_failed_dependency_stops_its_dependents() -> None:
    """A workflow whose dependency failed is not played."""
    service = Service(enter=[(500, {})])
    results = run(service, step("a"), dependsOn=["login"], also=(LOGIN,))
    assert verdicts(results) == {"enter": "failed", "a": "not_reached"}
    assert service.calls == ["enter"]


def test_goto_a_workflow_is_one_way() -> None:
    """Control that goes to a workflow does not come back."""
    leave = {"name": "leave", "type": "goto", "workflowId": "login"}
    service = Service()
    results = run(service, step("a", onSuccess=[leave]), step("b"), also=(LOGIN,))
    assert verdicts(results) == {"enter": "passed", "a": "passed", "b": "not_reached"}
    assert entry_workflows(read(schema(steps=[step("a", onSuccess=[leave])]), LOGIN)) == ("main",)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "status": st.sampled_from([200, 500]),
                "success": st.none() | st.integers(0, 4),
                "failure": st.none() | st.integers(0, 4),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_step_has_one_result(plan: list[dict[str, Any]]) -> None:
    """However control jumps, each step has exactly one result, in order, and the play ends."""
    names = [f"s{index}" for index in range(len(plan))]
    steps = []
    for name, item in zip(names, plan, strict=True):
        members = {
            key: [{"name": "g", "type": "goto", "stepId": names[item[short] % len(names)]}]
            for key, short in (("onSuccess", "success"), ("onFailure", "failure"))
            if item[short] is not None
        }
        steps.append(step(name, **members))
    service = Service(**{name: [(item["status"], {})] for name, item in zip(names, plan, strict=True)})
    results = run(service, *steps, bounds=Bounds(calls=20))
    assert names == [item.step.id for item in results]
    assert {item.step.id for item in results if item.attempts} >= set(filter(None, service.calls))
    assert all(bool(item.attempts) is (item.verdict.value != "not_reached") for item in results)


def parameter(name: str, location: str, style: str, *, explode: bool) -> Parameter:
    """Return a declared parameter."""
    return Parameter(
        name=name,
        location=location,
        required=False,
        schema=None,
        style=style,
        explode=explode,
        uri="o.yaml#/p",
    )


def built(template: str = "/x", /, **members: Any) -> Any:
    """Build the request of a step."""
    parameters = members.pop("parameters", ())
    asked = StepRequest(operation=OperationReference(id="x"), step="w.yaml#/s", **members)
    return build_request(asked, method="GET", path=template, base_url="http://h/api/", parameters=parameters)


def test_a_request_is_built() -> None:
    """Path, query, headers, cookies and body come together on the wire."""
    request = built(
        "/a/{id}/b",
        path={"id": "x/ y,é"},
        query={"q": ["1", "2&"], "n": 5, "f": True},
        headers={"X-A": [1, 2]},
        cookies={"c": "a;b"},
        body={"é": 1},
    )
    assert request.url == "http://h/api/a/x%2F%20y%2C%C3%A9/b?q=1&q=2%26&n=5&f=true"
    assert request.headers == (("X-A", "1,2"), ("Cookie", "c=a%3Bb"), ("Content-Type", "application/json"))
    assert json.loads(request.body) == {"é": 1}


@pytest.mark.parametrize(
    ("explode", "value", "cookies"),
    [
        (True, "a%20b c", "c=a%20b c"),
        (True, ["a", "b"], "c=a; c=b"),
        (True, {"x": 1, "y": "z"}, "x=1; y=z"),
        (False, ["a", "b"], "c=a,b"),
        (False, {"x": 1}, "c=x,1"),
    ],
)
def test_a_cookie_of_its_own_style_is_written_as_it_is(explode: bool, value: Any, cookies: str) -> None:
    """Nothing is escaped, and what is taken apart are cookies (OpenAPI 3.2, 4.12.6)."""
    declared = Parameter(
        name="c", location="cookie", required=False, schema=None, style="cookie", explode=explode, uri=""
    )
    assert (("Cookie", cookies),) == built("/a", parameters=(declared,), cookies={"c": value}).headers


def test_a_cookie_of_its_own_style_holds_no_semicolon() -> None:
    """It would be the end of the cookie."""
    declared = Parameter(
        name="c", location="cookie", required=False, schema=None, style="cookie", explode=True, uri=""
    )
    with pytest.raises(UnresolvedError, match="semicolon"):
        built("/a", parameters=(declared,), cookies={"c": "a;b"})


@pytest.mark.parametrize(
    ("style", "explode", "value", "query"),
    [
        ("form", True, [1, 2], "p=1&p=2"),
        ("form", False, [1, 2], "p=1,2"),
        ("spaceDelimited", False, [1, 2], "p=1%202"),
        ("pipeDelimited", False, [1, 2], "p=1%7C2"),
        ("form", True, {"a": 1, "b": 2}, "a=1&b=2"),
        ("form", False, {"a": 1, "b": 2}, "p=a,1,b,2"),
        ("deepObject", True, {"a": 1}, "p%5Ba%5D=1"),
    ],
)
def test_query_styles(style: str, explode: bool, value: object, query: str) -> None:
    """The styles of OpenAPI's parameters (3.1, 4.8.12.2)."""
    request = built(query={"p": value}, parameters=[parameter("p", "query", style, explode=explode)])
    assert request.url.partition("?")[2] == query


@settings(deadline=None, derandomize=True)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text not in (".", ".."))
)
def test_any_text_reaches_the_service(text: str) -> None:
    """Whatever text stands in path, query or form is what a server reads there."""
    form = built(
        "/a/{p}",
        path={"p": text},
        query={"q": text},
        body={"b": text},
        content_type="application/x-www-form-urlencoded",
    )
    parts = urlsplit(form.url)
    assert unquote(parts.path.removeprefix("/api/a/")) == text
    assert parse_qsl(parts.query, keep_blank_values=True) == [("q", text)]
    assert parse_qsl(form.body.decode(), keep_blank_values=True) == [("b", text)]


@pytest.mark.parametrize(
    "members",
    [
        {"path": {"id": ""}},
        {"path": {"id": None}},
        {"path": {"id": ".."}},
        {"path": {"id": "\ud800"}},
        {"path": {"id": 1}, "headers": {"X": "a\r\nb: c"}},
        {"path": {"id": 1}, "headers": {"X": "日本"}},
        {"path": {"id": 1}, "body": "\ud800", "content_type": "text/plain"},
    ],
)
def test_a_value_that_http_cannot_carry_is_refused(members: dict[str, Any]) -> None:
    """No value of a service leads to another path or another header."""
    with pytest.raises(UnresolvedError):
        built("/a/{id}", **members)


@pytest.mark.parametrize(
    "members",
    [{}, {"path": {"id": 1, "other": 2}}, {"path": {"id": 1}, "body": {"a": 1}, "content_type": "image/png"}],
)
def test_a_step_that_does_not_fit_its_operation_is_refused(members: dict[str, Any]) -> None:
    """A mistake of the author, unlike one of the service, stops the run."""
    with pytest.raises(ContractError):
        built("/a/{id}", **members)


def payload(value: Any, *replacements: tuple[str, Any], content_type: str | None = None) -> tuple[Any, bool]:
    """Resolve a payload over one input ``x``."""
    made = tuple(Replacement(target=target, value=item, pointer="") for target, item in replacements)
    body = StepBody(content_type=content_type, payload=value, replacements=made, pointer="")
    return resolve_payload(body, Context(inputs={"x": 'a"&<', "o": {"k": [1]}}))


def test_payloads_are_resolved() -> None:
    """Templates stay text with their values escaped, expressions have types, replacements set members."""
    assert payload({"a": "$inputs.o"}) == ({"a": {"k": [1]}}, False)
    assert payload("$inputs.x") == ('a"&<', False)
    assert payload('{"a": "{$inputs.x}"}', content_type="application/json") == ('{"a": "a\\"&<"}', True)
    assert payload("a={$inputs.x}", content_type="application/x-www-form-urlencoded") == (
        "a=a%22%26%3C",
        True,
    )
    assert payload("<a>{$inputs.x}</a>", content_type="application/xml") == ("<a>a&quot;&amp;&lt;</a>", True)
    assert payload("$inputs.o", ("/k/0", 2), ("/new~1", "$inputs.x")) == ({"k": [2], "new/": 'a"&<'}, False)
    assert payload('{"a": 1}', ("/a", None)) == ({"a": None}, False)


@pytest.mark.parametrize("target", ["/k/1", "/k/-1", "/none/a", "/k/0/a"])
def test_a_replacement_needs_its_place(target: str) -> None:
    """A replacement whose place is not in the payload cannot be made."""
    with pytest.raises(UnresolvedError):
        payload("$inputs.o", (target, 1))


def test_a_replacement_leaves_the_document_as_it_is() -> None:
    """Playing a workflow twice says the same twice."""
    literal: Callable[[], dict[str, Any]] = lambda: {"a": {"b": 1}}  # noqa: E731
    written = literal()
    payload(written, ("/a/b", 2))
    assert written == literal()
