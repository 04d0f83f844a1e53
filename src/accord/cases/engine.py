"""The one door to schemathesis: it makes the cases and judges the answers, accord sends.

Its examples, coverage, fuzzing and stateful cases are drawn over the bundled contract; every
request, also one that a check repeats or a link chains, leaves through ``Wire``. Each operation
and phase runs by itself from the seed, so a case does not depend on what ran before it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import ConfigError
from schemathesis.core.errors import HookError, SchemathesisError
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.generation.drivers import CoverageGenerator, ExamplesGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, CoveragePhaseData
from schemathesis.generation.overrides import Override
from schemathesis.specs.openapi.checks import response_schema_conformance
from schemathesis.transport.requests import RequestsTransport

from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.change import Changes, in_path, plain, put_wrong, with_body, with_steady_boundary
from accord.cases.configuration import configuration
from accord.cases.credential import Credential
from accord.cases.drawn_cookie import with_crumbs
from accord.cases.judgement import judgement
from accord.cases.request import Request
from accord.cases.sequence_body import body_of, sequential
from accord.cases.shrinking import Enough, absorb, found_by, settings
from accord.cases.thrift import kind_of_boundary, spread
from accord.cases.wire import Budget, Observer, Unanswered, Values, Wire
from accord.contract.pointer import Json
from accord.errors import ConfigurationError

# Stated by schemathesis' transport for itself; the service under test need not see them.
_UNSENT_HEADERS = frozenset({"x-schemathesis-testcaseid", "connection", "accept-encoding", "user-agent"})

# Boundary cases of one operation, and cases that follow a find to make it smaller, for each fuzzing case;
# with few fuzzing cases no fewer than these. Most operations have less than a hundred boundaries.
_BOUNDARIES, _FEWEST_BOUNDARIES = 10, 100
_SHRINKS, _FEWEST_SHRINKS = 5, 50


class Engine:
    """Cases for one contract, bound to one way of sending them."""

    def __init__(  # noqa: PLR0913 - each is another part of a run
        self,
        document: dict[str, Any],
        *,
        wire: Wire,
        base_url: str,
        credentials: Callable[[str], Credential],
        values: Values,
        settings: Mapping[str, Any],
        seed: int,
        budget: Budget,
        secured_by: Callable[[str], Sequence[tuple[str, str]]] = lambda _: (),
    ) -> None:
        """Bind *document*, a bundled OpenAPI document, to *wire*.

        *credentials* gives what the operation labelled ``METHOD /path`` is called with, *secured_by*
        the location and name of everything that its security schemes read; *settings* are
        schemathesis' own, beside accord's.
        """
        self._seed = seed
        self._valid: dict[str, Any] = {}
        self._budget = budget
        self._base_url = base_url
        self._values = values
        self._credentials = credentials
        self._secured_by = secured_by
        self._schema = _load(document, settings, base_url, seed)
        _install_transport(self._schema, wire, sequential(document))
        _install_credentials(self._schema, credentials)
        self._operations = {
            result.ok().label: result.ok()
            for result in self._schema.get_all_operations()
            if hasattr(result, "ok")
        }

    def labels(self) -> tuple[str, ...]:
        """Return the labels of the operations that cases can be made for."""
        return tuple(self._operations)

    def valid(self, label: str) -> Any:
        """Return one case that keeps the contract: its first example, else a drawn one, else None.

        It is the caller's own, and may be altered.
        """
        if label not in self._valid:
            # Drawn once: a run asks for it half a dozen times.
            self._valid[label] = next(self._examples(label, fill_missing=True), None)
        first = self._valid[label]
        if first is None:
            return None
        case = first.derive(keep_auth=True)
        if isinstance(first.body, dict | list):
            case.body = deepcopy(first.body)
        self._fill(label, case)
        return case

    def body(self, case: Any) -> Json:
        """Return the body of *case* as JSON can say it: raw bytes become a text of the same role."""
        return plain(case.body)

    def request(self, label: str, case: Any, changes: Changes) -> Request:
        """Return *case* as a request for the wire, with *changes* made to a copy of it."""
        copied = case.derive()
        own = self._credentials(label)
        # Schemathesis draws credentials too; what is shown here is for *changes* to say alone.
        places = [("header", name) for name in own.headers] + [("query", name) for name in own.query]
        containers = {"header": copied.headers, "query": copied.query, "cookie": copied.cookies}
        for location, name in (*places, *self._secured_by(label)):
            containers[location].pop(name, None)
        if changes.wrong is not None:
            put_wrong(copied, changes.wrong)
        shown = own if changes.credential is None else changes.credential
        copied.headers.update(shown.headers)
        copied.query.update(shown.query)
        data = self._schema.transport.serialize_case(copied, base_url=self._base_url)
        request = _as_request(requests.Request(**data).prepare())
        return request if changes.body is None else with_body(request, changes.body, changes.content_type)

    def examples(self, label: str, observe: Observer) -> None:
        """Play the examples of the contract, each as it is written."""
        for case in self._examples(label, fill_missing=False):
            self._play(label, case, observe, "examples")

    def coverage(self, label: str, observe: Observer) -> str:
        """Play the boundaries of every keyword, missing and doubled parameters, undeclared methods.

        Returns why some of them were left out: a deep schema has thousands of them.
        """
        operation = self._operations[label]
        settings = self._schema.config.generation_for(operation=operation, phase="coverage")
        generator = CoverageGenerator(
            operation=operation,
            generation_modes=list(GenerationMode),
            generation_config=settings,
            auth_storage=None,
            override=Override(),
            feedback=NO_FEEDBACK,
        )
        every = list(generator)
        limit = max(_FEWEST_BOUNDARIES, _BOUNDARIES * self._budget.max_examples)
        for case in spread(every, limit, kind_of_boundary):
            self._play(label, case, observe, "coverage")
        return f"no more than {limit} boundary cases are asked of one operation" if len(every) > limit else ""

    def fuzzing(self, label: str, observe: Observer) -> str:
        """Play drawn cases, valid and invalid, shrinking what is found; returns why nothing could be drawn."""
        operation = self._operations[label]
        shown: set[str] = set()
        strategy = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])

        known: dict[str, Sequence[str]] = {}
        left = max(_FEWEST_SHRINKS, _SHRINKS * self._budget.max_examples)

        def test(case: Any) -> None:
            nonlocal left
            drawn = _spelling(case)
            if drawn not in known:
                known[drawn] = self._play(label, case, observe, "fuzzing")
            rules = known[drawn]
            shown.update(rules)
            left -= bool(shown)
            if left <= 0:
                raise Enough
            if rules:
                raise found_by(min(rules))

        given = hypothesis.given(case=strategy)(test)
        seeded = hypothesis.seed(self._seed_of(label, "fuzzing"))(given)
        runner = settings(self._budget.max_examples, shrinks=True)(seeded)
        return absorb(runner)

    def stateful(self, observe: Observer) -> str:
        """Play chains of operations along links, declared and inferred; returns why none could be."""
        engine = self
        base: Any = self._schema.as_state_machine()

        class Chain(base):  # type: ignore[misc]
            def get_call_kwargs(self, case: Any) -> dict[str, Any]:  # noqa: ARG002 - schemathesis' hook
                return {"base_url": engine._base_url}

            def call(self, case: Any, **kwargs: Any) -> Any:
                try:
                    return case.call(**kwargs)
                except Unanswered:
                    observe(case.operation.label, _aim(case, "stateful"), [judgement_of_silence()])
                    hypothesis.reject()

            def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
                judgements = _judge(case, response, recorder=getattr(self, "recorder", None), **kwargs)
                observe(case.operation.label, _aim(case, "stateful"), judgements)

        machine = hypothesis.seed(self._seed_of("", "stateful"))(Chain)
        drawn = settings(self._budget.chains, steps=self._budget.steps)
        return absorb(lambda: machine.run(settings=drawn))

    def _examples(self, label: str, *, fill_missing: bool) -> Iterator[Any]:
        operation = self._operations[label]
        yield from ExamplesGenerator(
            operation=operation, override=Override(), feedback=NO_FEEDBACK, fill_missing=fill_missing
        )

    def _fill(self, label: str, case: Any) -> None:
        """Put known values, where the team gave any, into a case that is meant to be valid."""
        body = case.body if isinstance(case.body, dict) else {}
        for location, container in (("path", case.path_parameters), ("query", case.query), ("body", body)):
            for name in list(container):
                known = self._values(label, location, name)
                if known:
                    chosen = known[zlib.crc32(repr(container[name]).encode()) % len(known)]
                    container[name] = in_path(chosen) if location == "path" else chosen

    def _seed_of(self, label: str, phase: str) -> int:
        return zlib.crc32(f"{self._seed}/{phase}/{label}".encode())

    def _play(self, label: str, case: Any, observe: Observer, phase: str) -> Sequence[str]:
        aim = _aim(case, phase)
        if aim.intent is Intent.VALID:
            self._fill(label, case)
        try:
            response = case.call(base_url=self._base_url)
        except Unanswered:
            return observe(label, aim, [judgement_of_silence()])
        return observe(label, aim, _judge(case, response))


def judgement_of_silence() -> Judgement:
    """Return the judgement of a request without a whole reply."""
    return Judgement(kind="Unanswered", message="no whole response came")


def _load(document: dict[str, Any], settings: Mapping[str, Any], base_url: str, seed: int) -> Any:
    try:
        config = schemathesis.Config.from_dict(configuration(settings, base_url, seed))
        return schemathesis.openapi.from_dict(document, config=config)
    except (ConfigError, HookError) as error:
        raise ConfigurationError(
            f"schemathesis refuses its settings: {' '.join(str(error).split())[:400]}",
            place="[tool.accord.schemathesis]",
            next_step="Write there what schemathesis.toml may hold.",
        ) from error


def _install_transport(schema: Any, wire: Wire, sequences: Sequence[str]) -> None:
    """Give *schema* a transport of its own, which also writes bodies of *sequences*, media types.

    Schemathesis chooses its transport by the kind of application and has no public way to bring
    another, so the class of this one schema answers for itself.
    """
    for name in filter(_is_unknown, sequences):
        # For all of schemathesis, which writes a case by its own transport where it tells of a failure.
        schemathesis.serializer(name)(partial(_sequence, name))
    transport = _Transport(wire)
    schema.__class__ = type("WiredSchema", (type(schema),), {"transport": property(lambda _: transport)})


def _install_credentials(schema: Any, credentials: Callable[[str], Credential]) -> None:
    @schema.auth(refresh_interval=None)
    class _Credential:
        def get(self, case: Any, context: Any) -> Credential:  # noqa: ARG002 - schemathesis' protocol
            return credentials(case.operation.label)

        def set(self, case: Any, data: Credential, context: Any) -> None:  # noqa: ARG002
            case.headers.update(data.headers)
            case.query.update(data.query)


class _Transport(RequestsTransport):
    """Schemathesis' own serialization, accord's own sending."""

    def __init__(self, wire: Wire) -> None:
        from schemathesis.transport.requests import REQUESTS_TRANSPORT  # noqa: PLC0415 - the registry it fills late

        super().__init__()
        self._wire = wire
        self._copy_serializers_from(REQUESTS_TRANSPORT)

    def serialize_case(self, case: Any, **kwargs: Any) -> dict[str, Any]:
        return with_crumbs(case, super().serialize_case(case, **kwargs))

    def send(self, case: Any, *, session: Any = None, **kwargs: Any) -> schemathesis.Response:  # noqa: ARG002
        data = self.serialize_case(case, **kwargs)
        prepared = requests.Request(**data).prepare()
        reply, elapsed = self._wire(case.operation.label, _as_request(prepared))
        headers: dict[str, list[str]] = {}
        for name, value in reply.headers:
            headers.setdefault(name.lower(), []).append(value)
        return schemathesis.Response(
            status_code=reply.status,
            headers=headers,
            content=reply.body,
            request=prepared,
            elapsed=elapsed,
            verify=True,
            encoding="utf-8",
        )


def _is_unknown(media_type: str) -> bool:
    """Tell whether nobody has said how *media_type* is written: a text is not all that a sequence is."""
    from schemathesis.transport.requests import REQUESTS_TRANSPORT  # noqa: PLC0415 - the registry it fills late

    known, text = map(REQUESTS_TRANSPORT.get_first_matching_media_type, (media_type, "text/plain"))
    return known is None or (text is not None and known[1] is text[1])


def _sequence(name: str, _: Any, value: Any) -> bytes:
    return body_of(name, value)


def _as_request(prepared: requests.PreparedRequest) -> Request:
    body = prepared.body or b""
    headers = tuple(
        (_text(name), _text(value))
        for name, value in prepared.headers.items()
        if _text(name).lower() not in _UNSENT_HEADERS
    )
    request = Request(
        method=prepared.method or "GET",
        url=prepared.url or "",
        headers=headers,
        body=body.encode() if isinstance(body, str) else bytes(body),
    )
    return with_steady_boundary(request)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _spelling(case: Any) -> str:
    """Return what tells *case* from others of its operation: hypothesis draws many a one again."""
    parts = (case.method, case.path_parameters, case.query, dict(case.headers), case.cookies)
    return repr((*parts, case.media_type, case.body, _aim(case, "").intent))


def _judge(case: Any, response: Any, *, recorder: Any = None, **kwargs: Any) -> list[Judgement]:
    """Return what all of schemathesis' checks say of one answer.

    Of a schema that it cannot read the others say something still, and bodies are judged by accord's own rules.
    """

    def judge(*without: Any) -> list[Judgement]:
        try:
            case.validate_response(
                response,
                transport_kwargs=kwargs or None,
                recorder=recorder,
                excluded_checks=[*without],
            )
        except FailureGroup as group:
            return [judgement(failure) for failure in group.exceptions if isinstance(failure, Failure)]
        except Unanswered:
            return [judgement_of_silence()]
        return []

    try:
        return judge()
    except SchemathesisError:
        return judge(response_schema_conformance)


def _aim(case: Any, phase: str) -> Aim:
    meta = case.meta
    if meta is None:
        return Aim(intent=Intent.VALID, phase=phase)
    data = meta.phase.data
    location = data.parameter_location.value if data.parameter_location is not None else ""
    # Of a body schemathesis names the media type, which is no place in it.
    path = (data.parameter,) if data.parameter and location != "body" else ()
    if isinstance(data, CoveragePhaseData) and data.scenario in REQUEST_SHAPE_PROBES:
        return Aim(intent=Intent.SHAPE, phase=phase, variant=data.scenario.value)
    intent = Intent.INVALID if meta.generation.mode.is_negative else Intent.VALID
    return Aim(intent=intent, phase=phase, location=location, path=path, variant=data.description or "")
