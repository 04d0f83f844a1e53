"""Facts about sources: what is copied of a revision or a URL, and how its places are told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from accord.errors import ConfigurationError, ContractError
from accord.run.source.document import Fetcher
from accord.run.source.side import Network, read_side

OPENAPI = """
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "parts/text.yaml#/Text"}}}}
      responses: {"204": {description: Done.}}
"""


def git(folder: Path, *arguments: str) -> None:
    own = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Give a repository with a contract of two files, committed and then gone; it is the working directory."""
    folder = tmp_path / "api"
    (folder / "parts").mkdir(parents=True)
    (folder / "openapi.yaml").write_text(OPENAPI)
    (folder / "parts" / "text.yaml").write_text("Text: {$ref: 'other.yaml#/Other'}\n")
    (folder / "parts" / "other.yaml").write_text("Other: {type: string}\n")
    (tmp_path / "secret.yaml").write_text("Text: {type: string}\n")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "out.yaml").write_text(OPENAPI.replace("parts/text", "../secret"))
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "First")
    for name in ("openapi.yaml", "parts/text.yaml", "parts/other.yaml"):
        (folder / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(name, other=None):
    fetcher = Fetcher(seconds=5)
    return read_side(name, Network(copied=fetcher.copied, fetch=fetcher.referenced), other)


def test_a_file_of_a_revision_comes_with_what_it_refers_to(repository):
    """Two steps away too; the place of each is that of the revision."""
    side = read("HEAD:api/openapi.yaml")
    assert {"openapi.yaml", "parts/text.yaml", "parts/other.yaml"} == set(side.contract.library.documents)
    assert "HEAD:api/parts/other.yaml:1#/Other" == side.place("parts/other.yaml#/Other")


def test_a_folder_of_a_revision_is_read_whole(repository):
    """But for what is only a link; a document is named below what the user named."""
    side = read("main:api")
    assert {"openapi.yaml", "parts/text.yaml", "parts/other.yaml"} == set(side.contract.library.documents)
    assert "main:api/parts/text.yaml:1#/Text" == side.place("parts/text.yaml#/Text")


def test_a_path_may_begin_at_the_working_directory(repository, monkeypatch):
    """As git itself has it."""
    monkeypatch.chdir(repository / "api")
    assert "T" == read("main:./openapi.yaml").contract.title
    assert "T" == read("main:api/openapi.yaml").contract.title


def test_nothing_outside_the_folder_is_copied(repository):
    """A reference out of it is refused for a revision as it is for a file."""
    with pytest.raises(ContractError) as raised:
        read("main:bad/out.yaml")
    assert "secret.yaml" in raised.value.reason
    assert raised.value.place.startswith("main:bad/out.yaml:7#")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("main:api/none.yaml", "is not there at that revision"),
        ("main:../../x", "leads out of the repository"),
        ("main:/etc/passwd", "leads out of the repository"),
        ("none:api", "git knows no revision 'none' here"),
        ("--upload-pack=x:api", "git knows no revision"),
        ("main:a\0b", "leads out of the repository"),
        (":(glob)**:x", "does not exist"),
    ],
)
def test_what_git_cannot_give_is_told(name, words, repository):
    """A revision is never read as an option of git."""
    with pytest.raises(ConfigurationError, match=words.replace("(", r"\(")):
        read(name)


SAME = '{"openapi": "3.1.0", "info": {"title": "Same", "version": "1"}, "paths": {}}'


@pytest.mark.parametrize(
    ("name", "text", "shared"),
    [
        ("openapi.json", SAME, True),
        ("openapi.json", f"{SAME} ", False),
        ("other.json", SAME, True),
        ("openapi.json", SAME.replace("Same", "Säme"), False),
    ],
    ids=["same", "a space more", "another name", "as many characters"],
)
def test_what_is_the_same_to_the_letter_is_parsed_and_checked_once(tmp_path, name, text, shared):
    """A document of the same text is the one of the other side, at a place of its own."""
    for folder, file, content in (("old", "openapi.json", SAME), ("new", name, text)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(content, encoding="utf-8")
    old = read(str(tmp_path / "old" / "openapi.json"))
    new = read(str(tmp_path / "new" / name), old.contract)
    assert shared == (new.contract.library is old.contract.library)
    assert f"{tmp_path}/new/{name}:1#/info" == new.place("openapi.json#/info")
    assert tmp_path / "new" == new.contract.folder


@pytest.mark.parametrize(
    "text",
    [
        SAME.replace(
            '"paths": {}',
            '"paths": {}, "components": {"schemas": {"A": {"$ref": "openapi.json#/components/schemas/B"}, "B": {}}}',
        ),
        SAME.replace("3.1.0", "3.2.0").replace('"paths"', '"$self": "openapi.json", "paths"'),
    ],
    ids=["a reference", "a name of its own"],
)
def test_what_is_known_by_its_name_is_another_by_another_name(tmp_path, text):
    """What a document says of itself by its file is of that file, not of its copy."""
    for folder, file in (("old", "openapi.json"), ("new", "openapi.json"), ("new", "other.json")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / file).write_text(text, encoding="utf-8")
    old = read(str(tmp_path / "old" / "openapi.json"))
    new = read(str(tmp_path / "new" / "other.json"), old.contract)
    assert new.contract.library is not old.contract.library
    assert f"{tmp_path}/new/other.json:1#/info" == new.place("other.json#/info")


def test_a_bad_document_is_told_on_the_second_side_as_well(tmp_path):
    """What cannot be read is no reason to take the other side for it."""
    (tmp_path / "openapi.json").write_text(SAME, encoding="utf-8")
    old = read(str(tmp_path / "openapi.json"))
    (tmp_path / "openapi.json").write_text(SAME.replace("paths", "path"), encoding="utf-8")
    with pytest.raises(ContractError, match="is not valid openapi"):
        read(str(tmp_path / "openapi.json"), old.contract)
