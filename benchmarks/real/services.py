"""Two services that nobody here wrote, each in a virtual environment of its own, started on the loopback interface.

``prefect`` is a FastAPI application with a generated OpenAPI 3.1 document of some 190 operations;
``changedetection`` a Flask application whose document is written by hand and served at ``/full-spec``.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".accord" / "real"
_START_SECONDS = 180
_STOP_SECONDS = 15
# Nothing listens there: a service that wants to call out gets no further.
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, kw_only=True)
class Service:
    """How to start one service and how to ask it; ``{port}`` and ``{data}`` stand in its command."""

    name: str
    command: tuple[str, ...]
    prefix: str
    document: str
    environment: Mapping[str, str]
    key: Callable[[Path], str | None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running service: its URL, the file of its own document, the key that it asks for."""

    url: str
    document: Path
    key: str | None
    log: Path


def _key_of_changedetection(data: Path) -> str:
    stored = json.loads((data / "changedetection.json").read_text(encoding="utf-8"))
    return str(stored["settings"]["application"]["api_access_token"])


SERVICES = {
    "prefect": Service(
        name="prefect",
        command=(
            "prefect",
            "server",
            "start",
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
            "--no-services",
            "--no-ui",
        ),
        prefix="/api",
        document="/openapi.json",
        environment={
            "PREFECT_HOME": "{data}",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        },
    ),
    "changedetection": Service(
        name="changedetection",
        command=("changedetection.io", "-h", "127.0.0.1", "-p", "{port}", "-C", "-d", "{data}"),
        prefix="/api/v1",
        document="/full-spec",
        environment={"DISABLE_VERSION_CHECK": "true"},
        key=_key_of_changedetection,
    ),
}


@contextmanager
def running(service: Service, folder: Path) -> Iterator[Running]:
    """Run *service* with nothing stored, its files below *folder*; it is stopped whatever happens."""
    scripts = _installed(service)
    data, log = folder / "data", folder / "log"
    data.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [part.format(port=port, data=data) for part in service.command]
    own = {name: value.format(data=data) for name, value in service.environment.items()}
    proxies = {f"{scheme}_PROXY": _NOWHERE for scheme in ("HTTP", "HTTPS", "ALL")}
    environment = {**os.environ, **proxies, "NO_PROXY": "127.0.0.1", **own}
    environment.pop("PYTHONPATH", None)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(scripts / command[0]), *command[1:]],
            cwd=folder,
            env=environment,
            stdout=stream,
            stderr=stream,
        )
        try:
            url = f"http://127.0.0.1:{port}{service.prefix}"
            document = folder / f"{service.name}{Path(service.document).suffix or '.yaml'}"
            document.write_bytes(_answer(url + service.document, process, log))
            yield Running(url=url, document=document, key=service.key(data), log=log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _installed(service: Service) -> Path:
    """Return the scripts of the virtual environment of *service*, which is made when it is not there."""
    wanted = HERE / f"{service.name}.txt"
    home = ENVIRONMENTS / service.name
    stamp = home / "installed"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        print(f"{service.name}: installing {wanted.name}, once", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run(
            [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--requirement", str(wanted)],
            check=True,
        )
        stamp.write_bytes(wanted.read_bytes())
    return home / "bin"


def _answer(url: str, process: subprocess.Popen[bytes], log: Path) -> bytes:
    """Return what is at *url* as soon as something answers there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(url, timeout=10) as response:
                return bytes(response.read())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit(f"nothing answers at {url}:\n{log.read_text(errors='replace')[-3000:]}")
