"""What the README and the guides show is true: commands parse, settings load, code runs, links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from accord.cli import app
from accord.config import read_settings
from accord.contract.contract import load
from accord.contract.session import read_session
from accord.findings.rule import Rule
from accord.run.hooks import NAMES

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "sandbox/README.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def _blocks(language: str) -> list[object]:
    return [
        pytest.param(block, id=f"{path.name}-{number}")
        for path in DOCUMENTS
        for number, (kind, block) in enumerate(BLOCK.findall(path.read_text()))
        if kind == language
    ]


def _commands() -> list[str]:
    shown = "\n".join(
        block for path in DOCUMENTS for kind, block in BLOCK.findall(path.read_text()) if kind == "console"
    )
    lines = [
        line.removeprefix("$ ").partition("#")[0].strip()
        for line in shown.splitlines()
        if line.startswith("$ ")
    ]
    commands = [part.strip() for line in lines for part in line.split("&&")]
    return [
        part.removeprefix(".venv/bin/")
        for part in commands
        if part.removeprefix(".venv/bin/").startswith("accord ")
    ]


@pytest.mark.parametrize("command", _commands())
def test_each_command_is_one_that_accord_takes(command: str) -> None:
    """Every ``accord`` command that a document shows parses."""
    verb, *arguments = shlex.split(command.partition(" > ")[0])[1:]
    group = typer.main.get_command(app)
    context = group.make_context("accord", [verb, *arguments], resilient_parsing=True)
    subcommand = group.get_command(context, verb)  # type: ignore[attr-defined]
    if hasattr(subcommand, "get_command"):
        verb, *arguments = arguments
        subcommand = subcommand.get_command(context, verb)

    assert subcommand is not None
    with subcommand.make_context(verb, list(arguments), parent=context) as parsed:
        assert parsed.params


@pytest.mark.parametrize("block", _blocks("toml"))
def test_each_settings_block_loads(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every TOML block parses, and its ``[tool.accord]`` has known keys only."""
    for name in re.findall(r"\$\{(\w+)\}", block):
        monkeypatch.setenv(name, "filled-in")
    (tmp_path / "pyproject.toml").write_text(block)

    assert tomllib.loads(block)
    read_settings(tmp_path)


@pytest.mark.parametrize("block", _blocks("python"))
def test_each_code_block_runs(block: str) -> None:
    """Every Python block runs, and what it defines is what its document says it is."""
    namespace: dict[str, object] = {}
    exec(compile(block, "document", "exec"), namespace)

    defined = [name for name in NAMES if name in namespace]
    assert not defined or defined == list(NAMES)
    if "shouting_title" in namespace:
        assert isinstance(namespace["shouting_title"], Rule)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in DOCUMENTS])
def test_each_link_leads_to_a_file(path: Path) -> None:
    """Every relative link of a document names a file or folder of the project."""
    missing = [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()]

    assert missing == []


def test_the_tutorial_shows_what_a_reader_will_see(tmp_path: Path) -> None:
    """The application of the tutorial gives the finding that the page shows, but for the time that it took."""
    text = (ROOT / "docs/tutorial.md").read_text()
    blocks = BLOCK.findall(text)
    (tmp_path / "shop.py").write_text(next(block for kind, block in blocks if kind == "python"))
    (shown,) = [block for kind, block in blocks if kind == "text"]

    said = subprocess.run(
        [sys.executable, "-m", "accord", "verify", "shop:app"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1
    took = re.compile(r"in \d+ ms")
    assert took.sub("", shown).strip() in took.sub("", said.stdout)


def test_the_page_of_the_commands_is_that_of_the_command_line() -> None:
    """`docs/commands.md` is what `python docs/commands.py` would write."""
    assert runpy.run_path(str(ROOT / "docs/commands.py"))["page"]() == (ROOT / "docs/commands.md").read_text()


def test_the_licence_of_every_package_is_told() -> None:
    """The page names each package that accord brings, with a licence that lets everybody use it."""
    rows = (ROOT / "docs/licences.md").read_text().partition("| --- | --- |\n")[2].splitlines()
    told = dict(row.strip("| ").split(" | ") for row in rows)
    free = re.compile(r"MIT|BSD|Apache|MPL|Mozilla|ISC|PSF|Unlicense")

    assert set() == runpy.run_path(str(ROOT / "docs/licences.py"))["licences"]().keys() - told.keys()
    assert [] == [name for name, licence in told.items() if not free.search(licence)]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """What CI runs is what the README tells a newcomer to run."""
    readme = (ROOT / "README.md").read_text()
    steps = [line.removeprefix("exec ") for line in (ROOT / ".ci/run").read_text().splitlines()]

    assert ".venv/bin/pip install tox && .venv/bin/tox -qq" in readme
    assert {".venv/bin/pip install -q tox", ".venv/bin/tox -qq"} <= set(steps)


@pytest.mark.parametrize("page", ["sessions.md"])
def test_the_example_of_a_session_is_a_contract(page: str, tmp_path: Path) -> None:
    """The document that the page shows loads, with its states, and nothing in it contradicts the rest."""
    (block,) = [text for kind, text in BLOCK.findall((ROOT / "docs" / page).read_text()) if kind == "yaml"]
    (tmp_path / "asyncapi.yaml").write_text(block)
    (channel,) = load(tmp_path).channels

    rules = read_session(channel)

    assert rules is not None
    assert set(rules.states) == {"connected", "greeted", "running"}
    assert {item.name for item in channel.sent_by_server()} == {"welcome", "refused", "order"}


def test_every_member_of_a_session_is_on_its_page() -> None:
    """What the schema of ``x-session`` has at its root and among its causes, the page names."""
    schema = json.loads((ROOT / "src/accord/contract/schemas/session.schema.json").read_text())
    text = (ROOT / "docs/sessions.md").read_text()
    entity = {*schema["$defs"]["lifecycle"]["properties"], *schema["$defs"]["entity"]["properties"]}
    names = {*schema["properties"], *schema["$defs"]["closes"]["properties"], *entity}

    assert not {name for name in names if f"`{name}" not in text}
