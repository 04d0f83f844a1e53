"""``accord generate`` as it is called: exit codes and what it prints."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).resolve().parents[2]


def accord(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-c", "from accord.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a contract and settings, and nothing generated."""
    shutil.copytree(DATA / "twins", tmp_path / "contract")
    settings = '[tool.accord]\ncontract = "contract"\ngenerated = "models"\n'
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    return tmp_path


def test_models_are_written_where_the_settings_say_and_then_fresh(project: Path) -> None:
    """Writing exits with 0, and so does the check after it, which prints nothing."""
    assert accord("generate", cwd=project).returncode == 0
    assert {"__init__.py", "api.py", "messages.py", "scalars.py"} == {
        item.name for item in (project / "models").iterdir()
    }
    checked = accord("generate", "--check", cwd=project)
    assert (0, "") == (checked.returncode, checked.stdout)


def test_a_check_prints_the_difference_and_writes_nothing(project: Path) -> None:
    """Stale models exit with 1 and a unified diff on stdout."""
    checked = accord("generate", "--check", cwd=project)
    assert checked.returncode == 1
    assert checked.stdout.startswith("--- /dev/null\n+++ models/__init__.py\n")
    assert not (project / "models").exists()


def test_options_win_over_settings(project: Path) -> None:
    """Contract and folder can be named on the command line."""
    done = accord("generate", "--contract", str(DATA / "signups.yaml"), "--output", "other", cwd=project)
    assert done.returncode == 0
    assert {"__init__.py", "messages.py", "scalars.py"} == {
        item.name for item in (project / "other").iterdir()
    }


def test_a_contract_that_is_not_there_exits_with_2(project: Path) -> None:
    """What cannot be generated is told in one paragraph, without a traceback."""
    done = accord("generate", "--check", "--contract", "absent", cwd=project)
    assert done.returncode == 2
    assert "absent" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_folder_to_write_to_exits_with_2(tmp_path: Path) -> None:
    """Without settings and options there is nothing to do, and the next step is told."""
    (tmp_path / "pyproject.toml").write_text("[tool.accord]\n", encoding="utf-8")
    done = accord("generate", cwd=tmp_path)
    assert done.returncode == 2
    assert "--output" in done.stderr


def test_the_committed_models_are_fresh() -> None:
    """generated/sartiq is what contracts/sartiq gives now."""
    checked = accord("generate", "--check", cwd=ROOT)
    assert (0, "") == (checked.returncode, checked.stdout[:2000])
