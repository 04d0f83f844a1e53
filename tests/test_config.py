"""Settings read from pyproject.toml, and every way in which they can mean nothing."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from accord.config import (
    _IDENTITY_KEYS,
    _KEYS,
    VARIABLES,
    IdentitySettings,
    Settings,
    expand,
    read_settings,
)
from accord.errors import ConfigurationError
from accord.run.drift.settings import KEYS as DRIFT_KEYS


def write(folder: Path, text: str) -> Path:
    """Write *text* as the pyproject.toml of *folder* and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, text: str) -> ConfigurationError:
    """Return the error that reading *text* ends with."""
    with pytest.raises(ConfigurationError) as caught:
        read_settings(write(folder, text))
    return caught.value


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("token = 't'", IdentitySettings(token="t")),
        ("api-key = 'k'", IdentitySettings(api_key="k")),
        ("command = 'c'\nscopes = ['read']", IdentitySettings(command="c", scopes=("read",))),
    ],
)
def test_the_default_identity_stands_at_the_top(
    tmp_path: Path, line: str, expected: IdentitySettings
) -> None:
    """However a caller proves who it is, a project with one caller needs no table for it."""
    settings = read_settings(write(tmp_path, f"[tool.accord]\n{line}\n"))
    assert {"default": expected} == settings.identities


def test_every_setting_is_read(tmp_path: Path) -> None:
    """Paths are relative to the file; the other settings are what they say."""
    text = """
    [tool.accord]
    contract = "contracts/shop"
    generated = "generated"
    profile = "flask"
    target = "shop:app"
    hooks = "shop_hooks"
    safe = true
    strict = true
    rate = "10/s"
    patience = "60s"
    keep = false
    min-message-coverage = 90
    sunset-months = 6
    username = "ann"
    password = "p"
    [tool.accord.identities.other]
    token = "t"
    [tool.accord.identities.third]
    api-key = "k"
    [tool.accord.rules]
    server-error = "off"
    [tool.accord.schemathesis.generation]
    allow-x00 = false
    """
    assert read_settings(write(tmp_path, text)) == Settings(
        root=tmp_path,
        contract=tmp_path / "contracts/shop",
        generated=tmp_path / "generated",
        profile="flask",
        target="shop:app",
        hooks="shop_hooks",
        identities={
            "default": IdentitySettings(username="ann", password="p"),
            "other": IdentitySettings(token="t"),
            "third": IdentitySettings(api_key="k"),
        },
        rules={"server-error": "off"},
        schemathesis={"generation": {"allow-x00": False}},
        safe=True,
        strict=True,
        rate="10/s",
        patience="60s",
        keep=False,
        min_message_coverage=90.0,
        sunset_months=6,
    )


def test_nearest_file_with_settings_counts(tmp_path: Path) -> None:
    """A pyproject.toml without [tool.accord] is passed by on the way up."""
    write(tmp_path, '[tool.accord]\ntarget = "outer"')
    write(tmp_path / "a", '[tool.accord]\ntarget = "inner"')
    write(tmp_path / "a" / "b", "[tool.other]\nx = 1")
    write(tmp_path / "a" / "b" / "c", "tool = 5")
    assert read_settings(tmp_path / "a" / "b" / "c").target == "inner"
    assert read_settings(tmp_path / "a" / "b" / "c").root == tmp_path / "a"


