"""Facts about two sides asked the same: what is told of them, and when nothing can be told."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from corpus_service import DOCUMENT, KEY, NOTE, Notes

from accord.config import IdentitySettings, Settings
from accord.errors import ConfigurationError, CredentialError, RecordingError, TargetError
from accord.exchange.recording import Mark, read, read_marked
from accord.findings.regression.difference import Kind, Standing
from accord.findings.result import StageFinished, TrialFinished
from accord.run.deadline import Deadline
from accord.run.options import Options
from accord.run.regression.record import record
from accord.run.regression.regress import Asking, regress
from accord.run.regression.stage import Stage

SEEDED = tuple(str(uuid.UUID(int=number, version=4)) for number in (1, 2, 3))


def _listed():
    """Return the contract of notes with two lists, so that there is something to see at first."""
    document = json.loads(json.dumps(DOCUMENT))
    notes = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": NOTE}},
    }
    answers = {
        "200": {"description": "Yes.", "content": {"application/json": {"schema": notes}}},
        "401": DOCUMENT["paths"]["/notes"]["post"]["responses"]["401"],
    }
    for name in ("pinned", "shared"):
        document["paths"][f"/{name}"] = {"get": {"operationId": f"list_{name}", "responses": answers}}
    return document


class Board(Notes):
    """Notes with two lists of them that are always there."""

    ids = SEEDED
    key = KEY

    def answer(self, method, path, body, key):
        if path in ("/pinned", "/shared") and method == "GET":
            if key != self.key:
                return 401, {"detail": "key"}
            return 200, {"items": [{"id": item, "text": f"note {at}"} for at, item in enumerate(self.ids)]}
        return super().answer(method, path, body, KEY if key == self.key else "")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contract")
    (folder / "openapi.json").write_text(json.dumps(_listed()))
    return Settings(
        root=folder,
        contract=folder / "openapi.json",
        identities={"default": IdentitySettings(api_key=KEY)},
    )


@pytest.fixture(scope="module")
def recorded(settings, tmp_path_factory):
    """Give the text of a recording of the board."""
    path = tmp_path_factory.mktemp("recording") / "old.ndjson"
    record(Board, path, settings, asking().run, _deaf)
    return path.read_text()


def asking(**more):
    run = Options(max_examples=2, only=more.pop("only", "rest"), operations=more.pop("operations", ()))
    return Asking(run=run, **{"slower": None, **more})


def told(found):
    return {(item.place, item.mark.kind, item.mark.pointer, item.standing) for item in found.differences}


def test_two_builds_of_the_same_are_alike(settings):
    """Ids that each gives out itself are no difference, and the answer counts what was compared."""
    found = regress(Board, Board, settings, asking(), lambda _: None)
    assert () == found.differences
    assert found.cases > 20
    assert found.plays > 3 * found.cases


def test_an_operation_that_is_excluded_is_asked_of_neither_side(settings):
    """It is not called, and nobody is told that nothing was compared of it."""

    class Guarded(Board):
        def create(self, body):
            raise AssertionError(body)

    given = asking()
    given = replace(given, run=replace(given.run, excluded=frozenset({"create_note"})))
    found = regress(Guarded, Guarded, settings, given, _deaf)
    assert () == found.differences
    assert found.cases > 5
    assert not [line for line in found.notices if "create_note" in line]


def test_a_renamed_member_breaks_and_a_new_one_is_not_covered(settings):
    """Each difference is told once for its operation, with both exchanges and a command for either side."""

    class Renamed(Board):
        def create(self, body):
            status, value = super().create(body)
            return status, {("words" if name == "text" else name): item for name, item in value.items()}

    found = regress(Board, Renamed, settings, asking(), lambda _: None)
    assert told(found) == {
        ("create_note", Kind.GONE, "/text", Standing.BREAKS),
        ("create_note", Kind.NEW, "/words", Standing.UNCOVERED),
    }
    first = found.differences[0]
    assert b'"text"' in first.baseline.response.body
    assert b'"words"' in first.candidate.response.body
    assert all("curl" in command and KEY not in command for command in first.reproduce)


def test_an_order_is_seen_though_no_contract_names_it(settings):
    """What is there already is compared as it is, order included."""

    class Reversed(Board):
        ids = SEEDED[::-1]

        def answer(self, method, path, body, key):
            status, value = super().answer(method, path, body, key)
            if path == "/shared" or "items" not in value:
                return status, value if path == "/pinned" else {"items": value.get("items", [])[::-1]}
            return status, value

    class Pinned(Board):
        def answer(self, method, path, body, key):
            status, value = super().answer(method, path, body, key)
            return status, {
                "items": value["items"][::-1]
            } if path == "/pinned" and "items" in value else value

    found = regress(Board, Pinned, settings, asking(), lambda _: None)
    assert {("list_pinned", Kind.ORDER, "/items", Standing.UNCOVERED)} == told(found)


def test_a_wrong_thing_is_told_by_its_id(settings):
    """An id is followed from the answer that gave it out: who returns another thing is found."""

    class Confused(Board):
        def read(self, name):
            status, value = super().read(name)
            return status, {**value, "id": str(uuid.uuid4())} if status == 200 else value

    found = regress(Board, Confused, settings, asking(), lambda _: None)
    assert {("read_note", Kind.VALUE, "/id", Standing.UNCOVERED)} == told(found)


def test_fingerprints_do_not_depend_on_ids_and_seeds(settings):
    """The same difference has the same fingerprint in every run."""

    class Sour(Board):
        def read(self, name):
            status, value = super().read(name)
            return (status, {"id": value["id"]}) if status == 200 else (status, value)

    runs = [
        regress(
            Board,
            Sour,
            settings,
            replace(asking(), run=Options(max_examples=2, only="rest", seed=seed)),
            _deaf,
        )
        for seed in (1, 2)
    ]
    prints = [{item.fingerprint for item in found.differences} for found in runs]
    assert 1 == len(prints[0])
    assert prints[0] == prints[1]


def test_an_operation_that_became_slow_is_told_with_its_ratio(settings, monkeypatch):
    """Both are asked in turn; the interval of the ratio, not a limit in seconds, decides."""
    moment = 0.0
    clock = SimpleNamespace(perf_counter=lambda: moment, time=lambda: 0.0)
    for module in ("asgi", "asgi_call"):
        monkeypatch.setattr(f"accord.exchange.{module}.time", clock)

    class Quick(Board):
        seconds = 0.001

        def answer(self, method, path, body, key):
            nonlocal moment
            moment += self.seconds
            return super().answer(method, path, body, key)

    class Slow(Quick):
        seconds = 0.02

    given = asking(operations=("list_pinned",), slower=1.5)
    found = regress(Quick, Slow, settings, given, _deaf)
    assert {("list_pinned", Kind.LATENCY, "", Standing.UNCOVERED)} == told(found)
    assert pytest.approx(20) == found.latencies[0].low
    assert () == regress(Quick, Quick, settings, given, _deaf).differences


def test_a_recording_takes_the_place_of_either_side(settings, tmp_path, recorded):
    """What was recorded of a service is compared as the service itself, on either side or on both."""

    class Short(Board):
        def create(self, body):
            status, value = super().create(body)
            return status, {"id": value["id"]} if status == 201 else value

    old, new = tmp_path / "old.ndjson", tmp_path / "new.ndjson"
    old.write_text(recorded)
    assert record(Short, new, settings, asking().run, _deaf, cases=old) > 40
    expected = {("create_note", Kind.GONE, "/text", Standing.BREAKS)}
    for baseline, candidate in ((str(old), Short), (Board, str(new)), (str(old), str(new))):
        assert expected == told(regress(baseline, candidate, settings, asking(), _deaf))
    assert set() == told(regress(str(old), Board, settings, asking(), _deaf))
    assert set() == told(regress(str(old), str(old), settings, asking(), _deaf))


def test_a_recording_has_each_case_twice_and_no_secret(tmp_path, recorded):
    """So its reader knows what changes by itself; credentials are masked."""
    path = tmp_path / "old.ndjson"
    path.write_text(recorded)
    names = [item.name for item in read_marked(path) if isinstance(item, Mark)]
    assert names.pop() == "the end of the recording"
    assert set(names) == {name for name in names if names.count(name) == 2}
    assert KEY not in path.read_text()
    assert list(read(path))


def test_a_recording_of_a_run_is_compared_in_what_stands_by_itself(settings, tmp_path):
    """``accord verify --record`` knows no cases: what needs an earlier answer is left out, and that is told."""
    from accord.run.opening import opened  # noqa: PLC0415

    path = tmp_path / "run.ndjson"
    with opened(Board, settings, Options(max_examples=2, only="rest", record=path)) as verification:
        verification.run(_deaf)

    class Sparse(Board):
        def answer(self, method, path, body, key):
            status, value = super().answer(method, path, body, key)
            return status, {
                "items": [{"id": item["id"]} for item in value["items"]]
            } if "items" in value else value

    found = regress(str(path), Sparse, settings, asking(), _deaf)
    assert ("list_pinned", Kind.GONE, "/items/*/text", Standing.BREAKS) in told(found)
    assert any("cannot be asked again" in notice for notice in found.notices)
    assert set() == told(regress(str(path), Board, settings, asking(), _deaf))


def test_sides_with_other_data_are_refused_or_compared_in_shape(settings):
    """Two accounts have other things: that is no regression, and the error says what to do."""

    class Elsewhere(Board):
        ids = tuple(str(uuid.UUID(int=number, version=4)) for number in (7, 8, 9))

    with pytest.raises(ConfigurationError, match="2 of 2 operations have no id in common") as caught:
        regress(Board, Elsewhere, settings, asking(), _deaf)
    assert "--shape-only" in caught.value.next_step
    assert () == regress(Board, Elsewhere, settings, asking(shape_only=True), _deaf).differences


def test_a_candidate_that_lets_nobody_in_is_an_error(settings):
    """Where the baseline takes the credential and the candidate nowhere does, accounts differ, not versions."""

    class Closed(Board):
        key = "another"

    with pytest.raises(CredentialError, match="401 to every request"):
        regress(Board, Closed, settings, asking(), _deaf)


def test_a_candidate_that_is_not_there_is_an_error(settings):
    """Nothing is compared with a service that does not answer."""
    with pytest.raises(TargetError, match="does not accept connections"):
        regress(Board, "http://127.0.0.1:9", settings, asking(), _deaf)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda text: text[: len(text) // 2], "not JSON|ends within|was cut off"),
        (lambda text: "\n".join(text.splitlines()[:-1]), "was cut off"),
        (lambda text: "", "nothing that could be asked"),
        (
            lambda text: (
                text.replace("create_note", "make").replace("read_note", "get").replace("list_", "x_")
            ),
            "another contract",
        ),
    ],
)
def test_a_recording_that_cannot_be_read_is_an_error(settings, tmp_path, recorded, change, match):
    """One that was cut off, is empty or of another contract is named with its place."""
    path = tmp_path / "old.ndjson"
    path.write_text(change(recorded))
    with pytest.raises(RecordingError, match=match) as caught:
        regress(str(path), Board, settings, asking(), _deaf)
    assert "old.ndjson" in caught.value.place


def test_a_recording_that_cannot_be_written_is_an_error_at_once(settings, tmp_path):
    """Nothing is asked before that is known."""
    service = Board()
    for path in (tmp_path / "missing" / "x.ndjson", tmp_path):
        with pytest.raises(RecordingError, match="cannot be written"):
            record(service, path, settings, asking().run, _deaf)
    assert [] == service.asked


def test_recordings_of_other_cases_cannot_be_compared(settings, tmp_path):
    """Two recordings need a case in common."""
    paths = [tmp_path / f"{name}.ndjson" for name in ("pinned", "shared")]
    for path in paths:
        options = Options(max_examples=2, only="rest", operations=(f"list_{path.stem}",))
        record(Board, path, settings, options, _deaf)
    with pytest.raises(ConfigurationError, match="no case in common"):
        regress(str(paths[0]), str(paths[1]), settings, asking(), _deaf)


def test_recordings_alone_need_a_contract_that_is_named(settings, tmp_path):
    """Nobody runs who could publish one."""
    path = tmp_path / "old.ndjson"
    path.write_text("")
    with pytest.raises(ConfigurationError, match="no side runs"):
        regress(str(path), str(path), replace(settings, contract=None), asking(), _deaf)


def test_a_budget_that_is_too_small_is_told(settings):
    """Two sides of which nothing was compared are not alike."""
    with pytest.raises(ConfigurationError, match=r"nothing was compared within 0\.001 seconds"):
        regress(Board, Board, settings, asking(budget=0.001), _deaf)


def test_both_sides_are_asked_what_there_is_time_for(settings, monkeypatch):
    """Where the share of the first is spent, the other is asked no more than that; what is left out is told."""

    class Share:
        left = 4

        def over(self):
            self.left -= 1
            return self.left < 0

    monkeypatch.setattr(Deadline, "share", lambda *_: Share())
    found = regress(Board, Board, settings, asking(budget=1000), _deaf)
    assert (4, ()) == (found.cases, found.differences)
    assert found.skipped["the time of --budget was spent"] > 20
    assert not [line for line in found.notices if "nothing was compared of" in line], (
        "each operation has its first"
    )


def test_what_was_compared_before_an_interruption_is_told(settings):
    """Ctrl-C ends the asking and not the report; before there are two sides to compare, it ends all of it."""

    class Renamed(Board):
        def create(self, body):
            status, value = super().create(body)
            return status, {("words" if name == "text" else name): item for name, item in value.items()}

    def stopping(stage):
        def tell(event):
            if isinstance(event, StageFinished | TrialFinished) and event.stage == stage:
                played.append(event)
                if len(played) > 20:
                    raise KeyboardInterrupt

        played = []
        return tell

    found = regress(Board, Renamed, settings, asking(), stopping("candidate"))
    assert found.interrupted
    assert ("create_note", Kind.GONE, "/text", Standing.BREAKS) in told(found)
    assert found.skipped["the run was interrupted"] > 0
    with pytest.raises(KeyboardInterrupt):
        regress(Board, Renamed, settings, asking(), stopping("rest"))


def test_what_there_was_no_time_to_ask_again_is_no_difference(settings, monkeypatch):
    """It is counted and told, as nobody knows whether it would have come again."""

    class Sour(Board):
        def read(self, name):
            status, value = super().read(name)
            return status, {**value, "text": "sour"} if status == 200 else value

    monkeypatch.setattr(Stage, "_settle", _late(Stage._settle))
    found = regress(Board, Sour, settings, asking(budget=1000), _deaf)
    assert () == found.differences
    assert [line for line in found.notices if "there was no time to ask again: give --budget more" in line]


def _late(settle):
    """Return *settle* for a stage whose time is over."""

    def settled(stage, scene):
        stage.deadline = Deadline(0.0)
        stage.deadline.start()
        settle(stage, scene)

    return settled


def _deaf(_):
    """Hear nothing of the progress."""


def test_the_path_of_a_recording_is_told_from_a_service():
    """A file, or what is called as one, is a recording."""
    from accord.run.regression.recorded import is_recording  # noqa: PLC0415

    assert is_recording(__file__)
    assert is_recording("missing.ndjson")
    assert not is_recording("http://127.0.0.1:9")
    assert not is_recording("sartiq_sandbox:create_app")
    assert not is_recording(Path)
