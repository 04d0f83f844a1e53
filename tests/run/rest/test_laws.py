"""Laws held against a small depot in process: healthy, and with one thing wrong at a time."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from accord.config import Settings
from accord.findings.finding import Finding, Outcome, Verdict
from accord.run.opening import opened
from accord.run.options import Options

DEPOT = Path(__file__).parents[3] / "docs" / "rules" / "cases" / "depot"
TRIALS = ("pages", "filters", "orders", "effects", "reads")


class Depot:
    """The service: it keeps parcels, and ``fault`` is what is wrong with that."""

    def __init__(self, fault: str = "", parcels: int = 5) -> None:
        self.fault = fault
        self.numbers, self.minutes, self.reads = count(1), count(), Counter[str]()
        self.parcels: dict[int, dict[str, Any]] = {}
        for weight in range(parcels):
            self.store({"note": "books", "labels": [7]}, weight=(weight * 3) % 5)

    def store(self, body: dict[str, Any], weight: float = 1) -> dict[str, Any]:
        """Keep a parcel and return it."""
        number, now = next(self.numbers), self.now()
        labels = [{"id": label} for label in body.get("labels", [])]
        self.parcels[number] = {
            "id": number, "note": body["note"], "status": "stored", "weight": weight, "label": None,
            "labels": labels, "created_at": now, "updated_at": now,
        }  # fmt: skip
        return self.parcels[number]

    def now(self) -> str:
        """Return the next minute."""
        hour, minute = divmod(next(self.minutes), 60)
        return f"2031-05-01T{hour % 24:02}:{minute:02}:00Z"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body = json.loads((await receive())["body"] or b"null")
        host = dict(scope["headers"])[b"host"].decode()
        query = dict(parse_qsl(scope["query_string"].decode()))
        status, answer = self.answer(scope["method"], scope["path"], query, body)
        kind = b"application/json"
        if scope["path"].startswith("/pictures/"):
            kind = b"text/plain" if self.fault == "picture as text" else b"image/png"
        text = json.dumps(answer).replace("HOST", f"http://{host}")
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": text.encode()})

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """Return status and body."""
        if path.startswith("/pictures/"):
            return (404, {}) if self.fault == "picture lost" else (200, {})
        if path == "/parcels":
            return self.listed(query) if method == "GET" else self.stored(body)
        found = re.fullmatch(r"/parcels/(\d+)(/sending)?", path)
        parcel = self.parcels.get(int(found[1])) if found else None
        if found is None or parcel is None:
            return 404, {}
        if found[2]:
            return self.sent(parcel, body)
        return (200, self.shown(parcel)) if method == "GET" else self.replaced(parcel, body)

    def listed(self, query: dict[str, str]) -> tuple[int, Any]:
        """Return one page."""
        rows = list(self.parcels.values())
        if "status" in query and self.fault != "filter ignored":
            wanted = query["status"] if self.fault != "filter hides" else "neither"
            rows = [row for row in rows if row["status"] == wanted]
        if "shelf" in query and self.fault != "shelf ignored":
            rows = []
        if "sort" in query and self.fault != "sort ignored":
            rows.sort(key=lambda row: row["weight"], reverse=query["sort"].startswith("-"))
        total, size = len(rows), int(query.get("size", 20))
        first = (int(query.get("page", 1)) - 1) * size
        match self.fault:
            case "size ignored":
                size = 50
            case "total of page":
                total = len(rows[first : first + size])
            case "pages overlap" if first:
                first -= 1
            case "last one missing":
                rows = rows[:-1]
            case "somebody else":
                self.reads["list"] += 1
                total += self.reads["list"] == 2
        if self.fault == "list behind":
            total, rows = 5, [row for row in rows if row["id"] <= 5]
        return 200, {"items": [self.shown(row) for row in rows[first : first + size]], "total": total}

    def shown(self, parcel: dict[str, Any]) -> dict[str, Any]:
        """Return a parcel as an answer shows it."""
        self.reads[str(parcel["id"])] += 1
        told = {**parcel, "picture": f"HOST/pictures/{parcel['id']}"}
        match self.fault:
            case "read counts":
                told["weight"] = self.reads[str(parcel["id"])]
            case "created now":
                told["created_at"] = parcel["updated_at"]
            case "updated before":
                told["updated_at"] = "2031-04-01T00:00:00Z"
            case "accents lost":
                told["note"] = parcel["note"].encode("ascii", "replace").decode()
            case "long cut":
                told["note"] = parcel["note"][:100]
            case "stays stored":
                told["status"] = "stored"
            case "label of nobody" if parcel["label"]:
                told["label"] = 99
        return told

    def stored(self, body: Any) -> tuple[int, Any]:
        """Store a parcel."""
        if not isinstance(body, dict) or not isinstance(body.get("note"), str):
            return 422, {}
        parcel = self.store(body)
        if self.fault == "stored twice":
            self.store(body)
        if self.fault == "label forgotten":
            parcel["labels"] = parcel["labels"][:1]
        return 201, {**self.shown(parcel), **({"id": 12345} if self.fault == "other id" else {})}

    def replaced(self, parcel: dict[str, Any], body: Any) -> tuple[int, Any]:
        """Replace a parcel."""
        parcel.update(note=body["note"], updated_at=self.now())
        if self.fault == "put adds":
            parcel["weight"] += 1
        return 200, self.shown(parcel)

    def sent(self, parcel: dict[str, Any], body: Any) -> tuple[int, Any]:
        """Send a parcel off."""
        own = [label["id"] for label in parcel["labels"]]
        if body["label"] not in own and self.fault != "any label":
            return 404, {}
        if parcel["status"] == "sent" and self.fault != "sent twice":
            return 409, {}
        taken = body["label"] if body["label"] in own else own[0]
        parcel.update(status="sent", label=taken, updated_at=self.now())
        return 200, self.shown(parcel) | {"status": "sent" if self.fault != "says stored" else "stored"}


def outcomes(depot: Depot, *names: str) -> dict[str, tuple[Outcome, ...]]:
    """Return what the trials of laws, or those with these ends, come to against *depot*."""
    with opened(depot, Settings(root=DEPOT, contract=DEPOT), Options(only="rest")) as verification:
        trials = [trial for trial in verification.trials if trial.id.rpartition("/")[2] in (names or TRIALS)]
        return {trial.id: verification.play(trial).outcomes(trial.id) for trial in trials}


def findings(depot: Depot, *names: str) -> list[Finding]:
    """Return every finding of the rules about laws."""
    return [
        finding
        for found in outcomes(depot, *names).values()
        for outcome in found
        for finding in outcome.findings
    ]


@pytest.mark.parametrize("parcels", [0, 1, 2, 7, 23])
def test_healthy_service_keeps_every_law(parcels: int) -> None:
    """Nothing is found where nothing is wrong, however long the list is."""
    assert [] == [(item.rule, item.message) for item in findings(Depot(parcels=parcels))]


def test_each_operation_has_its_trials() -> None:
    """The plan follows from the contract alone."""
    assert [
        "rest/store_parcel/effects",
        "rest/replace_parcel/effects",
        "rest/send_parcel/effects",
        "rest/list_parcels/pages",
        "rest/list_parcels/filters",
        "rest/list_parcels/orders",
        "rest/read_parcel/reads",
    ] == list(outcomes(Depot()))


@pytest.mark.parametrize(
    ("fault", "rules"),
    [
        ("size ignored", {"page-size-ignored"}),
        ("total of page", {"unstable-total"}),
        ("pages overlap", {"overlapping-pages"}),
        ("last one missing", {"incomplete-pages"}),
        ("filter ignored", {"ineffective-filter"}),
        ("filter hides", {"ineffective-filter"}),
        ("shelf ignored", {"ineffective-filter"}),
        ("sort ignored", {"ineffective-sort"}),
        ("accents lost", {"lost-write"}),
        ("long cut", {"lost-write"}),
        ("list behind", {"lost-write"}),
        ("stays stored", {"lost-write"}),
        ("other id", {"unreadable-creation"}),
        ("picture lost", {"unreadable-creation"}),
        ("created now", {"changed-fixed-field"}),
        ("updated before", {"backward-timestamp"}),
        ("read counts", {"unsafe-read"}),
        ("stored twice", {"double-effect"}),
        ("sent twice", {"double-effect"}),
        ("put adds", {"unrepeatable-put"}),
        ("any label", {"inconsistent-pair"}),
        ("label of nobody", {"inconsistent-pair"}),
        ("picture as text", {"inconsistent-pair"}),
        ("says stored", {"inconsistent-pair"}),
        ("label forgotten", {"inconsistent-pair"}),
    ],
)
def test_each_fault_is_found_by_its_rule(fault: str, rules: set[str]) -> None:
    """Each rule finds the fault that it is about."""
    found = {item.rule for item in findings(Depot(fault))}
    assert rules <= found


def test_what_happens_once_is_not_told() -> None:
    """A total that changed because somebody else stored something does not change again, and is no finding."""
    assert [] == findings(Depot("somebody else"), "pages")


def test_what_could_not_be_played_has_a_reason() -> None:
    """A list without items has no pages to overlap, and the trial says so."""
    found = outcomes(Depot(parcels=0), "pages")["rest/list_parcels/pages"]
    missed = [item for item in found if item.rule == "overlapping-pages"]
    assert [Verdict.NOT_REACHED] == [item.verdict for item in missed]
    assert "the list has fewer than two items" == missed[0].reason


def test_addresses_of_others_are_not_fetched() -> None:
    """What leads to another service is not asked for, and the trial says so."""
    depot = Depot()
    shown = depot.shown
    depot.shown = lambda parcel: shown(parcel) | {"picture": "http://192.0.2.1/pictures/1"}  # type: ignore[method-assign]
    found = outcomes(depot, "reads")["rest/read_parcel/reads"]
    missed = [item.reason for item in found if item.rule == "unreadable-creation"]
    assert ["an address leads to another service, which accord does not ask"] == missed


@pytest.mark.parametrize("identity", ["", "..", None, {"a": 1}])
def test_identity_that_leads_to_another_path_is_not_asked(identity: Any) -> None:
    """What a service calls an identity is never more than one step of a path, and ends no run."""
    depot, asked = Depot(), set()
    answer, stored = depot.answer, depot.stored

    def noted(method: str, path: str, *rest: Any) -> tuple[int, Any]:
        asked.add(path)
        return answer(method, path, *rest)

    depot.answer = noted  # type: ignore[method-assign]
    depot.stored = lambda body: (201, stored(body)[1] | {"id": identity})  # type: ignore[method-assign]
    found = outcomes(depot, "effects")
    path = r"/parcels(/[^/.]+(/sending)?)?|/pictures/[0-9]+"
    assert set() == {item for item in asked if not re.fullmatch(path, item)}
    assert found