def test_relative_start_looks_upward_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the working directory, the folders above it are looked through."""
    write(tmp_path, '[tool.accord]\ntarget = "it"')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert read_settings(Path()).target == "it"


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    """No settings are no error."""
    write(tmp_path, "[project]\nname = 'x'")
    assert read_settings(tmp_path) == Settings(root=tmp_path)
    assert read_settings(write(tmp_path, "[tool.accord]")) == Settings(root=tmp_path)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[tool.accord", "pyproject.toml", "not valid TOML"),
        ("[tool.accord]\nsunset-months = -1", "pyproject.toml [tool.accord]", "from 0 to 1200"),
        ("[tool.accord]\nsunset-months = true", "pyproject.toml [tool.accord]", "from 0 to 1200"),
        ("[tool.accord]\nsunset-months = 1.5", "pyproject.toml [tool.accord]", "from 0 to 1200"),
        ("[tool.accord]\na = x", "pyproject.toml", "line 2"),
        ("[tool.accord]\ncontract = 'a'\ncontract = 'b'", "pyproject.toml", "not valid TOML"),
        ("a = " + "[" * 100_000, "pyproject.toml", "nested too deeply"),
        ("tool.accord = 5", "pyproject.toml [tool]", "'accord' is not a table"),
        ("[[tool.accord]]", "pyproject.toml [tool]", "'accord' is not a table"),
        ("[tool.accord]\ncontarct = 'a'", "pyproject.toml [tool.accord]", "'contarct'"),
        ("[tool.accord]\nzzz = 'a'", "pyproject.toml [tool.accord]", "'zzz'"),
        ("[tool.accord]\ntokn = 't'", "pyproject.toml [tool.accord]", "'tokn'"),
        (
            "[tool.accord]\ntoken = 't'\napi-key = 'k'",
            "pyproject.toml [tool.accord]",
            "several ways to authenticate",
        ),
        ("[tool.accord]\ncontract = 5", "pyproject.toml [tool.accord]", "'contract' is not a string"),
        ("[tool.accord]\ntarget = ['a']", "pyproject.toml [tool.accord]", "'target' is not a string"),
        ("[tool.accord]\nsafe = 'yes'", "pyproject.toml [tool.accord]", "'safe' is not a boolean"),
        ("[tool.accord]\nstrict = 1", "pyproject.toml [tool.accord]", "'strict' is not a boolean"),
        ("[tool.accord]\nkeep = []", "pyproject.toml [tool.accord]", "'keep' is not a boolean"),
        ("[tool.accord]\nrate = 10", "pyproject.toml [tool.accord]", "'rate' is not a string"),
        ("[tool.accord]\ntarget = ''", "pyproject.toml [tool.accord]", "'target' is empty"),
        (
            "[tool.accord]\ncontract = 'a\\u0000'".replace("'", '"'),
            "pyproject.toml [tool.accord]",
            "null character",
        ),
        ("[tool.accord]\nmin-message-coverage = 101", "pyproject.toml [tool.accord]", "from 0 to 100"),
        ("[tool.accord]\nmin-message-coverage = true", "pyproject.toml [tool.accord]", "from 0 to 100"),
        ("[tool.accord]\nmin-message-coverage = nan", "pyproject.toml [tool.accord]", "from 0 to 100"),
        ("[tool.accord]\nidentities = 5", "pyproject.toml [tool.accord]", "'identities' is not a table"),
        ("[tool.accord]\nrules = 'off'", "pyproject.toml [tool.accord]", "'rules' is not a table"),
        ("[tool.accord.rules]\nx = false", "pyproject.toml [tool.accord.rules]", "'x' is not a string"),
        ("[tool.accord]\nschemathesis = []", "pyproject.toml [tool.accord]", "'schemathesis' is not a table"),
        ("[tool.accord.identities]\na = 5", "pyproject.toml [tool.accord.identities.a]", "not a table"),
        ("[tool.accord.identities.a]", "pyproject.toml [tool.accord.identities.a]", "no or several ways"),
        ("[tool.accord.identities.a]\nuser = 'x'", "pyproject.toml [tool.accord.identities.a]", "'user'"),
        (
            "[tool.accord.identities.a]\nusername = 'x'",
            "pyproject.toml [tool.accord.identities.a]",
            "only one of",
        ),
        (
            "[tool.accord.identities.a]\npassword = 'x'",
            "pyproject.toml [tool.accord.identities.a]",
            "only one of",
        ),
        (
            "[tool.accord.identities.a]\ntoken = 't'\napi-key = 'k'",
            "pyproject.toml [tool.accord.identities.a]",
            "several",
        ),
        (
            "[tool.accord.identities.a]\ntoken = 5",
            "pyproject.toml [tool.accord.identities.a]",
            "'token' is not a string",
        ),
        (
            "[tool.accord.identities.a]\ntoken = ''",
            "pyproject.toml [tool.accord.identities.a]",
            "'token' is empty",
        ),
        *(
            (
                f"[tool.accord.identities.a]\ntoken = 't'\nscopes = {scopes}",
                "pyproject.toml [tool.accord.identities.a]",
                "'scopes' is not a list of strings",
            )
            for scopes in ("'read'", "[5]", "{ read = true }")
        ),
        (
            "[tool.accord.identities.a]\nscopes = []",
            "pyproject.toml [tool.accord.identities.a]",
            "no or several",
        ),
        *(
            (
                f"[tool.accord.identities.a]\ncommand = 'c'\nlifetime = {lifetime}",
                "pyproject.toml [tool.accord.identities.a]",
                "'lifetime' is not a number of seconds above 0",
            )
            for lifetime in ("'2'", "0", "inf", "nan", "true")
        ),
        (
            "[tool.accord.identities.a]\ntoken = 't'\nlifetime = 2",
            "pyproject.toml [tool.accord.identities.a]",
            "no way to a new token",
        ),
        ("[tool.accord]\nusername = 'x'", "pyproject.toml [tool.accord]", "only one of"),
        (
            "[tool.accord]\nusername = 'x'\npassword = 'p'\n[tool.accord.identities.default]\ntoken = 't'",
            "pyproject.toml [tool.accord]",
            "gives username and password beside an identity called default",
        ),
        (
            "[tool.accord]\ntarget = '${ACCORD_NOT_SET}'",
            "pyproject.toml [tool.accord] target",
            "ACCORD_NOT_SET is not set",
        ),
    ],
)
def test_setting_that_means_nothing_is_refused(tmp_path: Path, text: str, place: str, words: str) -> None:
    """Each error names its place, what is wrong, and what to do about it."""
    error = refusal(tmp_path, text)
    assert error.place.endswith(place)
    assert words in error.reason
    assert error.next_step


def test_scopes_of_an_identity_are_read(tmp_path: Path) -> None:
    """Scopes stand beside the one way in which an identity shows who it is; unsaid ones are unknown."""
    text = "[tool.accord.identities]\na = { token = 't', scopes = ['read', 'list'] }\nb = { token = 't', scopes = [] }"
    identities = read_settings(write(tmp_path, f"{text}\nc = {{ token = 't' }}")).identities
    assert [("read", "list"), (), None] == [identities[name].scopes for name in "abc"]


def test_misspelt_key_gets_a_suggestion(tmp_path: Path) -> None:
    """The nearest known key is named, else all of them."""
    assert refusal(tmp_path, "[tool.accord]\ncontarct = 'a'").next_step == "Did you mean 'contract'?"
    assert "contract, generated, target" in refusal(tmp_path, "[tool.accord]\nzzz = 'a'").next_step


@pytest.mark.parametrize("content", [b"\xff\xfe", b'[tool.accord]\ntarget = "\xe9"'])
def test_file_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file in another encoding is an error that names it."""
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        read_settings(tmp_path)
    assert caught.value.place == str(tmp_path / "pyproject.toml")


