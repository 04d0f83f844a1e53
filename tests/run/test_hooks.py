"""Hooks of the user's own: loaded, called, and blamed for what they do wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.cases.credential import Credential
from accord.errors import ConfigurationError
from accord.run.hooks import Hooks, load_hooks


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a project folder; what is imported from it is forgotten afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def load(folder: Path, text: str) -> Hooks:
    """Write *text* as a hooks module and load it."""
    (folder / "shop_hooks.py").write_text(text)
    return load_hooks("shop_hooks", folder)


def test_without_a_module_nothing_is_changed(tmp_path: Path) -> None:
    """No hooks give no credential and no values, and do nothing."""
    hooks = load_hooks(None, tmp_path)
    assert (hooks.credential_for("a", "b"), hooks.values_of("a", "path", "id")) == (None, ())
    hooks.before("http://x")
    hooks.after("http://x")


def test_module_is_found_in_the_project(folder: Path) -> None:
    """The functions that a module defines are called with what they are promised."""
    text = (
        "said = []\n"
        "def credential(identity, operation): return {'X': f'{identity} {operation}'} if operation != 'o' else None\n"
        "def values(operation, location, name): return [operation, location, name] if name else None\n"
        "def before_run(base_url): said.append('before ' + base_url)\n"
        "def after_run(base_url): said.append('after ' + base_url)\n"
    )
    hooks = load(folder, text)
    assert hooks.credential_for("me", "read") == Credential(headers={"X": "me read"})
    assert hooks.credential_for("me", "o") is None
    assert (hooks.values_of("read", "path", "id"), hooks.values_of("read", "path", "")) == (
        ["read", "path", "id"],
        (),
    )
    hooks.before("u")
    hooks.after("u")
    assert sys.modules["shop_hooks"].said == ["before u", "after u"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = ", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("import not_there_at_all", "not_there_at_all"),
        ("x = 1", "defines none of credential, values"),
        ("credential = 5", "defines none"),
    ],
)
def test_module_that_is_none_is_refused(folder: Path, text: str, words: str) -> None:
    """A module that cannot be imported, or has no hook, is a configuration error."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        load(folder, text)
    assert caught.value.place == "[tool.accord] hooks"


@pytest.mark.parametrize("name", ["nothing_like_it", "..x", "a b"])
def test_module_that_is_not_there_is_refused(folder: Path, name: str) -> None:
    """A name that leads to no module is a configuration error."""
    with pytest.raises(ConfigurationError, match="cannot be imported"):
        load_hooks(name, folder)


@pytest.mark.parametrize("result", ["5", "['a']", "{'X': 5}", "{5: 'x'}", "'text'"])
def test_credential_of_another_kind_is_refused(folder: Path, result: str) -> None:
    """A credential is a dict of texts; the error names the hook."""
    hooks = load(folder, f"def credential(identity, operation): return {result}")
    with pytest.raises(ConfigurationError, match="credential returned") as caught:
        hooks.credential_for("a", "b")
    assert caught.value.place == "shop_hooks.credential"


@pytest.mark.parametrize("result", ["5", "'text'", "{'a': 1}"])
def test_values_of_another_kind_are_refused(folder: Path, result: str) -> None:
    """Known values are a list: a text would be taken apart into letters."""
    hooks = load(folder, f"def values(operation, location, name): return {result}")
    with pytest.raises(ConfigurationError, match="values returned"):
        hooks.values_of("a", "b", "c")


@pytest.mark.parametrize(
    "result",
    ["5", "'text'", "('t',)", "('t', '2')", "('t', True)", "('t', 0)", "('t', float('inf'))", "(1, 2)"],
)
def test_short_tokens_of_another_kind_are_refused(folder: Path, result: str) -> None:
    """A short token is a text and a number of seconds above 0."""
    hooks = load(folder, f"def short_token(identity): return {result}")
    with pytest.raises(ConfigurationError, match="short_token returned"):
        hooks.short_token_of("default")


def test_short_token_may_be_left_out(folder: Path) -> None:
    """None, like no hook, is no token."""
    assert Hooks().short_token_of("default") is None
    assert load(folder, "def short_token(identity): return None").short_token_of("default") is None


def test_restart_is_told_the_target(folder: Path) -> None:
    """The hook restarts the service at the target; without one nothing happens."""
    hooks = load(folder, "said = []\ndef restart(base_url): said.append(base_url)\n")
    hooks.restarts("u")
    Hooks().restarts("u")
    assert ["u"] == sys.modules["shop_hooks"].said


def test_hook_that_raises_is_blamed(folder: Path) -> None:
    """An exception of a hook, or wrong arguments of its, are its own and no traceback of accord's."""
    hooks = load(folder, "def before_run(base_url): raise KeyError('x')\ndef after_run(): pass\n")
    for call in (hooks.before, hooks.after):
        with pytest.raises(ConfigurationError, match="raised") as caught:
            call("u")
        assert caught.value.place.startswith("shop_hooks.")
