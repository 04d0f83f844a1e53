"""Facts about the self-test: a fault that shows is found, one that does not is missed, and both are told."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accord.config import Settings
from accord.errors import ConfigurationError
from accord.report.console import console_for
from accord.report.kills import tell_row, tell_sum
from accord.run.options import Options
from accord.run.self_test import Fate, Kill, chosen, read_catalogue, self_test

CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/thing": {
            "get": {
                "operationId": "read_thing",
                "responses": {
                    "200": {
                        "description": "The thing.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["size"],
                                    "properties": {"size": {"type": "integer"}},
                                }
                            }
                        },
                    }
                },
            }
        }
    },
}

MODULE = """
import json

def application(thing=None):
    body = json.dumps(thing or {"size": 7}).encode()
    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise RuntimeError("http only")
        known = scope["method"] == "GET"
        headers = [(b"content-type", b"application/json"), (b"allow", b"GET")]
        await send({"type": "http.response.start", "status": 200 if known else 405, "headers": headers})
        await send({"type": "http.response.body", "body": body if known else b"{}"})
    return app
"""


@dataclass(frozen=True)
class AFault:
    """A fault as a team would write it."""

    name: str
    rule: str
    wrap: Callable[[Any], Any]
    channel: str = "rest"
    consequence: str = "A client reads nonsense."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A contract of one operation, and an application that keeps it."""
    (tmp_path / "openapi.json").write_text(json.dumps(CONTRACT))
    (tmp_path / "self_tested.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "self_tested", raising=False)
    return Settings(root=tmp_path, contract=tmp_path / "openapi.json")


def _another(thing: dict[str, Any]) -> Callable[[Any], Any]:
    def wrap(app: Any) -> Any:
        from self_tested import application  # noqa: PLC0415

        del app
        return application(thing)

    return wrap


def _kills(project: Settings, *faults: AFault) -> list[Kill]:
    return list(self_test("self_tested:application", faults, project, Options(max_examples=2)))


def test_a_fault_that_shows_is_found(project: Settings) -> None:
    """The rule that the fault names fires."""
    (kill,) = _kills(project, AFault("size-as-text", "response-schema-violation", _another({"size": "7"})))
    assert (Fate.FOUND, ("response-schema-violation",)) == (kill.fate, kill.rules)


def test_a_fault_that_was_found_is_asked_about_no_more(project: Settings) -> None:
    """The run against a fault ends with the first trial in which the rule that it names fires."""
    asked: list[str] = []

    def counted(app: Any) -> Any:
        async def counting(scope: Any, receive: Any, send: Any) -> None:
            asked.append(scope["type"])
            await app(scope, receive, send)

        return counting

    def faulty(app: Any) -> Any:
        return counted(_another({"size": "7"})(app))

    _kills(project, AFault("nothing", "server-error", counted))
    healthy, asked = len(asked), []
    _kills(project, AFault("size-as-text", "response-schema-violation", faulty))
    assert 0 < len(asked) < healthy


def test_another_rule_is_told_apart(project: Settings) -> None:
    """A fault that only another rule sees is found, but not as its catalogue says."""
    (kill,) = _kills(project, AFault("size-as-text", "server-error", _another({"size": "7"})))
    assert Fate.FOUND_OTHERWISE is kill.fate


def test_a_fault_that_changes_nothing_is_missed(project: Settings) -> None:
    """A catalogue cannot kill by its name alone."""
    (kill,) = _kills(project, AFault("nothing", "server-error", lambda app: app))
    assert (Fate.MISSED, (), "") == (kill.fate, kill.rules, kill.reason)


def test_a_service_on_the_network_has_no_faults(project: Settings) -> None:
    """A fault is wrapped around an application."""
    with pytest.raises(ConfigurationError, match="network"):
        list(self_test("http://127.0.0.1:1", (), project, Options()))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "no catalogue"),
        ("self_tested", "not package.module:name"),
        ("self_tested:nothing", "cannot be imported"),
        ("nowhere_at_all:CATALOGUE", "cannot be imported"),
    ],
)
def test_a_catalogue_that_is_none_is_refused(project: Settings, name: str | None, words: str) -> None:
    """What is wrong with the setting is said, with its place."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_catalogue(name)
    assert "[tool.accord] faults" == caught.value.place


def test_an_unknown_fault_has_a_neighbour() -> None:
    """A name that is misspelt gets the nearest one."""
    faults: Sequence[AFault] = (AFault("size-as-text", "r", lambda app: app),)
    assert list(faults) == list(chosen(faults, ["size-as-text"]))
    assert faults == chosen(faults, [])
    with pytest.raises(ConfigurationError) as caught:
        chosen(faults, ["size-as-test"])
    assert "size-as-text" in caught.value.next_step


def test_the_table_names_what_was_missed(project: Settings) -> None:
    """A missed fault is told with what a client would suffer; the last line adds up."""
    kills = _kills(
        project,
        AFault("size-as-text", "response-schema-violation", _another({"size": "7"})),
        AFault("nothing", "server-error", lambda app: app),
    )
    out = io.StringIO()
    console = console_for(out, environ={})
    for kill in kills:
        tell_row(kill, console)
    tell_sum(kills, console)
    lines = out.getvalue().splitlines()

    assert lines[0].startswith("found ")
    assert "size-as-text" in lines[0]
    assert lines[1].startswith("missed ")
    assert "A client reads nonsense." in lines[2]
    assert lines[-1].startswith("2 faults: 1 found, 1 missed in ")
