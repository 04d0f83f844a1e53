"""Facts about a change of the contract: what it touches is told by git and the resolved descriptions."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.contract.contract import load
from accord.errors import ConfigurationError
from accord.run.context import Trial
from accord.run.revision import changed_since, touched_first

DOCUMENT = """
openapi: 3.1.0
info: {{title: Things, version: "1"}}
paths:
  /a:
    get: {{operationId: a, responses: {{"200": {{$ref: "#/components/responses/A"}}}}}}
  /b:
    parameters: [{{name: q, in: query, schema: {{$ref: "more.yaml#/text"}}}}]
    get: {{operationId: b, summary: {summary}, responses: {{"200": {{description: B.}}}}}}
  /c:
    get: {{operationId: c, responses: {{"200": {{description: C.}}}}}}
components:
  responses:
    A: {{description: A., content: {{application/json: {{schema: {{$ref: "#/components/schemas/A"}}}}}}}}
  schemas:
    A: {{type: object, properties: {{self: {{$ref: "#/components/schemas/A"}}, n: {{type: {kind}}}}}}}
"""

Write = Callable[..., Path]


def git(folder: Path, *arguments: str) -> None:
    """Run git in *folder*, without the settings of whoever runs the tests."""
    own = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes the contract to a folder below a repository."""
    folder = tmp_path / "repository" / "contracts"
    folder.mkdir(parents=True)

    def written(*, kind: str = "integer", summary: str = "B", text: str = "string") -> Path:
        (folder / "openapi.yaml").write_text(DOCUMENT.format(kind=kind, summary=summary))
        (folder / "more.yaml").write_text(f"text: {{type: {text}}}\n")
        return folder

    return written


@pytest.fixture
def repository(write: Write) -> Path:
    """Return the contract's folder, committed as it is, and called ``before``."""
    folder = write()
    git(folder.parent, "init")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-m", "first")
    git(folder.parent, "tag", "before")
    return folder


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        pytest.param({}, set(), id="nothing"),
        pytest.param({"summary": "C"}, {"b"}, id="the operation itself"),
        pytest.param({"kind": "number"}, {"a"}, id="behind two references and a circle"),
        pytest.param({"text": "integer"}, {"b"}, id="in another file, by a shared parameter"),
    ],
)
def test_what_a_change_touches(
    repository: Path, write: Write, change: dict[str, str], touched: set[str]
) -> None:
    """An operation is touched when anything differs that its description leads to."""
    write(**change)
    assert touched == changed_since("before", repository, load(repository))
    document = repository / "openapi.yaml"
    assert touched == changed_since("before", document, load(document))


def test_a_new_operation_is_touched(repository: Path) -> None:
    """What the revision did not have is what has changed most."""
    text = (repository / "openapi.yaml").read_text().replace("operationId: c", "operationId: d")
    (repository / "openapi.yaml").write_text(text)
    assert {"d"} == changed_since("before", repository, load(repository))


@pytest.mark.parametrize("content", ["openapi: 3.1.0", "[", None])
def test_a_revision_without_a_good_contract_knows_nothing(repository: Path, content: str | None) -> None:
    """Where the old contract does not load, everything counts as touched."""
    good = (repository / "openapi.yaml").read_text()
    if content is None:
        git(repository, "rm", "openapi.yaml")
    else:
        (repository / "openapi.yaml").write_text(content)
    git(repository, "commit", "--allow-empty", "-a", "-m", "broken")
    (repository / "openapi.yaml").write_text(good)
    assert {"a", "b", "c"} == changed_since("HEAD", repository, load(repository))


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "-h", "before:contracts", "", "\0"])
def test_an_unknown_revision_is_refused(repository: Path, revision: str) -> None:
    """What names no commit is told, whatever git would make of it as an option."""
    with pytest.raises(ConfigurationError) as caught:
        changed_since(revision, repository, load(repository))
    assert ("--changed-since", True) == (caught.value.place, bool(caught.value.next_step))
    assert not list(repository.glob("x"))


def test_a_contract_outside_of_a_repository_is_refused(write: Write) -> None:
    """Without a repository there is no revision."""
    folder = write()
    with pytest.raises(ConfigurationError, match="knows no revision"):
        changed_since("HEAD", folder, load(folder))


def test_a_missing_git_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no git, the error says so."""
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(ConfigurationError, match="git cannot be asked"):
        changed_since("before", repository, load(repository))


def test_what_is_touched_comes_first() -> None:
    """The others follow in their order."""
    trials = [
        Trial(stage="rest", id=name, play=lambda _: None) for name in ("rest/a/x", "rest/b/x", "rest/c/x")
    ]  # type: ignore[arg-type,return-value]
    assert ["rest/b/x", "rest/c/x", "rest/a/x"] == [
        trial.id for trial in touched_first(trials, frozenset({"b", "c"}))
    ]
    assert tuple(trials) == touched_first(trials, frozenset())
