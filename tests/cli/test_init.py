"""`accord init`, as it is run in somebody's repository."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from projects import Project

SERVICE = """
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Pages")


class Page(BaseModel):
    text: str


@app.get("/page")
def read() -> Page:
    return Page(text="hello")
"""
OPENAPI = """openapi: 3.1.0
info: { title: Pages, version: "1" }
paths:
  /page:
    get: { operationId: read, security: [{ key: [] }], responses: { "204": { description: Nothing } } }
components: { securitySchemes: { key: { type: http, scheme: bearer } } }
"""
HERE = ("init", "--yes", "--no-verify")


@pytest.fixture
def bare(tmp_path, starter):
    """Give an empty folder."""
    return Project(folder=tmp_path, starter=starter)


def files(project):
    """Return the files of the project, but for those of tools."""
    every = (path.relative_to(project.folder) for path in project.folder.rglob("*") if path.is_file())
    return {
        str(path) for path in every if path.parts[0] not in (".git", ".hypothesis", ".accord", "__pycache__")
    }


def test_one_command_leads_from_an_application_to_a_first_report(bare):
    """The contract is what the application publishes; settings, suite and job are written, and all of them work."""
    bare.write("main.py", SERVICE)
    (bare.folder / ".git").mkdir()
    done = bare.accord("init", "--yes")

    assert done.code == 0, done
    assert "In accord: nothing found at error" in done.out, done
    assert "accord verify --max-examples 10 --seed 0" in done.out, done
    written = {
        "contracts/openapi.json",
        "accord.toml",
        "tests/contract/test_contract.py",
        ".github/workflows/contract.yml",
    }
    assert {"main.py", *written} == files(bare)
    assert yaml.safe_load((bare.folder / ".github/workflows/contract.yml").read_text())["jobs"]
    assert bare.accord("lint").code == 0
    collected = bare.pytest("--collect-only", "-q", "tests/contract")
    assert "test_contract[rest/read_page_get/" in collected.out, collected


def test_a_document_that_is_there_stays_where_it_is(bare):
    """Nothing is copied; the settings are added to the pyproject.toml, and say where credentials go."""
    bare.write("pyproject.toml", "[project]\nname = 'x'")
    bare.write("api/openapi.yaml", OPENAPI)
    done = bare.accord(*HERE)

    assert done.code == 0, done
    text = (bare.folder / "pyproject.toml").read_text("utf-8")
    assert text.startswith("[project]\nname = 'x'\n"), text
    assert {"contract": "api/openapi.yaml"} == tomllib.loads(text)["tool"]["accord"]
    assert "# username" in text
    assert {"pyproject.toml", "api/openapi.yaml", "tests/contract/test_contract.py"} == files(bare)


def test_nothing_is_written_that_was_not_shown_and_agreed_to(bare):
    """Without a terminal nobody can agree; --dry-run never asks."""
    bare.write("openapi.yaml", OPENAPI)
    for arguments in (("init",), ("init", "--dry-run", "--yes")):
        done = bare.accord(*arguments)
        assert done.code == 0, done
        assert "new file accord.toml" in done.out, done
        assert '| contract = "openapi.yaml"' in done.out, done
        assert done.out.endswith("Nothing was written.\n"), done
        assert {"openapi.yaml"} == files(bare)


def test_nothing_is_overwritten(bare):
    """A suite that is there stays; settings that are there end it."""
    bare.write("openapi.yaml", OPENAPI)
    bare.write("tests/contract/test_contract.py", "mine = 1\n")
    assert bare.accord(*HERE).code == 0
    assert (bare.folder / "tests/contract/test_contract.py").read_text() == "mine = 1\n"
    again = bare.accord(*HERE)
    assert again.code == 2, again
    assert "has settings already" in again.err, again


def test_a_pyproject_that_takes_no_table_is_left_alone(bare):
    """A file that does not parse, or has its tools in one line, gets a file beside it."""
    bare.write("openapi.yaml", OPENAPI)
    bare.write("pyproject.toml", "tool = { other = {} }\n")
    assert bare.accord(*HERE).code == 0
    assert (bare.folder / "pyproject.toml").read_text() == "tool = { other = {} }\n"
    assert tomllib.loads((bare.folder / "accord.toml").read_text())["contract"] == "openapi.yaml"


def test_a_repository_of_gitlab_gets_its_own_job(bare):
    """It is shown: the file that is there is not changed."""
    bare.write("openapi.yaml", OPENAPI)
    bare.write(".gitlab-ci.yml", "stages: [test]\n")
    (bare.folder / ".git").mkdir()
    done = bare.accord(*HERE)
    assert "For .gitlab-ci.yml:" in done.out, done
    assert ".github/workflows/contract.yml" not in files(bare)


def test_what_cannot_be_used_is_passed_by(bare):
    """A document that does not load, and an application that does not start, do not stand in the way of others."""
    bare.write("openapi.yaml", "openapi: 3.1.0\npaths: { /x: { $ref: 'http://127.0.0.1:9/x' } }\n")
    bare.write("app.py", "from fastapi import FastAPI\napp = FastAPI()\nraise OSError('no disk')")
    bare.write("main.py", SERVICE)
    done = bare.accord(*HERE, "--dry-run")
    assert done.code == 0, done
    assert "passed by: openapi.yaml:2#/paths/~1x: refers to" in done.out, done
    assert "passed by: app:app: importing app failed" in done.out, done
    assert "target:   main:app" in done.out, done


@pytest.mark.parametrize(
    ("name", "text", "arguments", "words"),
    [
        ("nothing.txt", "", (), "neither an OpenAPI document nor an application was found"),
        ("main.py", "app = FastAPI()", (), "importing main failed"),
        ("openapi.yaml", "openapi: 3.1.0\n", (), "openapi.yaml:1"),
        ("nothing.txt", "", ("lost:app",), "no module named 'lost'"),
        ("nothing.txt", "", ("--contract", "lost.yaml"), "lost.yaml"),
    ],
)
def test_what_cannot_be_begun_with_is_told(name, text, arguments, words, bare):
    """Exit code 2, and nothing is written."""
    bare.write(name, text)
    done = bare.accord(*HERE, *arguments)
    assert done.code == 2, done
    assert words in done.err, done
    assert {name} == files(bare)