def test_environment_fills_values_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``${NAME}`` is replaced anywhere in a text, once: what comes in is not looked at again."""
    monkeypatch.setenv("ACCORD_A", "value")
    monkeypatch.setenv("ACCORD_B", "${ACCORD_A}")
    text = '[tool.accord]\ntarget = "http://${ACCORD_A}:${ACCORD_A}"\n[tool.accord.identities.a]\ntoken = "${ACCORD_B}"'
    settings = read_settings(write(tmp_path, text))
    assert ("http://value:value", "${ACCORD_A}") == (settings.target, settings.identities["a"].token)


@pytest.mark.parametrize("text", ["$HOME", "${}", "${1A}", "$(x)", "${A-B}", "{A}"])
def test_other_dollars_stay(text: str) -> None:
    """Only ``${NAME}`` is a variable."""
    assert text == expand(text, "here")


def test_empty_variable_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing gives no token, and the error says so at once."""
    monkeypatch.setenv("ACCORD_EMPTY", "")
    error = refusal(tmp_path, "[tool.accord.identities.a]\ntoken = '${ACCORD_EMPTY}'")
    assert "'token' is empty" in error.reason


def test_secret_is_in_no_error_and_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password shows neither in what is printed of the settings nor in an error about them."""
    monkeypatch.setenv("ACCORD_SECRET", "hunter2")
    ways = ["username = 'u'\npassword = '{}'", "token = '{}'", "api-key = '{}'"]
    for index, way in enumerate(ways):
        text = "[tool.accord.identities.a]\n" + way.format("${ACCORD_SECRET}")
        settings = read_settings(write(tmp_path / str(index), text))
        assert "hunter2" not in repr(settings)
        error = refusal(tmp_path / str(index), f"{text}\nunknown = 1")
        assert "hunter2" not in str(error)
    assert os.environ["ACCORD_SECRET"] == "hunter2"


def test_a_contract_may_be_a_url(tmp_path: Path) -> None:
    """A URL stays as it is written; everything else is a path."""
    url = "http://127.0.0.1:8000/openapi.json"
    assert url == read_settings(write(tmp_path, f"[tool.accord]\ncontract = '{url}'")).contract
    assert tmp_path / "http" == read_settings(write(tmp_path, "[tool.accord]\ncontract = 'http'")).contract


SCHEMA = json.loads(resources.files("accord").joinpath("config.schema.json").read_text("utf-8"))
SAMPLES = [
    "",
    "contract = 'a'\nsafe = true\nmin-message-coverage = 90\nusername = 'a'\npassword = 'p'",
    "username = 'a'",
    "contarct = 'a'",
    "safe = 'yes'",
    "min-message-coverage = 101",
    "target = ''",
    "rate = 10",
    "[identities.a]\ntoken = 't'\nscopes = ['read']",
    "[identities.a]\ncommand = 'c'\nlifetime = 2",
    "[identities.a]\ntoken = 't'\napi-key = 'k'",
    "[identities.a]",
    "[identities.a]\nusername = 'x'",
    "[identities.a]\nuser = 'x'",
    "[identities.a]\ncommand = 'c'\nlifetime = 0",
    "identities = 5",
    "[rules]\nserver-error = 'off'",
    "[rules]\nserver-error = false",
    "schemathesis = []",
]


def test_the_published_schema_names_every_setting() -> None:
    """What editors complete is what the reader of settings knows."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(_KEYS) == set(SCHEMA["properties"])
    assert set(DRIFT_KEYS) == set(SCHEMA["$defs"]["drift"]["properties"])
    assert set(_IDENTITY_KEYS) == set(SCHEMA["$defs"]["identity"]["properties"])


