"""``accord rules``: what there is, and what one of them means."""

from __future__ import annotations

import os
import subprocess
import sys


def test_all_rules_are_listed(project):
    """Those of verify have their severity, those of compare are called changes; each has a sentence."""
    done = project.accord("rules")

    assert 0 == done.code, done
    lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.out.splitlines()}
    assert ["error", "A secured operation serves a caller whose credential is missing or bad."] == lines[
        "unauthenticated-access"
    ]
    assert ["change", "An operation is gone."] == lines["removed-operation"]
    assert [] == [id_ for id_, words in lines.items() if len(words) < 2]


def test_one_rule_is_explained(project):
    """Its page is printed."""
    done = project.accord("rules", "unauthenticated-access")

    assert 0 == done.code, done
    assert done.out.startswith("# unauthenticated-access\n")
    assert "## What to do" in done.out


def test_a_change_is_explained(project):
    """It says what it is about."""
    done = project.accord("rules", "removed-operation")

    assert (0, True) == (done.code, "An operation is gone." in done.out), done


def test_an_unknown_rule_is_told_with_the_nearest_one(project):
    """Nothing is read from elsewhere by a name that is a path."""
    done = project.accord("rules", "removed-operations")
    path = project.accord("rules", "../configuration")

    assert (2, 2) == (done.code, path.code), (done, path)
    assert "Did you mean 'removed-operation'?" in done.err


def test_a_change_says_what_its_severity_depends_on(project):
    """How grave a change is follows from its verdict, and the explanation says so."""
    done = project.accord("rules", "changed-max-length")

    assert 0 == done.code, done
    assert "error when it breaks a client" in done.out


def test_a_change_says_when_it_breaks_and_what_to_do(project):
    """A table of the documents says when, with an example; its cells may hold what separates them."""
    done = project.accord("rules", "changed-parameter-style")

    assert 0 == done.code, done
    assert "Breaking: always\n" in done.out
    assert "Example: `?q=1,2` becomes `?q=1|2`\n" in done.out
    assert 'changed-parameter-style = "warning"' in done.out
    assert "--approvals" in done.out


def test_a_shell_completes_the_ids_of_rules(project):
    """What the shell is told are ids that begin as the word does."""
    asked = {
        "_ACCORD_COMPLETE": "complete_bash",
        "COMP_WORDS": "accord rules untyped",
        "COMP_CWORD": "2",
    }
    code = "import sys; sys.argv[0] = 'accord'; from accord.cli import app; app(prog_name='accord')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.folder,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["untyped-field"], done
