"""A first run without any configuration, against bug-free services of three frameworks and against faulty ones."""

from __future__ import annotations

import importlib
import json
import logging
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.cases.request import Request
from accord.config import Settings
from accord.contract.pointer import tokens
from accord.exchange.client import open_client
from accord.findings.finding import Finding, Severity
from accord.findings.result import Run
from accord.run.opening import opened
from accord.run.options import Options

APPLICATIONS = Path(__file__).parent / "applications"
FRAMEWORKS = ("fastapi", "flask", "django")
PROFILES = {"fastapi": "fastapi", "flask": "flask", "django": "django-rest"}
PLACES = {"fastapi": "/openapi.json", "flask": "/openapi.json", "django": "/schema/"}

# What shows everything that a run with the default shows as well.
ENOUGH = {"fastapi": 5, "flask": 1, "django": 1}


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    """Let the frameworks log and warn where nobody looks, as the command does."""
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.getLogger().removeHandler(handler)


def service(framework: str, fault: str = "") -> Any:
    """Return the application of *framework* with *fault* in it."""
    return importlib.import_module(f"{framework}_service").create_app(fault)


def run(
    folder: Path, framework: str, fault: str = "", operations: tuple[str, ...] = (), **settings: Any
) -> tuple[Run, tuple[str, ...]]:
    """Return a run with few examples, and its notices."""
    options = Options(max_examples=10 if operations else ENOUGH[framework], operations=operations)
    with opened(service(framework, fault), Settings(root=folder, **settings), options) as verification:
        return verification.run(lambda _: None), verification.notices


def grave(result: Run) -> list[Finding]:
    """Return the warnings and errors of a run."""
    return [item for item in result.findings if item.severity is not Severity.NOTE]


EXPECTED = {
    "fastapi": {
        ("error", "undocumented-status", "login_token_post"),
        ("warning", "undocumented-status", None),
    },
    "flask": set(),
    "django": {
        ("warning", "undocumented-status", None),
        ("warning", "misstated-authentication-failure", "login_create"),
    },
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_bug_free_service_gets_few_findings_all_of_them_true(framework: str, tmp_path: Path) -> None:
    """What the document leaves out is all that is told, each with the lines that would settle it."""
    result, notices = run(tmp_path, framework)
    assert EXPECTED[framework] == {(item.severity.value, item.rule, item.operation) for item in grave(result)}
    assert len(grave(result)) <= 3
    assert all(item.settle for item in grave(result))
    assert len(result.findings) - len(grave(result)) <= 3
    assert f"at {PLACES[framework]}" in notices[0]
    assert f"profile {PROFILES[framework]}" in notices[1]
    assert "--profile none" in notices[1]
    assert len(notices) == 2


@pytest.mark.parametrize("framework", ["fastapi", "django"])
def test_the_lines_that_settle_a_finding_do(framework: str, tmp_path: Path) -> None:
    """Laid over the document as they stand, they leave nothing to find but notes."""
    first, _ = run(tmp_path, framework)
    client = open_client(service(framework))
    accept = (("Accept", "application/vnd.oai.openapi+json, application/json"),)
    url = client.base_url + PLACES[framework]
    document = json.loads(client.send(Request(method="GET", url=url, headers=accept)).response.body)
    client.close()
    document["paths"].pop(PLACES[framework], None)
    for finding in grave(first):
        if finding.operation is None:
            (tmp_path / "overlay.yaml").write_text(finding.settle)
            continue
        at = tokens(finding.pointer.partition("#")[2])[:3]
        _lay(document[at[0]][at[1]][at[2]], yaml.safe_load(finding.settle))
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    second, _ = run(tmp_path, framework, contract=tmp_path, profile=PROFILES[framework])
    assert [] == grave(second)


def _lay(target: dict[str, Any], lines: dict[str, Any]) -> None:
    """Merge *lines* into *target*."""
    for name, value in lines.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict):
            _lay(target[name], value)
        else:
            target[name] = value


def test_without_the_profile_every_operation_is_told_of(tmp_path: Path) -> None:
    """``none`` switches everything off: the same service has many findings, and no line speaks of a profile."""
    result, notices = run(tmp_path, "fastapi", profile="none")
    assert len(grave(result)) > 10
    assert len(notices) == 1


FAULTS = [
    ("fastapi", "crash-on-value", "list_items_items_get", "server-error"),
    ("fastapi", "price-as-text", "read_item_items__item_id__get", "response-schema-violation"),
    ("fastapi", "own-envelope", "read_stock_items__item_id__stock_get", "undocumented-status"),
    ("fastapi", "tags-as-text", "create_draft_drafts_post", "response-schema-violation"),
    ("fastapi", "unauthenticated", "read_me_users_me_get", "unauthenticated-access"),
    ("fastapi", "truthy-number", "create_draft_drafts_post", "accepted-invalid-field"),
    ("flask", "crash-on-value", "GET /items", "server-error"),
    ("flask", "price-as-text", "GET /items/{item_id}", "response-schema-violation"),
    ("flask", "own-envelope", "GET /items/{item_id}/label", "undocumented-media-type"),
    ("flask", "tags-as-text", "POST /drafts", "response-schema-violation"),
    ("flask", "unauthenticated", "DELETE /items/{item_id}", "unauthenticated-access"),
    ("django", "crash-on-value", "drafts_create", "server-error"),
    ("django", "price-as-text", "items_list", "response-schema-violation"),
    ("django", "owner-as-number", "items_list", "response-schema-violation"),
    ("django", "own-envelope", "items_retrieve", "undocumented-status"),
    ("django", "unauthenticated", "items_create", "unauthenticated-access"),
]


@pytest.mark.parametrize(("framework", "fault", "operation", "rule"), FAULTS)
def test_a_real_defect_is_still_an_error(
    framework: str, fault: str, operation: str, rule: str, tmp_path: Path
) -> None:
    """The profile hides none of them, and a healthy service does not have them."""
    errors = [
        item
        for item in run(tmp_path, framework, fault, (operation,))[0].findings
        if item.severity is Severity.ERROR
    ]
    assert (rule, operation) in {(item.rule, item.operation) for item in errors}
    assert [] == errors_of_a_healthy(framework, operation)


@cache
def errors_of_a_healthy(framework: str, operation: str) -> list[Finding]:
    """Return the errors at *operation* of the service without faults."""
    healthy, _ = run(Path(), framework, "", (operation,))
    return [item for item in healthy.findings if item.severity is Severity.ERROR]


def test_the_command_needs_the_name_of_the_application_alone(tmp_path: Path) -> None:
    """In an empty folder the command finds the document, says so, and tells what would settle its findings."""
    options = [
        "--operation=read_me_users_me_get",
        "--operation=read_item_items__item_id__get",
        "--fail-on=warning",
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "accord",
            "verify",
            "fastapi_service:create_app",
            "--max-examples=1",
            *options,
        ],
        cwd=tmp_path,
        env={
            "PATH": "",
            "PYTHONPATH": ":".join([*filter(None, sys.path), str(APPLICATIONS)]),
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "contract: Shop 1.0, 9 operations, as the service publishes it at /openapi.json" in done.stderr
    assert "profile fastapi: " in done.stderr
    assert "settled by" in done.stdout
    assert '        "404": {"schema":' in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "note  allow-header-mismatch" in line]
    assert "FastAPI tells in Allow the methods of one route, not those of the path" in line