@pytest.mark.parametrize("text", SAMPLES)
def test_the_published_schema_agrees_with_the_reader(text: str, tmp_path: Path) -> None:
    """What one refuses the other refuses too."""
    (tmp_path / "accord.toml").write_text(text)
    try:
        read_settings(tmp_path, {})
        taken = True
    except ConfigurationError:
        taken = False
    assert taken == jsonschema.Draft202012Validator(SCHEMA).is_valid(tomllib.loads(text))


def test_a_file_of_its_own_has_the_same_settings(tmp_path: Path) -> None:
    """``accord.toml`` says without a prefix what ``[tool.accord]`` says, and its errors name it."""
    text = "contract = 'c'\n[{0}identities.other]\ntoken = 't'\n[{0}rules]\nserver-error = 'off'"
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "accord.toml").write_text(text.format(""))
    shared = read_settings(write(tmp_path / "shared", "[tool.accord]\n" + text.format("tool.accord.")), {})
    own = read_settings(tmp_path / "own", {})
    assert replace(shared, root=own.root, contract=own.contract) == own
    assert own.contract == tmp_path / "own" / "c"
    (tmp_path / "own" / "accord.toml").write_text("[rules]\nx = 5")
    with pytest.raises(ConfigurationError) as caught:
        read_settings(tmp_path / "own", {})
    assert caught.value.place == "accord.toml [rules]"


def test_two_files_in_one_folder_are_refused(tmp_path: Path) -> None:
    """Nobody could tell which counts; a pyproject.toml without the table is none of them."""
    (tmp_path / "accord.toml").write_text("target = 'a:b'")
    write(tmp_path, "[project]\nname = 'x'")
    assert read_settings(tmp_path, {}).target == "a:b"
    write(tmp_path, "[tool.accord]")
    with pytest.raises(ConfigurationError, match=r"\[tool.accord\] beside it"):
        read_settings(tmp_path, {})


def test_variables_count_more_than_the_file(tmp_path: Path) -> None:
    """Each sets its setting as the file would; an empty one says nothing, and nothing in one is filled in."""
    write(tmp_path, "[tool.accord]\ntarget = 'file:app'\nsafe = true\nrate = '1/s'")
    given = {
        "ACCORD_CONTRACT": "https://api.test/openapi.json",
        "ACCORD_TARGET": "${HOME}:app",
        "ACCORD_GENERATED": "models",
        "ACCORD_SAFE": "false",
        "ACCORD_STRICT": "1",
        "ACCORD_KEEP": "yes",
        "ACCORD_REQUIRE_REACH": "TRUE",
        "ACCORD_MIN_MESSAGE_COVERAGE": "87.5",
        "ACCORD_RATE": "",
        "ACCORD_USERNAME": "ann",
        "ACCORD_PASSWORD": "p",
    }
    assert read_settings(tmp_path, given) == Settings(
        root=tmp_path,
        contract="https://api.test/openapi.json",
        target="${HOME}:app",
        generated=Path("models"),
        safe=False,
        strict=True,
        keep=True,
        require_reach=True,
        min_message_coverage=87.5,
        rate="1/s",
        identities={"default": IdentitySettings(username="ann", password="p")},
    )


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"ACCORD_SAFE": "maybe"}, "environment variable ACCORD_SAFE"),
        ({"ACCORD_MIN_MESSAGE_COVERAGE": "101"}, "environment variable ACCORD_MIN_MESSAGE_COVERAGE"),
        ({"ACCORD_MIN_MESSAGE_COVERAGE": "nan"}, "environment variable ACCORD_MIN_MESSAGE_COVERAGE"),
        ({"ACCORD_USERNAME": "ann"}, "environment variables ACCORD_USERNAME and ACCORD_PASSWORD"),
    ],
)
def test_a_variable_that_means_nothing_is_refused(tmp_path: Path, given: dict[str, str], place: str) -> None:
    """The variable is named."""
    with pytest.raises(ConfigurationError) as caught:
        read_settings(tmp_path, given)
    assert place == caught.value.place
    assert caught.value.next_step


def test_each_variable_is_documented() -> None:
    """The guide names them all."""
    guide = (Path(__file__).parents[1] / "docs/configuration.md").read_text("utf-8")
    assert [] == [name for name in VARIABLES if f"`{name}`" not in guide]
