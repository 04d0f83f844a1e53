"""The hooks of pre-commit and the action of GitHub: valid by their schemas, and their commands run."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from projects import PATIENCE

ROOT = Path(__file__).parents[2]
HOOKS = {item["id"]: item for item in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
SCHEMA = json.loads((ROOT / "tests/report/data/github-action.json").read_text())


def git(folder, *arguments):
    """Run git in *folder* as somebody."""
    own = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(project):
    """Give a project in a repository, with models, on a branch that has left main."""
    project.replace(
        "pyproject.toml", 'contract = "openapi.yaml"', 'contract = "openapi.yaml"\ngenerated = "models"'
    )
    git(project.folder, "init")
    git(project.folder, "add", "openapi.yaml", "pyproject.toml")
    git(project.folder, "commit", "-m", "First")
    git(project.folder, "switch", "-c", "change")
    return project


def hook(project, name):
    """Run the command of a hook."""
    program, *arguments = shlex.split(HOOKS[name]["entry"])
    assert program == "accord"
    return project.accord(*arguments)


def test_the_hooks_are_such_that_pre_commit_takes():
    """Each has what a manifest asks for, and is given no file names: a contract is a folder."""
    assert {"accord-lint", "accord-generate", "accord-compare"} == set(HOOKS)
    for item in HOOKS.values():
        assert {"id", "name", "entry", "language"} <= set(item)
        assert (item["language"], item["pass_filenames"]) == ("python", False)


def test_the_action_is_valid_by_its_schema():
    """The schema is that of SchemaStore; no input is put into a script as it is."""
    assert [] == list(jsonschema.Draft7Validator(SCHEMA).iter_errors(ACTION))
    assert not [step for step in ACTION["runs"]["steps"] if "${{" in step["run"]]


def test_the_hooks_let_a_healthy_change_pass(repository):
    """What nobody's client notices is no break; the models are written first."""
    assert repository.accord("generate").code == 0
    repository.replace("openapi.yaml", "A thing.", "One thing.")
    for name in HOOKS:
        assert hook(repository, name).code == 0, name


def test_the_hooks_stop_what_is_wrong(repository):
    """Stale models, a contract that contradicts itself, and what breaks a client since the branch left main."""
    repository.replace("openapi.yaml", "id: {type: integer}", "id: {type: string, enum: [a, null]}")
    for name, words in {
        "accord-generate": "type: str",
        "accord-lint": "excluded-enum-member",
        "accord-compare": "breaking",
    }.items():
        done = hook(repository, name)
        assert done.code == 1, done
        assert name == "accord-generate" or words in done.out, done


def test_a_new_contract_breaks_nobody(project):
    """Where the branch set out there was none."""
    git(project.folder, "init")
    git(project.folder, "add", "pyproject.toml")
    git(project.folder, "commit", "-m", "First")
    git(project.folder, "switch", "-c", "change")
    done = project.accord("compare")
    assert (0, "The contract is new: there is nothing that it could break.\n") == (done.code, done.out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("openapi.yaml",), "names one side alone"),
        (("openapi.yaml", "openapi.yaml", "--base", "main"), "beside two sides"),
        (("--base", "nothing"), "git knows no revision 'nothing'"),
    ],
)
def test_sides_that_are_none_are_told(arguments, words, repository):
    """Exit code 2, with what to do."""
    done = repository.accord("compare", *arguments)
    assert done.code == 2, done
    assert words in done.err, done


def test_without_a_branch_or_a_shared_commit_the_next_step_is_told(project):
    """A checkout of CI often has one commit alone, and no other branch."""
    git(project.folder, "init", "-b", "alone")
    git(project.folder, "add", "openapi.yaml")
    git(project.folder, "commit", "-m", "First")
    lost = project.accord("compare")
    assert lost.code == 2, lost
    assert "name it with --base" in lost.err, lost
    git(project.folder, "switch", "--orphan", "other")
    git(project.folder, "commit", "--allow-empty", "-m", "Other")
    git(project.folder, "checkout", "alone", "--", "openapi.yaml")
    apart = project.accord("compare", "--base", "alone")
    assert apart.code == 2, apart
    assert "fetch-depth: 0" in apart.err, apart


def test_the_action_runs_what_it_is_given(project):
    """Annotations come on standard output, the summary and the report for code scanning in their files."""
    script = ACTION["runs"]["steps"][-1]["run"]
    project.write("bin/accord", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m accord "$@"\n').chmod(
        0o755
    )
    files = {name: str(project.folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environment = {
        **project.environment,
        **files,
        "RUNNER_TEMP": str(project.folder),
        "GIVEN": "lint --fail-on warning",
        "PATH": f"{project.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=project.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 1, done
    assert done.stdout.splitlines()[-1].startswith("::notice title=accord::"), done
    assert (project.folder / "github_step_summary").read_text("utf-8").startswith("## ")
    assert f"sarif={project.folder}/accord.sarif\n" == (project.folder / "github_output").read_text()
    assert json.loads((project.folder / "accord.sarif").read_bytes())["version"] == "2.1.0"
