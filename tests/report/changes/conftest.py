"""Comparisons to report on: one by hand, and a strategy that draws any other."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.exchange.values import Response
from accord.findings.changes.change import Answered, Change, Delivered, Effect, Sender, Verdict, Witness
from accord.findings.changes.policy import Policy
from accord.findings.changes.result import Compared, Told, Usage
from accord.findings.finding import Severity

HOSTILE = (
    "a\x1b[31mb\x00c\x9b2Jd\u202ee\ud800f\r\ng\u2028h\ufffei<![CDATA[&]]>[bold]j[/bold]::error::`<script>|%0A"
)
_TEXT = st.sampled_from(["", "name", HOSTILE]) | st.text(st.characters(), max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT, inner, max_size=2),
    max_leaves=4,
)
_PLACES = st.sampled_from(["", "openapi.yaml#/paths/~1a/get", "b.json#"]) | _TEXT
_LINES = st.none() | st.integers(1, 10**6)


def _witnesses() -> st.SearchStrategy[Witness]:
    headers = st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple)
    bodies = st.binary(max_size=4) | _TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
    request = st.builds(
        Request, method=_TEXT, url=st.just("https://a.example/?q=1"), headers=headers, body=bodies
    )
    response = st.builds(Response, status=st.just(200), headers=headers, body=bodies)
    names = {"method": _TEXT, "path": _TEXT, "owner": _TEXT, "kind": st.sampled_from(["webhook", "callback"])}
    return st.builds(
        Witness,
        value=_VALUES,
        pointer=_TEXT,
        root=_TEXT,
        said=_TEXT,
        alone=_TEXT,
        delivered=st.none() | st.builds(Delivered, request=request, **names),
        answered=st.none() | st.builds(Answered, response=response, **names),
    )


def _changes() -> st.SearchStrategy[Change]:
    return st.builds(
        Change,
        rule=st.sampled_from(["changed-enum", "removed-operation", "changed-status"]),
        effect=st.sampled_from(Effect),
        verdict=st.sampled_from(Verdict),
        severity=st.sampled_from(Severity),
        sender=st.none() | st.sampled_from(Sender),
        old_place=_PLACES,
        new_place=_PLACES,
        message=_TEXT,
        old=_TEXT,
        new=_TEXT,
        reaches=st.lists(_TEXT, max_size=7).map(tuple),
        witness=st.none() | _witnesses(),
        reason=_TEXT,
    )


def _compared() -> st.SearchStrategy[Compared]:
    told = st.builds(
        Told,
        change=_changes(),
        old_path=_PLACES,
        old_line=_LINES,
        new_path=_PLACES,
        new_line=_LINES,
        approval=_TEXT,
        expired=_TEXT,
        usage=st.none()
        | st.builds(
            Usage,
            exchanges=st.integers(0, 99),
            clients=st.lists(st.tuples(_TEXT, st.integers(1, 9)), max_size=7).map(tuple),
        ),
        replayed=_TEXT,
    )
    return st.builds(
        Compared,
        accord=st.just("0.1.0"),
        old=_TEXT,
        new=_TEXT,
        old_title=_TEXT,
        new_title=_TEXT,
        policy=st.sampled_from(Policy),
        changes=st.lists(told, max_size=4).map(tuple),
        seconds=st.floats(0, 1000),
        notices=st.lists(_TEXT, max_size=2).map(tuple),
    )


@pytest.fixture(scope="session")
def comparisons() -> st.SearchStrategy[Compared]:
    """Give a strategy that draws comparisons, hostile texts among them."""
    return _compared()


@pytest.fixture
def compared() -> Compared:
    """Give a comparison of four changes: one breaks at two places, one may, one is approved, one is safe."""
    reaches = ("POST /things request body application/json", "PUT /things/{id} request body application/json")

    def told(number: int, change: Change, **more: str) -> Told:
        line = {"old_line": 40 + number, "new_line": 50 + number}
        return Told(change=change, old_path="old/openapi.yaml", new_path="new/openapi.yaml", **line, **more)  # type: ignore[arg-type]

    def narrowed(name: str) -> Change:
        return Change(
            rule="changed-enum",
            effect=Effect.NARROWED,
            verdict=Verdict.BREAKING,
            severity=Severity.ERROR,
            sender=Sender.CLIENT,
            old_place=f"openapi.yaml#/components/schemas/{name}/enum",
            new_place=f"openapi.yaml#/components/schemas/{name}/enum",
            old='"a", "b", "c"',
            new='"a", "b"',
            reaches=reaches,
            witness=Witness(value={"kind": "c"}, pointer="/kind", root=reaches[0]),
        )

    unproven = Change(
        rule="changed-pattern",
        effect=Effect.NARROWED,
        verdict=Verdict.UNPROVEN,
        severity=Severity.WARNING,
        sender=Sender.CLIENT,
        new_place="openapi.yaml#/components/schemas/Code/pattern",
        new="^[a-z]+$",
        reaches=reaches[:1],
        reason="no value was found that tells them apart",
    )
    removed = Change(
        rule="removed-operation",
        effect=Effect.NARROWED,
        verdict=Verdict.BREAKING,
        severity=Severity.ERROR,
        sender=Sender.CLIENT,
        old_place="openapi.yaml#/paths/~1old/get",
        old="GET /old",
        reaches=("GET /old",),
        witness=Witness(value=None, root="GET /old", said="GET /old"),
    )
    added = Change(
        rule="added-operation",
        effect=Effect.WIDENED,
        verdict=Verdict.SAFE,
        sender=Sender.CLIENT,
        new_place="openapi.yaml#/paths/~1new/get",
        new="GET /new",
        reaches=("GET /new",),
    )
    return Compared(
        accord="0.1.0",
        old="old",
        new="new",
        old_title="Things 1.0",
        new_title="Things 2.0",
        policy=Policy.OPEN,
        changes=(
            told(1, narrowed("Kind")),
            told(2, narrowed("OtherKind")),
            told(3, removed, approval="approved by team-api until 2027-01-31: nobody calls it"),
            told(4, unproven),
            told(5, added),
        ),
        seconds=0.5,
    )
