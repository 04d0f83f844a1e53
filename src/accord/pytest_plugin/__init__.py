"""The pytest plugin: one test item for each trial of the contract, and one report for all of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from accord.errors import AccordError
from accord.pytest_plugin.option import declare, options_of, settings_of

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.findings.approval import Approval
    from accord.findings.finding import Outcome
    from accord.findings.result import Run
    from accord.run.verification import Verification

_PACKED = "accord_run"


@dataclass(slots=True)
class _State:
    """What one pytest process knows of its contract run."""

    outcomes: list[Outcome] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    whole: Run | None = None
    passed: Mapping[str, str] = field(default_factory=dict)
    misconfigured: str = ""
    unwritten: str = ""


_STATE = pytest.StashKey[_State]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the contract suite."""
    declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Make room for what this process finds."""
    config.stash[_STATE] = _State()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for ``accord_trial`` one item for each trial of the plan."""
    if "accord_trial" not in metafunc.fixturenames:
        return
    from accord.run.plan import load_contract, planned  # noqa: PLC0415 - only suites need it

    try:
        settings = settings_of(metafunc.config)
        _approvals(settings)
        trials = planned(settings, load_contract(settings), options_of(metafunc.config, settings))
    except AccordError as error:
        # Raised here, it would be told as a traceback of the collection.
        metafunc.config.stash[_STATE].misconfigured = str(error)
        metafunc.parametrize("accord_trial", ["configuration"], indirect=True)
        return
    grouped = metafunc.config.pluginmanager.hasplugin("xdist")
    items = [
        # A workflow and a channel are played once for all of their trials: with --dist loadgroup, by one worker.
        pytest.param(trial.id, id=trial.id, marks=[pytest.mark.xdist_group(trial.stage)] if grouped else [])
        if trial.stage != "rest"
        else pytest.param(trial.id, id=trial.id)
        for trial in trials
    ]
    metafunc.parametrize("accord_trial", items, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Stop when the contract or the settings are no good; a worker of pytest-xdist stops at its first test."""
    state = config.stash[_STATE]
    if state.misconfigured and not hasattr(config, "workerinput"):
        raise pytest.UsageError(f"accord: {state.misconfigured}")


@pytest.fixture(scope="session")
def accord_target(request: pytest.FixtureRequest) -> object:
    """Give the target: ``--accord-target``, else ``[tool.accord]``; override it with a URL or an application."""
    return request.config.getoption("--accord-target")


@pytest.fixture(scope="session")
def accord_verification(request: pytest.FixtureRequest, accord_target: object) -> Iterator[Verification]:
    """Open the target for the session."""
    # Hypothesis draws constants out of the modules that are loaded, so all of them are loaded before it draws.
    import accord.report.terminal  # noqa: F401, PLC0415
    from accord.findings.baseline import passing  # noqa: PLC0415
    from accord.run.opening import chosen_target, opened  # noqa: PLC0415

    config, session = request.config, request.session
    started, clock = time.time(), time.monotonic()
    try:
        settings = settings_of(config)
        options = options_of(config, settings)
        config.stash[_STATE].passed = passing(_approvals(settings), _today())
        with opened(chosen_target(accord_target, settings), settings, options) as verification:
            yield verification
            verification.clear_up()
            state = config.stash[_STATE]
            state.runs.append(
                verification.result(
                    state.outcomes,
                    started=started,
                    seconds=time.monotonic() - clock,
                    interrupted=bool(session.shouldstop or session.shouldfail),
                )
            )
    except AccordError as error:
        _stop(session, error)


def _stop(session: pytest.Session, error: AccordError) -> NoReturn:
    """End the session with exit code 2, also from a worker of pytest-xdist: there is nothing to ask."""
    session.shouldstop = f"accord: {error}"
    pytest.skip(str(error))


@pytest.fixture
def accord_trial(request: pytest.FixtureRequest, accord_verification: Verification) -> _Question:
    """Give the trial that this item is about."""
    return _Question(request.session, accord_verification, request.param)


@dataclass(frozen=True, slots=True)
class _Question:
    """One trial, bound to the opened target."""

    session: pytest.Session
    verification: Verification
    trial: str

    def ask(self) -> None:
        """Play the trial, keep what came of it, and fail or skip the test accordingly."""
        from accord.findings.finding import Severity, Verdict  # noqa: PLC0415

        config = self.session.config
        outcomes = self._outcomes()
        config.stash[_STATE].outcomes.extend(outcomes)
        threshold = Severity(config.getoption("--accord-fail-on")).rank
        passed = config.stash[_STATE].passed
        findings = [finding for outcome in outcomes for finding in outcome.findings]
        grave = [
            finding
            for finding in findings
            if finding.severity.rank <= threshold and finding.fingerprint not in passed
        ]
        if grave:
            from accord.report.terminal import blocks  # noqa: PLC0415

            pytest.fail(blocks(grave).strip(), pytrace=False)
        if all(outcome.verdict is Verdict.NOT_REACHED for outcome in outcomes):
            reasons = sorted({outcome.reason for outcome in outcomes})
            pytest.skip("; ".join(reasons) or "the contract gives nothing to ask")

    def _outcomes(self) -> Sequence[Outcome]:
        trial = next(item for item in self.verification.trials if item.id == self.trial)
        try:
            return self.verification.play(trial).outcomes(trial.id)
        except AccordError as error:
            _stop(self.session, error)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the run of a pytest-xdist worker to its controller; write the reports of everybody else."""
    from accord.report.transfer import pack  # noqa: PLC0415

    state = session.config.stash[_STATE]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_PACKED] = [pack(run) for run in state.runs]
        return
    try:
        run = _merged(session.config)
        if run is not None:
            _write_reports(session.config, run)
            failed = _unreached_gravely(session.config, run) or _saw_too_little(session.config, run)
            if failed and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
    except AccordError as error:
        state.unwritten = str(error)
        session.exitstatus = pytest.ExitCode.INTERRUPTED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the run of a worker that has ended."""
    from accord.report.transfer import unpack  # noqa: PLC0415

    packed = getattr(node, "workeroutput", {}).get(_PACKED, ())
    node.config.stash[_STATE].runs.extend(unpack(item) for item in packed)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell the verdict in one line, and what the threshold let pass."""
    run = _merged(config)
    if run is None:
        return
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.care import care  # noqa: PLC0415
    from accord.report.verdict import verdict  # noqa: PLC0415
    from accord.run.unreached import RULE  # noqa: PLC0415

    fail_on = Severity(config.getoption("--accord-fail-on"))
    terminalreporter.section("accord")
    terminalreporter.write_line(verdict(run, fail_on=fail_on, least=_least(config, run)))
    for finding in run.findings:
        if finding.severity.rank > fail_on.rank or finding.rule == RULE:
            terminalreporter.write_line(
                f"{finding.severity} {finding.rule} at {finding.pointer}: {finding.message}"
            )
    terminalreporter.write_line(f"seed {run.seed}, {run.counts.cases} cases, {run.counts.messages} messages")
    for label, words in care(run):
        terminalreporter.write_line(f"{label.lower()}: {words}")
    if unwritten := config.stash[_STATE].unwritten:
        terminalreporter.write_line(f"accord: {unwritten}", red=True)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> Generator[None, object, object]:
    """Let hypothesis print the values of failing tests again.

    The plugin of schemathesis 4.32 replaces hypothesis' printer for the whole session, and a
    failing ``@given`` test then says ``x=,``; its own tests need that, others do not.
    """
    module: Any = sys.modules.get("hypothesis.core")
    if module is None or type(pyfuncitem).__module__.startswith("schemathesis"):
        return (yield)
    from hypothesis.vendor import pretty  # noqa: PLC0415

    kept, module.RepresentationPrinter = module.RepresentationPrinter, pretty.RepresentationPrinter
    try:
        return (yield)
    finally:
        module.RepresentationPrinter = kept


