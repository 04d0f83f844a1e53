"""What contradicts itself in Sartiq's published documentation is told as drift, each with its class.

The classes were written by hand, from the published compatibility policy. Breaking: an endpoint removed, a response
field removed or renamed, the type of a field changed. Allowed: new endpoints, new optional request fields, new response
fields, new query parameters, new enum values. Where the policy is silent, the class is what happens to a client: who
sends what is refused tomorrow is broken, who sends a parameter that is ignored is not refused.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.findings.changes.policy import Policy
from accord.findings.drift.fact import Grade
from accord.findings.drift.published import facts
from accord.run.compare import Options, compare_sides
from accord.run.drift.document import Wanted
from accord.run.drift.published import committed, published
from accord.run.source.document import Fetcher

ROOT = Path(__file__).parents[2]

B, A = "breaking", "allowed"
LIST = "GET /api/v1/products/"
CREATE = "POST /api/v1/shootings/ request body"

# Each contradiction: rule, what the headline has, what it reaches, and the class.
CONTRADICTIONS = {
    "D1 list envelope": [
        ("changed-required", "items", f"{LIST} response", B),
        ("changed-required", "total", f"{LIST} response", B),
        ("added-property", "data", f"{LIST} response", A),
        ("added-property", "count", f"{LIST} response", A),
    ],
    "D2 extra envelope keys": [
        ("added-property", name, f"{LIST} response", A) for name in ("id", "created_at", "updated_at")
    ],
    "D3 paging parameters": [
        ("added-parameter", "skip", LIST, A),
        ("added-parameter", "limit", LIST, A),
        ("removed-parameter", "page", LIST, A),
        ("removed-parameter", "size", LIST, A),
    ],
    "D5 create shooting": [
        ("changed-required", "due_date", CREATE, B),
        ("changed-type", "null or string", CREATE, B),
        ("added-property", "brand", CREATE, A),
        ("changed-required", "brand_id", CREATE, A),
    ],
    "D6 add look": [
        ("removed-operation", "/api/v1/shootings/{shooting_id}/looks", "POST", B),
        ("added-operation", "POST /api/v1/shooting-looks", "POST", A),
    ],
    "D7 start generation": [
        ("removed-operation", "/api/v1/shots/{shot_id}/generate", "POST", B),
        ("added-operation", "POST /api/v1/generations", "POST", A),
    ],
    "D8 generation body": [
        ("changed-required", "image_url", "GET /api/v1/generations/{generation_id} response", B),
        ("changed-required", "completed_at", "GET /api/v1/generations/{generation_id} response", B),
    ],
    "D9 shot body": [("changed-required", "current_image_url", "GET /api/v1/shots/{shot_id} response", B)],
    "D10 status words": [
        ("changed-enum", "review", "GET /api/v1/shots/ query parameter status", B),
        ("changed-enum", "review", "GET /api/v1/shots/ response", A),
    ],
    "D12 product image": [
        ("removed-operation", "/api/v1/products/{product_id}/images", "POST", B),
        ("added-operation", "POST /api/v1/uploads/presigned-url", "POST", A),
        ("changed-required", "images", "GET /api/v1/products/{product_id} response", B),
        ("added-property", "cover_image", "GET /api/v1/products/{product_id} response", A),
    ],
    "D13 update verb": [("added-operation", "PUT /api/v1/tags/{tag_id}", "PUT", A)],
    "D14 health path": [("added-operation", "GET /api/v1/utils/health-check/", "GET", A)],
    "D15 two readings of one page": [("added-operation", "POST /api/v1/media-resources/heal", "POST", A)],
}


@pytest.fixture(scope="module")
def told():
    """Give the facts of the published side: grade, rule, headline words and reach of each."""
    wanted = Wanted(
        target=str(ROOT / "contracts/sartiq/published"),
        contract=ROOT / "contracts/sartiq",
        documents={},
        partial=True,
    )
    fetch = Fetcher(seconds=5).referenced
    with published(wanted, committed(wanted, fetch), fetch) as found:
        compared = compare_sides(found.committed, found.current, Options(policy=Policy.OPEN))
    return facts(compared.changes)


def matches(fact, rule, words, reach):
    """Tell whether *fact* is of that rule, about these words, and reaches that."""
    change = fact.proof.change
    said = {change.message, change.old, change.new, *change.reaches}
    about = any(words in text for text in said) or words in change.place
    return fact.rule == rule and about and any(name.startswith(reach) for name in change.reaches)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_told_with_its_class(told, name):
    """Every part of it is a fact of its own, breaking or allowed as the policy has it; a break has its witness."""
    for rule, words, reach, grade in CONTRADICTIONS[name]:
        found = [fact for fact in told if matches(fact, rule, words, reach)]
        assert found, (rule, words, reach)
        assert grade in {fact.grade.value for fact in found}, (rule, words, found)
        for fact in found:
            assert fact.grade is not Grade.BREAKING or fact.proof.change.witness is not None


def test_nothing_breaks_but_what_contradicts(told):
    """Each break of the published side belongs to one of the contradictions."""
    expected = [item for items in CONTRADICTIONS.values() for item in items if item[3] == B]
    envelope = [("changed-required", name, f"{LIST} response", B) for name in ("page", "size")]
    for fact in told:
        if fact.grade is Grade.BREAKING:
            assert any(matches(fact, *item[:3]) for item in (*expected, *envelope)), fact


def test_at_least_twelve_contradictions_are_told():
    """Of the twenty-one that are known, the others show nothing that a contract of this service could say."""
    assert len(CONTRADICTIONS) >= 12
