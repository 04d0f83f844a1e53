"""Where hypothesis runs and shrinks: a finding is an exception there, with a class for each rule, and there only."""

from __future__ import annotations

from collections.abc import Callable

import hypothesis
from hypothesis.errors import Flaky, HypothesisException, Unsatisfiable
from schemathesis.core.errors import SchemathesisError


class Found(Exception):  # noqa: N818 - raised where hypothesis shrinks, caught right outside
    """A rule found something; hypothesis tells bugs apart by the subclass, one for each rule."""


class Enough(BaseException):
    """Enough was tried to make the proofs smaller."""


_FOUND: dict[str, type[Found]] = {}


def found_by(rule: str) -> type[Found]:
    """Return the class for what *rule* found."""
    if rule not in _FOUND:
        _FOUND[rule] = type(f"Found_{rule.replace('-', '_')}", (Found,), {})
    return _FOUND[rule]


def settings(examples: int, *, steps: int = 1, shrinks: bool = False) -> hypothesis.settings:
    """Return how hypothesis draws *examples*: quietly, from its seed alone, for as long as it takes.

    A state machine takes so many *steps*; what is found is made smaller where hypothesis *shrinks*.
    """
    return hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        derandomize=False,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=True,
        verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=(hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if shrinks else [])),
    )


def absorb(run: Callable[[], object]) -> str:
    """Run a hypothesis test whose findings were told on the way; returns why it could not run."""
    try:
        run()
    except Enough:
        return ""
    except (Found, Flaky, BaseExceptionGroup) as error:
        _reraise_foreign(error)
    except Unsatisfiable:
        return "no case satisfies the contract's schemas"
    except SchemathesisError as error:
        return str(error).splitlines()[0]
    except HypothesisException as error:
        return f"hypothesis gave up: {str(error).splitlines()[0]}"
    return ""


def _reraise_foreign(error: BaseException) -> None:
    """Raise what *error* holds beside findings: a bug of accord's must not pass for one."""
    # Flaky is a group too: of what was raised once and not again.
    if isinstance(error, BaseExceptionGroup):
        for item in error.exceptions:
            _reraise_foreign(item)
    elif not isinstance(error, Found | Flaky | Enough):
        raise error
