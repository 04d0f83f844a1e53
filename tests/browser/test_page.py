"""The reports in a real browser: links, filters, copying, colours, screen readers, and what must stay text.

Run by `tox -e browser`, which needs Chromium at /usr/bin/chromium, or where the variable CHROMIUM says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.cases.request import Request
from accord.exchange.values import Closed, Exchange, Opened, Received, Response, Sent, Session, Side
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Counts, Coverage, Run
from accord.report.html.verification import render

playwright = pytest.importorskip("playwright.sync_api", reason="`tox -e browser` brings Playwright")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
HOSTILE = (
    "</script><script>document.title='taken'</script>",
    '"><img src=x onerror="document.title=\'taken\'">',
    "\u202etxt.exe",
    "</style><style>body{display:none}</style>",
    "x" * 1_000_000,
)


def exchange(number: int, text: str = "") -> Exchange:
    return Exchange(
        id=f"e{number}",
        operation="read_thing",
        request=Request(
            method="GET",
            url=f"http://127.0.0.1/things/{number}",
            headers=(("Accept", "application/json"),),
        ),
        response=Response(
            status=200,
            headers=(("Content-Type", "application/json"),),
            body=b'{"id": %d, "name": "%s"}' % (number, text.encode()),
        ),
        started=0.0,
        seconds=0.012,
    )


SESSION = Session(
    id="s1",
    channel="events",
    url="ws://127.0.0.1/ws",
    script="events",
    identity="default",
    events=(
        Opened(at=0.0),
        Sent(at=0.001, data='{"type": "authenticate", "token": "[secret]"}'),
        Received(at=0.004, data='{"type": "auth_success", "user_id": "u-1"}'),
        Received(at=0.3, data='{"type": "thing_updated", "payload": {"id": "t-1", "status": "done"}}'),
        Closed(at=0.4, code=1000, by=Side.CLIENT),
    ),
    started=0.0,
)


def finding(number: int, text: str = "", **more: object) -> Finding:
    values: dict[str, object] = {
        "rule": ("response-schema-violation", "undocumented-status", "leaked-internals")[number % 3],
        "severity": list(Severity)[number % 3],
        "operation": "read_thing",
        "pointer": f"openapi.yaml#/components/schemas/Thing/{number}",
        "message": f"the body of a 200 breaks the contract: thing {number} {text}",
        "expected": f"a thing {text}",
        "seen": f'"{number}" {text}',
        "evidence": exchange(number, text),
        "reproduce": f"curl 'http://127.0.0.1/things/{number}'",
    }
    return Finding(**(values | more))  # type: ignore[arg-type]


def run(*findings: Finding) -> Run:
    return Run(
        accord="0.1.0",
        contract="Things 1.0",
        target="http://127.0.0.1",
        seed=0,
        started=0.0,
        seconds=31.0,
        findings=findings,
        outcomes=(
            Outcome(rule="undocumented-status", place="rest/read_thing", verdict=Verdict.HELD),
            Outcome(rule="expired", place="x", verdict=Verdict.NOT_REACHED, reason="no identity expired"),
        ),
        coverage=Coverage(
            statuses={"read_thing": {"200": 12, "404": 2, "422": 0}, "list_things": {"200": 4}},
            undocumented={"read_thing": {"418": 1}},
            messages={"events/thingEvent": 3},
            parts={"variants": {"events/thingEvent": 3, "events/refused": 0}, "members": {"Status=done": 1}},
        ),
        counts=Counts(operations=2, cases=19, sessions=1, messages=3),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as engine:
        opened = engine.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-sync"],
        )
        yield opened
        opened.close()


@pytest.fixture
def show(browser: object, tmp_path: Path) -> Iterator[object]:
    contexts = []

    def shown(*findings: Finding, anchor: str = "", **options: object) -> object:
        file = tmp_path / "report.html"
        file.write_bytes(render(run(*findings), fail_on=Severity.ERROR))
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(file.as_uri() + anchor)
        return page

    yield shown
    for context in contexts:
        context.close()


MANY = tuple(finding(number) for number in range(9))


def test_the_page_asks_for_nothing(show) -> None:
    """One file is all that a browser reads, and it says nothing of errors."""
    page = show(*MANY)
    assert [url for url in page.asked if not url.startswith("data:")] == [page.url.partition("#")[0]]
    assert page.locator("h1").inner_text() == "Not in accord: 3 errors, 3 warnings, 3 notes."


def test_a_link_opens_its_finding(show) -> None:
    """An address with a fingerprint opens that card and no other."""
    page = show(*MANY, anchor=f"#{MANY[3].fingerprint}")
    opened = page.locator("details.card[open]")
    assert opened.count() == 1
    assert opened.get_attribute("id") == MANY[3].fingerprint
    assert opened.locator("pre").first.is_visible()


def test_filters_leave_what_fits(show) -> None:
    """Severity, rule and words narrow the list, the count is told, and empty groups go."""
    page = show(*MANY)
    page.get_by_label("Severity").select_option("warning")
    assert page.locator("details.card:visible").count() == 3
    assert page.locator("output").inner_text() == "3 of 9 findings"
    page.get_by_label("Severity").select_option("")
    page.get_by_label("Search").fill("thing 7")
    assert page.locator("details.card:visible").count() == 1
    assert page.locator("section:visible").count() == 1


def test_it_is_used_by_keyboard(show) -> None:
    """A slash goes to the search; a card opens with Enter."""
    page = show(*MANY)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.locator("details.card summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.card[open]").count() == 1


def test_a_command_is_copied(show) -> None:
    """The button copies the command, and says so."""
    page = show(MANY[0], permissions=["clipboard-read", "clipboard-write"])
    page.locator("summary").first.click()
    button = page.locator("[data-copy]").last
    button.click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == MANY[0].reproduce


@pytest.mark.parametrize("text", HOSTILE, ids=["script", "handler", "bidi", "style", "megabyte"])
def test_what_a_service_says_stays_text(show, text: str) -> None:
    """Nothing of it runs, loads or styles; the page stays a page."""
    page = show(finding(0, text), anchor=f"#{finding(0, text).fingerprint}")
    assert page.title() != "taken"
    assert page.locator("img").count() == 0
    assert page.locator("h1").is_visible()
    assert [url for url in page.asked if not url.startswith("data:")] == [page.url.partition("#")[0]]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
def test_screen_readers_find_no_fault(show, scheme: str, width: int) -> None:
    """axe finds no violation of WCAG 2 A and AA in the open page, light or dark, wide or narrow."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - in the same environment only

    page = show(
        *MANY,
        finding(9, evidence=SESSION, operation=None, channel="events"),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_two_thousand_findings_come_at_once_and_do_not_jump(show) -> None:
    """The page of 2,000 findings is laid out within a second and nothing on it moves afterwards."""
    page = show(*(finding(number) for number in range(2_000)))
    shifted = page.evaluate(
        """() => new Promise((told) => {
            let sum = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
                .observe({type: "layout-shift", buffered: true});
            requestAnimationFrame(() => requestAnimationFrame(() => told(sum)));
        })"""
    )
    loaded = page.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
    print(f"2,000 findings: {loaded} ms to the whole page, layout shift {shifted:.4f}")
    assert page.locator("details.card").count() == 2_000
    assert shifted < 0.01


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {"color_scheme": "light", "viewport": {"width": 1200, "height": 1000}}),
        ("dark", {"color_scheme": "dark", "viewport": {"width": 1200, "height": 1000}}),
        ("narrow", {"color_scheme": "light", "viewport": {"width": 400, "height": 900}}),
    ],
)
def test_pictures_are_taken(show, name: str, options: dict[str, object], tmp_path: Path) -> None:
    """The pictures of the documentation are those of the page; ACCORD_PICTURES=1 writes them anew."""
    card = finding(9, evidence=SESSION, operation=None, channel="events")
    page = show(*MANY[:4], card, anchor=f"#{MANY[0].fingerprint}", **options)
    target = PICTURES if os.environ.get("ACCORD_PICTURES") else tmp_path
    target.mkdir(exist_ok=True)
    picture = page.screenshot(path=target / f"report-{name}.png")
    assert picture.startswith(b"\x89PNG")
