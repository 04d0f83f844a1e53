"""The first files of a project that begins with accord: settings, a contract, a suite, a job for CI."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from accord.contract.contract import Contract
from accord.errors import ConfigurationError
from accord.exchange.client import Limits, open_client
from accord.run.source.discovery import discover

_SUITE = '''"""The service against its contract: one test for each question, named as the contract names it."""

from accord.suite import test_contract

__all__ = ["test_contract"]
'''
_SECONDS = 20.0
_JOB = """name: contract
on: [push, pull_request]
jobs:
  contract:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: { python-version: "3.12" }
      # accord comes from wherever your copy of it lies
      - run: python -m pip install {needs}
      - run: accord lint --report github=-
      - run: accord verify --report github=- --report markdown=$GITHUB_STEP_SUMMARY --report junit=junit.xml
"""
GITLAB = """contract:
  image: python:3.12
  script:
    - pip install {needs}
    - accord verify --report junit=junit.xml --report gitlab=quality.json
  artifacts:
    when: always
    reports: { junit: junit.xml, codequality: quality.json }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file to be written below a folder: ``text`` is all of it, or what is added at its end."""

    path: str
    text: str
    adds: bool = False


def published(target: str) -> tuple[Contract, Draft]:
    """Return the contract that *target* publishes, and the file that keeps it.

    Raises an ``AccordError`` where nothing answers, or none is published.
    """
    client = open_client(target, limits=Limits(seconds=_SECONDS))
    try:
        found = discover(client, ())
    finally:
        client.close()
    (document,) = found.contract.library.documents.values()
    if document.text.lstrip().startswith("{"):
        text = json.dumps(json.loads(document.text), indent=2, ensure_ascii=False) + "\n"
        return found.contract, Draft(path="contracts/openapi.json", text=text)
    return found.contract, Draft(path="contracts/openapi.yaml", text=document.text.rstrip("\n") + "\n")


def beginning(
    folder: Path, contract: str, target: str | None, *, secured: bool, job: bool
) -> Iterator[Draft]:
    """Yield the settings, the suite and the job of *folder*; what is there already is left out."""
    yield _settings(folder, contract, target, secured=secured)
    drafts = [Draft(path="tests/contract/test_contract.py", text=_SUITE)]
    if job:
        drafts.append(
            Draft(path=".github/workflows/contract.yml", text=_JOB.replace("{needs}", needs(folder)))
        )
    yield from (draft for draft in drafts if not (folder / draft.path).exists())


def needs(folder: Path) -> str:
    """Return what pip is to install: what the application of *folder* needs, and accord."""
    if (folder / "requirements.txt").is_file():
        return "-r requirements.txt accord"
    return ". accord" if (folder / "pyproject.toml").is_file() else "accord"


def _settings(folder: Path, contract: str, target: str | None, *, secured: bool) -> Draft:
    lines = [f"contract = {_text(contract)}"]
    lines.append(
        f"target = {_text(target)}"
        if target
        else '# target = "package.module:app", or "http://127.0.0.1:8000"'
    )
    if secured:
        lines += [
            '# username = "${API_USER}"   # or token = "${API_TOKEN}", api-key = "...", command = "..."'
        ]
        lines += ['# password = "${API_PASSWORD}"']
    shared = folder / "pyproject.toml"
    if shared.is_file():
        try:
            before = shared.read_text(encoding="utf-8")
            text = "\n".join(["", "[tool.accord]", *lines, ""])
            text = text if before.endswith("\n") or not before else f"\n{text}"
            if "accord" in tomllib.loads(before + text).get("tool", {}):
                return Draft(path=shared.name, text=text, adds=True)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            pass  # a file of its own does no harm to one that is not understood
    return Draft(path="accord.toml", text="\n".join([*lines, ""]))


def _text(value: str) -> str:
    """Return *value* as a string of TOML, in which ``${`` stays what it is."""
    return json.dumps(value, ensure_ascii=False)


def write(folder: Path, drafts: Iterable[Draft]) -> Iterator[str]:
    """Write *drafts* below *folder* and yield the path of each; no file is ever overwritten.

    Raises ``ConfigurationError`` for one that cannot be written.
    """
    for draft in drafts:
        path = folder / draft.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if draft.adds else "x", encoding="utf-8", newline="\n") as file:
                file.write(draft.text)
        except OSError as error:
            raise ConfigurationError(
                f"cannot be written: {error.strerror}",
                place=str(path),
                next_step="Make room for it, and run accord init again.",
            ) from None
        yield draft.path
