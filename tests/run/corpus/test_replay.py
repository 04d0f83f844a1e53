"""Facts about learning and playing again: against a fresh service, without its old ids, without secrets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from corpus_service import DOCUMENT, KEY, Notes

from accord.cases.aim import Aim, Intent, Judgement
from accord.config import IdentitySettings, Settings
from accord.errors import ConfigurationError
from accord.findings.finding import Verdict
from accord.findings.result import Run
from accord.run.corpus.replay import judgements
from accord.run.corpus.stored import Step, StoredCase, collected, read_corpus, write_corpus
from accord.run.opening import opened
from accord.run.options import Options

Verify = Callable[..., Run]


def run(folder: Path, service: Notes, *, document: dict[str, Any] = DOCUMENT, **options: Any) -> Run:
    """Return a run of a service of notes, with a corpus in the project's *folder*."""
    (folder / "openapi.json").write_text(json.dumps(document))
    settings = Settings(
        root=folder,
        contract=folder / "openapi.json",
        corpus=folder / "corpus.ndjson",
        identities={"default": IdentitySettings(api_key=KEY)},
    )
    with opened(service, settings, Options(**{"max_examples": 3, **options})) as verification:
        return verification.run(lambda _: None)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Notes, bytes]:
    """Return a first run of a healthy service, the service, and the corpus that it wrote."""
    folder, service = tmp_path_factory.mktemp("first"), Notes()
    first = run(folder, service, learns=True)
    return first, service, (folder / "corpus.ndjson").read_bytes()


@pytest.fixture
def corpus(tmp_path: Path, learned: tuple[Run, Notes, bytes]) -> Path:
    """Return where the corpus of ``verify`` lies, as the first run wrote it."""
    path = tmp_path / "corpus.ndjson"
    path.write_bytes(learned[2])
    return path


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Return ``run`` in a folder of its own."""
    return partial(run, tmp_path)


def test_a_run_learns_and_the_next_one_plays_it(
    verify: Verify, corpus: Path, learned: tuple[Run, Notes, bytes]
) -> None:
    """Each documented answer is reached by the fixed part alone, which finds a healthy service healthy."""
    first, again = learned[0], verify(Notes(), explores=False)
    assert () == first.findings
    assert () == again.findings
    seen = [
        {name: {key for key, count in row.items() if count} for name, row in item.coverage.statuses.items()}
        for item in (first, again)
    ]
    assert {"create_note": {"201", "401", "422"}, "read_note": {"200", "401", "404", "422"}} == seen[0]
    assert seen[0] == seen[1]
    played = {item.place for item in again.outcomes if item.place.startswith("rest/")}
    assert {"rest/create_note/corpus", "rest/read_note/corpus"} == played
    assert 0 < again.counts.cases < first.counts.cases
    assert len(read_corpus(corpus)) > 7


def test_no_id_of_the_service_and_no_secret_is_stored(learned: tuple[Run, Notes, bytes]) -> None:
    """What a fresh service would not know stands there as a reference; who called is left out."""
    text = learned[2].decode()
    assert [] == [name for name in learned[1].notes if name in text]
    assert KEY not in text
    assert re.search(r'"target":"/notes/\$\{0#/id\}"', text)


def test_the_same_seed_writes_the_same_file(tmp_path: Path, learned: tuple[Run, Notes, bytes]) -> None:
    """Ids that the service draws anew each time make no difference."""
    run(tmp_path, Notes(), learns=True)
    assert learned[2] == (tmp_path / "corpus.ndjson").read_bytes()


def test_what_is_stored_stays(verify: Verify, corpus: Path, learned: tuple[Run, Notes, bytes]) -> None:
    """A run that learns adds lines, one that does not leaves the file alone: its history shows what is new."""
    verify(Notes(), explores=False)
    assert learned[2] == corpus.read_bytes()
    verify(Notes(), learns=True, seed=1)
    assert set(learned[2].splitlines()) <= set(corpus.read_bytes().splitlines())


@pytest.mark.usefixtures("corpus")
def test_the_fixed_part_sends_the_same_each_time(verify: Verify) -> None:
    """Order and content are the corpus' alone, whatever the seed; only ids differ."""
    said = []
    for seed in (1, 2):
        service = Notes()
        verify(service, explores=False, seed=seed)
        names = {name: f"id {at}" for at, name in enumerate(service.notes)}
        said.append([(method, names.get(path[7:], path), body) for method, path, body in service.asked])
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("service", "rule"),
    [
        pytest.param(Notes(cold=True), "server-error", id="what was answered fails"),
        pytest.param(Notes(loose=True), "accepted-invalid-field", id="what was refused is taken"),
    ],
)
@pytest.mark.usefixtures("corpus")
def test_the_fixed_part_finds_what_has_changed(verify: Verify, service: Notes, rule: str) -> None:
    """The stored cases are held against accord's rules, as any other."""
    assert rule in {finding.rule for finding in verify(service, explores=False).findings}


