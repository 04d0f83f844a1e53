"""Facts about surveys: what of a folder is found, what is passed by, and that nothing of it is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.run.survey import survey

OPENAPI = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths: {}\n"


def write(folder: Path, **files: str) -> Path:
    """Write files, in whose names ``__`` is a slash and ``_dot_`` a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("main.py", "from fastapi import FastAPI\napp = FastAPI()", "main:app"),
        ("shop/api/__init__.py", "import fastapi\nservice = fastapi.FastAPI(title='x')", "shop.api:service"),
        ("src/shop/main.py", "from flask import Flask\napp: Flask = Flask(__name__)", "shop.main:app"),
        ("shop/asgi.py", "application = get_asgi_application()", "shop.asgi:application"),
        ("app.py", "def create_app(debug=False, *, extra=None):\n    return 1", "app:create_app"),
        ("app.py", "def create_app(settings):\n    return 1", None),
        ("app.py", "def create_app(*, settings):\n    return 1", None),
        ("app.py", "if True:\n    app = FastAPI()", None),
        ("not-a-name.py", "app = FastAPI()", None),
        (".venv/lib/main.py", "app = FastAPI()", None),
        ("node_modules/x/main.py", "app = FastAPI()", None),
        ("broken.py", "app = FastAPI(", None),
        ("null.py", "app = FastAPI()\0", None),
        ("deep.py", "app = FastAPI(" + "(" * 5000, None),
    ],
)
def test_an_application_is_known_by_what_makes_it(name, text, found, tmp_path):
    """At the top of a module that has a name; what needs an argument is no factory."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert ((found,) if found else ()) == survey(tmp_path).applications


def test_nothing_is_run(tmp_path):
    """A module that would do harm is read as text."""
    write(tmp_path, main_dot_py=f"open({str(tmp_path / 'harm')!r}, 'w')\napp = FastAPI()")
    assert ("main:app",) == survey(tmp_path).applications
    assert not (tmp_path / "harm").exists()


def test_the_likeliest_comes_first(tmp_path):
    """What is near and called app, before what stands among tests."""
    write(
        tmp_path,
        tests__conftest_dot_py="app = FastAPI()",
        shop__main_dot_py="other = FastAPI()\napp = FastAPI()",
        shop__deep__main_dot_py="app = FastAPI()",
    )
    assert ("shop.main:app", "shop.main:other", "shop.deep.main:app", "tests.conftest:app") == survey(
        tmp_path
    ).applications


def test_documents_are_known_by_their_first_member(tmp_path):
    """OpenAPI 3 and AsyncAPI 3, wherever in a JSON document it stands; nothing else that says the word."""
    write(
        tmp_path,
        api__openapi_dot_yaml=OPENAPI,
        api__events_dot_yaml=OPENAPI.replace("openapi: 3.1.0", "asyncapi: 3.0.0"),
        deep__er__spec_dot_json='{"components": {"x": "' + "y" * 9000 + '"}, "openapi": "3.0.3"}',
        swagger_dot_yaml="swagger: '2.0'\nopenapi-like: true",
        workflow_dot_yaml="steps:\n  - openapi: 3.1.0",
        broken_dot_yaml="openapi: 3.1.0\n a: [",
        list_dot_json="[]",
    )
    found = survey(tmp_path)
    assert ("api/openapi.yaml", "deep/er/spec.json") == found.documents
    assert ("api/events.yaml",) == found.others


def test_an_empty_folder_has_nothing(tmp_path):
    """And a link in a circle does no harm."""
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "lost.yaml").symlink_to(tmp_path / "nowhere")
    found = survey(tmp_path)
    assert ((), (), ()) == (found.documents, found.others, found.applications)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["openapi/index_openapi.json", "openapi/openapi.json"], "openapi/openapi.json"),
        (["docs/source/_static/rest-api.yml"], "docs/source/_static/rest-api.yml"),
        (["a/deep/api.yaml", "tests/openapi.yaml"], "a/deep/api.yaml"),
        (["tests/openapi.yaml"], "tests/openapi.yaml"),
    ],
)
def test_the_likeliest_document_comes_first(names, found, tmp_path):
    """One of the usual name before its neighbours, one of tests only where there is no other."""
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(OPENAPI)
    assert found == survey(tmp_path).documents[0]


def test_the_document_of_a_test_is_none_of_an_application(tmp_path):
    """What an application publishes says more of it than a fixture."""
    write(tmp_path, tests__openapi_dot_yaml=OPENAPI, main_dot_py="app = FastAPI()")
    assert () == survey(tmp_path).documents


def test_a_module_is_named_from_the_project_that_it_is_in(tmp_path):
    """A repository of several projects has each below a folder of its own, which is no part of a name."""
    write(
        tmp_path,
        pyproject_dot_toml="",
        packages__web__pyproject_dot_toml="",
        packages__web__src__shop__web__main_dot_py="app = FastAPI()",
    )
    assert ("shop.web.main:app",) == survey(tmp_path).applications
