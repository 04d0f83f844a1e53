"""The corpus, time and revisions from the command line: what is played, what is written, what is refused."""

from __future__ import annotations

import json
import subprocess

CORPUS = "corpus.ndjson"


def test_a_corpus_is_written_and_played_alone(project):
    """The second run asks a fraction of the first, and finds nothing either."""
    first = project.verify("--corpus", CORPUS, "--report", "json=first.json")
    text = (project.folder / CORPUS).read_bytes()
    second = project.verify("--corpus", CORPUS, "--exploration", "none", "--report", "json=second.json")

    assert (first.code, second.code) == (0, 0), (first, second)
    assert text == (project.folder / CORPUS).read_bytes()
    assert 0 < _cases(project, "second.json") < _cases(project, "first.json")
    assert json.loads(text.splitlines()[0]) == {"corpus": "accord", "version": 1}


def test_the_settings_may_name_the_corpus(project):
    """It is found from the folder of the settings."""
    project.replace("pyproject.toml", "[tool.accord]\n", f'[tool.accord]\ncorpus = "{CORPUS}"\n')
    assert project.verify().code == 0
    assert (project.folder / CORPUS).is_file()


def test_a_corpus_that_is_missing_or_broken_ends_the_run(project):
    """Exit code 2 says that nothing was asked; the file stays as it is."""
    missing = project.verify("--corpus", CORPUS, "--exploration", "none")
    project.write(CORPUS, "nonsense\n")
    broken = project.verify("--corpus", CORPUS)

    assert (missing.code, broken.code) == (2, 2), (missing, broken)
    assert "cannot be read" in missing.err
    assert f"{CORPUS}:1" in broken.err
    assert (project.folder / CORPUS).read_text() == "nonsense\n"


def test_a_time_without_unit_is_refused(project):
    """The error shows how one is written."""
    done = project.verify("--max-time", "90")
    assert done.code == 2, done
    assert "90s, 10m, 2h" in done.err


def test_what_has_changed_since_a_revision_comes_first(project):
    """The order of the trials follows the change; the number does not."""
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=project.folder, check=True, capture_output=True)
    project.replace(
        "openapi.yaml", "operationId: read_thing", "operationId: read_thing\n      description: New."
    )
    options = ("--changed-since", "HEAD", "--only", "rest")
    assert project.verify(*options, "--record", "record").code == 0
    line = (project.folder / "record").read_bytes().splitlines()[0]
    assert json.loads(line)["operation"] == "read_thing"


def test_an_unknown_revision_ends_the_run(project):
    """Exit code 2, with the option that is to be corrected."""
    done = project.verify("--changed-since", "nowhere")
    assert done.code == 2, done
    assert "git knows no revision 'nowhere' here" in done.err


def _cases(project, name):
    return project.report(name)["counts"]["cases"]
