"""Facts noted and alerts sent without a service: made-up facts, and a receiver that is a function."""

from __future__ import annotations

from accord.exchange.message import Delivery
from accord.findings.drift.fact import Fact, Grade, Kind
from accord.findings.drift.lifecycle import Listener
from accord.findings.finding import Severity
from accord.run.drift.outbox import empty
from accord.run.drift.standing import Receiver, Scope, Tale, note

SCOPE = Scope(target="https://staging.example.com", contract="contracts/mine", accept="accord accept x")
TEAM = Receiver(listener=Listener(name="team", threshold=Severity.ERROR, remind=1000.0), digest=False)
DIGEST = Receiver(listener=Listener(name="daily", threshold=Severity.NOTE), digest=True)
ALL = frozenset({Kind.PUBLISHED, Kind.SERVICE})


class Killed(BaseException):
    """What no handler of errors catches."""


class Post:
    """Takes what is sent; ``answers`` are what it says, one after the other, then that it takes all."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def __call__(self, parcel):
        self.sent.append((parcel.message, [(alert.event, alert.body["headline"]) for alert in parcel.alerts]))
        answer = self.answers.pop(0) if self.answers else Delivery(taken=True, detail="status 204")
        if isinstance(answer, Delivery):
            return answer
        raise answer

    def events(self):
        return [alert for _, alerts in self.sent for alert in alerts]


def tale(name, *, state="one", severity=Severity.ERROR, kind=Kind.PUBLISHED, approval=""):
    fact = Fact(
        kind=kind,
        key=name,
        state=state,
        rule="changed-type",
        grade=Grade.BREAKING,
        severity=severity,
        proof="",
        approval=approval,
    )
    return Tale(fact=fact, body={"key": name, "severity": severity.value, "headline": f"{name} {state}"})


def noted(ledger, *tales, receivers=(TEAM,), at=1000.0, asked=None, kinds=ALL):
    return note(ledger, SCOPE, tales, receivers, kinds=kinds, asked=asked or at, now=at)


def send(ledger, post, *, destination="team", at=1000.0):
    return empty(ledger, destination, post, clock=lambda: at, seconds=10)
