"""A comparison as SARIF 2.1.0 (OASIS), for code scanning: each change at its file and line."""

from __future__ import annotations

from accord.contract.pointer import Json
from accord.findings.changes.catalogue import CATALOGUE
from accord.findings.changes.result import Compared, Told
from accord.report import sarif_log
from accord.report.changes.words import consequence, direction, shown_witness, title
from accord.report.text import printable

_REACHES = 100


def render(compared: Compared) -> bytes:
    """Return *compared* as a SARIF log of one run in UTF-8.

    A place is that in the new contract, with the old one as a related location, or that in the old
    one where the new has nothing. An approved change is suppressed, with the approval as reason.
    """
    rules = sorted({told.change.rule for told in compared.changes})
    about = {row.id: row.about for row in CATALOGUE}
    return sarif_log.log(
        compared.accord,
        {rule: about.get(rule, "") for rule in rules},
        [_result(told, rules.index(told.change.rule)) for told in compared.changes],
        properties={
            "old": compared.old,
            "new": compared.new,
            "policy": compared.policy.value,
            "bump": compared.bump.value,
        },
    )


def _result(told: Told, index: int) -> dict[str, Json]:
    change = told.change
    new, old = (
        _location(told.new_path, told.new_line, told.new_column, change.new_place),
        _location(told.old_path, told.old_line, told.old_column, change.old_place),
    )
    result: dict[str, Json] = {
        "ruleId": change.rule,
        "ruleIndex": index,
        "level": sarif_log.LEVELS[change.severity],
        "kind": "fail",
        "message": {
            "text": sarif_log.sentence(
                title([told]),
                direction(change),
                shown_witness(change),
                consequence(change),
                change.reason,
            )
        },
        "locations": [place for place in (new or old,) if place],
        "partialFingerprints": {sarif_log.FINGERPRINT: change.fingerprint},
        "properties": {
            "verdict": change.verdict.value,
            "effect": change.effect.value,
            "reaches": [printable(name, limit=sarif_log.TEXT) for name in change.reaches[:_REACHES]],
        },
    }
    if new and old:
        result["relatedLocations"] = [{"id": 1, "message": {"text": "what the old contract says"}, **old}]
    if told.approval:
        result["suppressions"] = sarif_log.suppressions(told.approval)
    return result


def _location(path: str, line: int | None, column: int | None, place: str) -> dict[str, Json]:
    return sarif_log.location(path, place.partition("#")[2], line=line, column=column)
