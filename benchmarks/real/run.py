"""Verify services that nobody here wrote: ``python benchmarks/real/run.py [NAME ...] [-- OPTION ...]``.

Each service is held against its own document by ``accord verify --max-examples 5``, or with the
options behind ``--``. Prints the findings by rule, the time and the memory, and runs each printed
command once more, to see whether it shows what it should; the whole report of a service is kept in
``.accord/real/NAME.txt`` and ``.json``. Ends with 1 when a run of accord failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from services import ENVIRONMENTS, SERVICES, Running, Service, running

DEFAULT = ("--max-examples", "5")
_IDENTITY = '[tool.accord.identities.default]\napi-key = "${SERVICE_KEY}"\n'


def main(names: list[str], options: list[str]) -> int:
    """Verify the services called *names* and return how many runs failed."""
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder, running(SERVICES[name], Path(folder)) as service:
            failed += not _verify(SERVICES[name], service, Path(folder), options)
    return failed


def _verify(known: Service, service: Running, folder: Path, options: list[str]) -> bool:
    (folder / "pyproject.toml").write_text(_IDENTITY if service.key else "[tool.accord]\n")
    report, told = ENVIRONMENTS / f"{known.name}.json", ENVIRONMENTS / f"{known.name}.txt"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "accord", "verify", service.url, "--contract", str(service.document)]
    since = time.monotonic()
    with told.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--keep", "--no-color", "--report", f"json={report}", *options],
            cwd=folder,
            env={**os.environ, "SERVICE_KEY": service.key or ""},
            stdout=output,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    print(
        f"{known.name}: exit {process.returncode} in {time.monotonic() - since:.0f} s, "
        f"{usage.ru_utime + usage.ru_stime:.0f} CPU s, {usage.ru_maxrss // 1024} MB",
        flush=True,
    )
    if process.returncode not in (0, 1) or not report.exists():
        return False
    found = json.loads(report.read_text(encoding="utf-8"))
    _tell(found)
    _repeat(found["findings"], service.key or "")
    print(f"  {len(told.read_text(encoding='utf-8').splitlines())} lines in {told}")
    return True


def _tell(report: dict[str, object]) -> None:
    findings = [finding for finding in report["findings"] if isinstance(finding, dict)]  # type: ignore[attr-defined]
    counts = report["counts"]
    print(f"  {counts}")
    for (severity, rule), number in sorted(
        Counter((item["severity"], item["rule"]) for item in findings).items()
    ):
        print(f"  {number:5} {severity:8} {rule}")


def _repeat(findings: list[dict[str, object]], key: str) -> None:
    """Run the command of each finding, as a reader would, and tell how many are answered as they were."""
    same = 0
    provable = [item for item in findings if item["reproduce"] and isinstance(item.get("exchange"), dict)]
    for finding in provable:
        response = finding["exchange"]["response"]  # type: ignore[index]
        before = str(response["status"]) if response else "000"
        result = subprocess.run(
            [
                "bash",
                "-c",
                f"{finding['reproduce']} --silent --output /dev/null --write-out '%{{http_code}}'",
            ],
            env={**os.environ, "X_API_KEY": key},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        same += result.stdout == before
        if result.stdout != before:
            print(f"  was {before}, is {result.stdout}: {finding['rule']} {finding['operation']}")
    print(f"  {same} of {len(provable)} printed commands are answered with the same status again")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    sys.exit(1 if main(arguments[:split] or sorted(SERVICES), arguments[split + 1 :] or list(DEFAULT)) else 0)
