"""The first look at both sides: whether they answer, let the caller in, and show the same things at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.errors import ConfigurationError, CredentialError, TargetError
from accord.exchange.values import Lapse
from accord.findings.regression.take import Take, identities
from accord.run.regression.scene import Answers

_UNREACHED = (Lapse.NO_CONNECTION,)
_FEWEST = 2


def compare_looks(
    baseline: Mapping[str, Answers], candidate: Mapping[str, Answers], *, names: tuple[str, str], values: bool
) -> None:
    """Hold what the *candidate* showed at first against what the *baseline* did, both by operation.

    Raises ``TargetError`` for a side that does not answer, ``CredentialError`` for one that lets the caller in
    nowhere where the other does, and, where *values* are to be compared, ``ConfigurationError`` for two that
    show different things: other accounts, or other data.
    """
    looks = [{key: _take(answers) for key, answers in side.items()} for side in (baseline, candidate)]
    for look, name in zip(looks, names, strict=True):
        takes = [take for take in look.values() if take is not None]
        if takes and all(take.last.lapse in _UNREACHED for take in takes):
            raise TargetError(
                f"nothing answers: {takes[0].last.detail or 'no connection'}",
                place=name[:300],
                next_step="Start the service, or correct its address.",
            )
    before, after = looks
    asked = [key for key, take in before.items() if _status(take) // 100 == 2 and after.get(key) is not None]
    statuses = [_status(after[key]) for key in asked]
    if statuses and all(status in (401, 403) for status in statuses):
        raise CredentialError(
            f"answers {statuses[0]} to every request that {names[0][:200]} takes",
            place=names[1][:300],
            next_step="Give both sides the same account, or a header of its own with --candidate-header.",
        )
    if values:
        _compare_things(before, after, asked, names)


def _compare_things(
    before: Mapping[str, Take | None],
    after: Mapping[str, Take | None],
    asked: Sequence[str],
    names: tuple[str, str],
) -> None:
    telling = [key for key in asked if _things(before[key]) and _status(after[key]) // 100 == 2]
    strange = [key for key in telling if not _things(before[key]) & _things(after[key])]
    if len(strange) >= _FEWEST and len(strange) * 2 > len(telling):
        raise ConfigurationError(
            f"shows other things than {names[0][:200]}: {len(strange)} of {len(telling)} operations have no id "
            f"in common, {strange[0]} for one",
            place=names[1][:300],
            next_step="Give both sides the same account and the same data, or compare with --shape-only.",
        )


def _take(answers: Answers) -> Take | None:
    return next((item for item in answers.values() if isinstance(item, Take)), None)


def _status(take: Take | None) -> int:
    response = take.last.response if take else None
    return response.status if response else 0


def _things(take: Take | None) -> set[str]:
    return identities(take.last) if take else set()