def _approvals(settings: Settings) -> tuple[Approval, ...]:
    """Return what the baseline lets pass; raises an ``AccordError`` for a file that is none."""
    from accord.findings.approval import read_approvals  # noqa: PLC0415

    return read_approvals(settings.baseline) if settings.baseline is not None else ()


def _today() -> date:
    return datetime.now(UTC).date()


def _merged(config: pytest.Config) -> Run | None:
    """Return the runs of all processes as one, with what none of them reached, which no worker can tell."""
    from accord.findings.baseline import baselined  # noqa: PLC0415
    from accord.report.merge import merge  # noqa: PLC0415
    from accord.run.location import located  # noqa: PLC0415
    from accord.run.plan import load_contract, plan, plays_all  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415
    from accord.run.unreached import with_unreached  # noqa: PLC0415

    state = config.stash[_STATE]
    if state.whole is None and state.runs:
        settings = settings_of(config)
        contract = load_contract(settings)
        whole = with_unreached(
            merge(state.runs),
            contract,
            plan(contract),
            read_severities(settings),
            required=config.getoption("--accord-require-reach") or settings.require_reach,
        )
        everything = all(
            plays_all(whole.outcomes, contract, stage) for stage in {item.stage for item in plan(contract)}
        )
        state.whole = baselined(located(whole, contract), _approvals(settings), _today(), whole=everything)
    return state.whole


def _unreached_gravely(config: pytest.Config, run: Run) -> bool:
    """Tell whether something was not reached that the threshold does not let pass: no test can fail for it."""
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.run.unreached import RULE  # noqa: PLC0415

    threshold = Severity(config.getoption("--accord-fail-on")).rank
    return any(item.rule == RULE and item.severity.rank <= threshold for item in run.findings)


def _saw_too_little(config: pytest.Config, run: Run) -> bool:
    least, share = _least(config, run), run.coverage.message_share()
    return least is not None and share is not None and share < least


def _least(config: pytest.Config, run: Run) -> float | None:
    """Return how much of the messages is to be seen in percent, None where not all sessions were chosen."""
    from accord.run.plan import load_contract, plays_all  # noqa: PLC0415

    settings, option = settings_of(config), config.getoption("--accord-min-message-coverage")
    least: float | None = settings.min_message_coverage if option is None else option
    whole = least is not None and plays_all(run.outcomes, load_contract(settings), "websocket")
    return least if whole else None


def _write_reports(config: pytest.Config, run: Run) -> None:
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.files import write  # noqa: PLC0415

    for item in config.getoption("--accord-report"):
        write(item, run, fail_on=Severity(config.getoption("--accord-fail-on")))