def test_a_failing_case_is_kept(verify: Verify, tmp_path: Path) -> None:
    """What a run found, the next one finds in the fixed part; when it is mended, that is silent."""
    corpus = tmp_path / "corpus.ndjson"
    verify(Notes(cold=True), learns=True)
    assert any("server-error" in case.found for case in read_corpus(corpus).cases["read_note"])
    assert "server-error" in {item.rule for item in verify(Notes(cold=True), explores=False).findings}
    assert () == verify(Notes(), explores=False).findings


def test_a_case_for_another_description_promises_nothing(verify: Verify, corpus: Path) -> None:
    """Where the contract has changed, an old valid case may be refused; the next run that learns drops it."""
    changed = json.loads(json.dumps(DOCUMENT))
    schema = changed["paths"]["/notes"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["text"]["maxLength"] = 3
    schema["properties"]["text"]["example"] = "tea"

    class Short(Notes):
        def create(self, body: bytes) -> tuple[int, Any]:
            status, value = super().create(body)
            return (422, {"detail": "long"}) if status == 201 and len(value["text"]) > 3 else (status, value)

    assert () == verify(Short(), document=changed, explores=False).findings
    verify(Short(), document=changed, learns=True)
    stored = read_corpus(corpus).cases["create_note"]
    assert 1 == len({case.description for case in stored})
    assert not any('"milk"' in str(case.steps[-1].body) for case in stored if case.status == 201)


def test_what_a_case_needs_may_be_gone(verify: Verify, corpus: Path) -> None:
    """A chain that breaks is told as not reached, with the reason; the others are played."""
    known = read_corpus(corpus).cases["read_note"][0]
    steps = (
        Step(operation="create_note", caller="default", method="POST", target="/notes", body="{}"),
        Step(operation="read_note", caller="default", method="GET", target="/notes/${0#/id}"),
    )
    lost = StoredCase(
        operation="read_note",
        description=known.description,
        aim=Aim(intent=Intent.VALID),
        status=200,
        steps=steps,
    )
    foreign = StoredCase(
        operation="read_note",
        description=known.description,
        aim=Aim(intent=Intent.CREDENTIAL, variant="sorcery"),
        status=401,
        steps=(Step(operation="read_note", caller="sorcery", method="GET", target="/notes/1"),),
    )
    write_corpus(collected([known, lost, foreign]), corpus)
    run = verify(Notes(), explores=False)
    reasons = {item.reason for item in run.outcomes if item.verdict is Verdict.NOT_REACHED}
    assert {
        "a stored case cannot be played: step 0 of it is answered with 422",
        "a stored case cannot be played: no caller is called 'sorcery'",
    } == reasons
    assert () == run.findings


def test_the_fixed_part_needs_a_corpus(verify: Verify) -> None:
    """Without one there is nothing fixed to play, which is no verdict."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        verify(Notes(), explores=False)


CASE = StoredCase(
    operation="x",
    description="0" * 16,
    aim=Aim(intent=Intent.VALID),
    status=200,
    judgements=(Judgement(kind="UseAfterFree", message="still there"),),
    steps=(Step(operation="x", caller="default", method="GET", target="/x"),),
)


@pytest.mark.parametrize(
    ("intent", "before", "now", "kinds"),
    [
        (Intent.VALID, 200, 200, ["UseAfterFree"]),
        (Intent.VALID, 200, 422, ["RejectedPositiveData"]),
        (Intent.VALID, 200, 404, []),
        (Intent.VALID, 422, 400, []),
        (Intent.VALID, 200, None, ["UseAfterFree"]),
        (Intent.INVALID, 422, 200, ["AcceptedNegativeData"]),
        (Intent.INVALID, 404, 200, []),
        (Intent.INVALID, 200, 201, []),
        (Intent.CREDENTIAL, 401, 200, []),
    ],
)
def test_a_change_of_mind_is_judged(intent: Intent, before: int, now: int | None, kinds: list[str]) -> None:
    """The same status is as good as it was; another one is judged by what the case was after."""
    case = replace(CASE, aim=Aim(intent=intent), status=before)
    assert kinds == [item.kind for item in judgements(case, now)]


def test_the_fixed_part_loads_neither_hypothesis_nor_schemathesis(verify: Verify, corpus: Path) -> None:
    """What draws nothing does not wait for what draws."""
    verify(Notes(), explores=False)
    program = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from corpus_service import Notes, KEY
from accord.config import IdentitySettings, Settings
from accord.run.opening import opened
from accord.run.options import Options
root = Path({str(corpus.parent)!r})
key = {{"default": IdentitySettings(api_key=KEY)}}
settings = Settings(root=root, contract=root / "openapi.json", corpus=root / "corpus.ndjson", identities=key)
with opened(Notes(), settings, Options(explores=False)) as verification:
    run = verification.run(lambda _: None)
print(run.counts.cases > 0, sorted({{"hypothesis", "schemathesis", "requests", "pytest"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert "True []\n" == done.stdout, done.stderr
