"""The reports in a real browser: links, filters, copying, colours, screen readers, and what must stay text.

Run by `tox -e browser`, which needs Chromium at /usr/bin/chromium, or where the variable CHROMIUM says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from accord.cases.request import Request
from accord.exchange.values import Closed, Exchange, Opened, Received, Response, Sent, Session, Side
from accord.findings.drift.history import Span
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Counts, Coverage, Feature, Run
from accord.findings.timing import Stopwatch, Timing
from accord.report.html import timeline
from accord.report.html.verification import render

playwright = pytest.importorskip("playwright.sync_api", reason="`tox -e browser` brings Playwright")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
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
        "deviation": str(number),  # else the first of a rule could stand for all of them
        "evidence": exchange(number, text),
        "reproduce": f"curl 'http://127.0.0.1/things/{number}'",
    }
    return Finding(**(values | more))  # type: ignore[arg-type]


def timing(*lengths: float) -> Timing:
    watch = Stopwatch()
    for length in lengths:
        watch.note(length)
    found = watch.timing()
    assert found is not None
    return found


def features(text: str) -> tuple[Feature, ...]:
    return (
        Feature(owner="Thing", path=f"status{text}", kind="member", value="done", answers=3, messages=1),
        Feature(owner="Thing", path=f"status{text}", kind="member", value="failed", answers=0, messages=0),
        Feature(owner="Thing", path=f"status{text}", kind="property", answers=3, messages=1),
        Feature(owner="Thing", path="owner", kind="branch", value="Person", answers=2),
        Feature(owner="Thing", path="owner", kind="branch", value=f"Group{text}", answers=0),
        Feature(owner="Thing", path="owner", kind="property", answers=2),
        Feature(owner="Thing", path="owner", kind="null", value="null", answers=1),
        Feature(owner=f"Error{text}", path="detail", kind="property", answers=0),
    )


def run(*findings: Finding, text: str = "") -> Run:
    """Return a run of *findings*; *text* is added wherever a service or its contract chooses the words."""
    return Run(
        accord="0.1.0",
        contract=f"Things 1.0{text}",
        target="http://127.0.0.1",
        seed=0,
        started=0.0,
        seconds=31.0,
        findings=findings,
        outcomes=(
            Outcome(rule="undocumented-status", place="rest/read_thing", verdict=Verdict.HELD),
            Outcome(
                rule="expired", place="x", verdict=Verdict.NOT_REACHED, reason=f"no identity expired{text}"
            ),
        ),
        coverage=Coverage(
            statuses={"read_thing": {"200": 12, "404": 2, "422": 0}, f"list_things{text}": {"200": 4}},
            undocumented={"read_thing": {"418": 1}},
            messages={"events/thingEvent": 3},
            parts={
                "variants": {"events/thingEvent": 3, f"events/refused{text}": 0},
                "types": {"events/thingEvent type=thing_updated": 3, "events/thingEvent type=thing_gone": 0},
                "edges": {f"events: connected, authenticate → ready{text}": 1},
            },
            breaches={"events/thingEvent": 1, "events/thingEvent type=thing_updated": 1},
            features=features(text),
        ),
        timings={
            "read_thing": timing(*(0.004 + number / 9000 for number in range(90)), 0.2, 0.31),
            f"list_things{text}": timing(*(0.02 + number / 4000 for number in range(40))),
        },
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

    def shown(
        *findings: Finding, anchor: str = "", text: str = "", content: bytes = b"", **options: object
    ) -> object:
        file = tmp_path / "report.html"
        file.write_bytes(content or render(run(*findings, text=text), fail_on=Severity.ERROR))
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
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
    assert page.problems == []
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
    assert page.locator("[data-group]:visible").count() == 1


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
    page = show(finding(0, text), text=text[:2_000], anchor=f"#{finding(0, text).fingerprint}")
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.title() != "taken"
    assert "\u202e" not in page.locator("body").inner_text()
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
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    ends = page.locator("caption").evaluate_all(
        "items => items.map((item) => item.getBoundingClientRect().right)"
    )
    assert len(ends) == 4
    assert max(ends) <= width


SETTLED = "() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))"
SHIFT = """async () => {
    let sum = 0;
    const seen = new PerformanceObserver((list) => list.getEntries().forEach((item) => { sum += item.value; }));
    seen.observe({type: "layout-shift", buffered: true});
    for (let at = 0; at < 4; at += 1) {
        await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
        scrollTo(0, document.body.scrollHeight * at / 4);
    }
    seen.takeRecords().forEach((item) => { sum += item.value; });
    return sum;
}"""


def test_two_thousand_findings_do_not_jump(show) -> None:
    """Nothing on the page of 2,000 findings moves, neither as it comes nor as it is scrolled to its end."""
    page = show(*(finding(number) for number in range(2_000)))
    shifted = page.evaluate(SHIFT)
    print(f"2,000 findings: layout shift {shifted:.4f}")
    assert page.locator("details.card").count() == 2_000
    assert shifted < 0.01


def test_a_long_card_far_below_is_where_its_link_leads(show) -> None:
    """A session of many messages, below a thousand cards, is opened and stands at the top of the window."""
    told = tuple(Received(at=0.1, data='{"type": "thing_updated"}' + " " * 900) for _ in range(150))
    last = finding(2, evidence=replace(SESSION, events=(Opened(at=0.0), *told)), rule="wrong-close-code")
    page = show(*(finding(number) for number in range(3, 1_000)), last, anchor=f"#{last.fingerprint}")
    page.evaluate(SETTLED)
    card = page.locator("details.card[open]")
    assert card.count() == 1
    top = "item => item.getBoundingClientRect().top"
    assert 0 <= card.evaluate(top) < 200
    page.locator(".talk li").nth(120).evaluate("item => item.scrollIntoView({block: 'center'})")
    page.evaluate(SETTLED)
    assert 250 < page.locator(".talk li").nth(120).evaluate(top) < 500


def test_a_page_that_jumps_is_seen_to(show) -> None:
    """The measure of layout shift is not always nought: something that comes in above is told."""
    page = show(*MANY)
    page.evaluate(
        """() => {
            const late = document.createElement("div");
            late.style.height = "400px";
            document.body.prepend(late);
        }"""
    )
    assert page.evaluate(SHIFT) > 0.1


def test_five_thousand_exchanges_are_opened(show, capsys) -> None:
    """A page with 5,000 exchanges is whole and can be searched; how long it took is printed."""
    page = show(*(finding(number) for number in range(5_000)))
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    searched = page.evaluate(
        """() => new Promise((told) => {
            const began = performance.now(), field = document.querySelector("[data-search]");
            field.value = "thing 4999";
            field.dispatchEvent(new Event("input", {bubbles: true}));
            requestAnimationFrame(() => requestAnimationFrame(() => told(performance.now() - began)));
        })"""
    )
    with capsys.disabled():
        print(f"\n5,000 exchanges: verdict painted after {painted:.0f} ms, whole after {loaded:.0f} ms,")
        print(f"searched in {searched:.0f} ms")
    assert page.locator("output").inner_text() == "1 of 5000 findings"


def test_each_part_is_led_to(show) -> None:
    """Every link of the list at the top leads to a heading that stands there."""
    page = show(*MANY)
    links = page.locator("nav a").evaluate_all("items => items.map((item) => item.getAttribute('href'))")
    assert links == ["#findings", "#operations", "#messages", "#coverage", "#timings", "#rules", "#unreached"]
    assert [page.locator(f"h2{link}").count() for link in links] == [1] * len(links)


def test_a_link_to_any_finding_of_a_cause_opens_its_card(show) -> None:
    """The fingerprint of a finding that is told on another's card leads there."""
    one = finding(0)
    other = finding(0, operation="list_things", message="the same at another place")
    page = show(one, other, anchor=f"#{other.fingerprint}")
    opened = page.locator("details.card[open]")
    assert (opened.count(), opened.get_attribute("id")) in [(1, one.fingerprint), (1, other.fingerprint)]
    assert page.locator(f"[id='{other.fingerprint}']").is_visible()
    assert page.locator(f"[id='{one.fingerprint}']").is_visible()
    assert page.locator("output").inner_text() == "1 causes"


def colours(page: object, table: str) -> dict[str, str]:
    """Return the colour of each cell of a matrix by its words, as the browser shows it."""
    return page.locator(f"{table} .cell").evaluate_all(
        "items => Object.fromEntries(items.map((item) => [item.innerText, getComputedStyle(item).color]))"
    )


def test_the_matrices_tell_held_found_and_never_by_words_and_colours(show) -> None:
    """A status with a finding, a message that broke its schema, and what never came look unlike what held."""
    page = show(*MANY)
    statuses = colours(page, "[aria-labelledby=operations]")
    assert set(statuses) == {"found 9", "held 2×", "held 4×", "never", "undocumented 1×"}
    messages = colours(page, "[aria-labelledby=messages]")
    assert set(messages) == {"found 1", "never"}
    assert len({statuses[words] for words in ("found 9", "held 2×", "never", "undocumented 1×")}) == 4
    assert (messages["found 1"], messages["never"]) == (statuses["found 9"], statuses["never"])


def test_the_tree_of_schemas_leads_to_members_and_branches(show) -> None:
    """By keyboard alone: a definition opens, and says of each property, member, null and branch what was seen."""
    page = show(*MANY)
    page.locator(".tree summary", has_text="Thing").focus()
    page.keyboard.press("Enter")
    told = page.locator(".tree details[open] li:not(:has(li))").all_inner_texts()
    assert told == [
        "= done 3 answers and 1 message",
        "= failed never",
        "as Person 2 answers",
        "as Group never",
        "null 1 answer",
    ]
    assert page.locator(".tree summary").all_inner_texts() == ["Thing 5 of 7", "Error 0 of 1"]


def test_lengths_of_answers_are_drawn_and_said(show) -> None:
    """Each operation has bars in the order of time, and words for those who do not see them."""
    page = show(*MANY)
    strips = page.get_by_role("img")
    assert strips.count() == 2
    assert (
        strips.nth(0)
        .get_attribute("aria-label")
        .startswith("40 answers from 20 ms to 30 ms, half of them within")
    )
    bars = (
        strips.nth(1)
        .locator("rect")
        .evaluate_all("items => items.map((item) => item.getBoundingClientRect().x)")
    )
    assert bars == sorted(bars)
    assert len(bars) > 5


def test_a_session_is_drawn_as_a_sequence(show) -> None:
    """What the client said begins at its side, what the server said at the other, each in its turn."""
    page = show(
        finding(9, evidence=SESSION, message="Message 4 (thingEvent) is wrong.", channel="events"),
        anchor=f"#{finding(9, evidence=SESSION, message='x', channel='events').fingerprint}",
    )
    page.locator("details.card").first.evaluate("item => { item.open = true; }")
    boxes = page.locator(".talk .words").evaluate_all(
        "items => items.map((item) => { const box = item.getBoundingClientRect(); return [box.left, box.right, box.top]; })"
    )
    lane = page.locator(".talk .lane").first.evaluate(
        "item => { const box = item.getBoundingClientRect(); return [box.left, box.right]; }"
    )
    sent, received = boxes[1], boxes[3]
    assert sent[0] - lane[0] < lane[1] - sent[1]
    assert lane[1] - received[1] < received[0] - lane[0]
    assert [top for _, _, top in boxes] == sorted(top for _, _, top in boxes)
    assert page.locator(".talk .here .words").inner_text().startswith('{"type": "thing_updated"')
    assert page.locator(".talk li").nth(1).inner_text().split("\n")[0] == "1 ms"


DAY = 86_400.0
NOW = 1_800_000_000.0


def history(text: str = "") -> bytes:
    """Return the page of three facts, one of which still stands."""
    spans = tuple(
        Span(
            target=f"https://staging.example.com{text}",
            contract="contracts/things",
            body={
                "grade": grade,
                "rule": rule,
                "headline": f"integer became null or integer{text}",
                "where": "GET /things response 200 application/json",
                "rows": [["witness", f'{{"id": null}}{text}']],
            },
            came=NOW - came * DAY,
            went=None if went is None else NOW - went * DAY,
        )
        for grade, rule, came, went in (
            ("breaking", "changed-type", 2, None),
            ("unproven", "changed-pattern", 6, 3),
            ("allowed", "added-property", 9, 5),
        )
    )
    return timeline.render(spans, now=NOW)


def test_the_history_draws_facts_where_they_stood(show) -> None:
    """Bars share one scale of time, the table says the same, and the filters leave what fits."""
    page = show(content=history())
    assert page.problems == []
    ends = page.locator(".stay rect").evaluate_all(
        "items => items.map((item) => { const box = item.getBoundingClientRect(); return [box.left, box.right]; })"
    )
    assert ends[2][0] < ends[1][0] < ends[2][1] < ends[1][1] < ends[0][0]
    assert page.locator("tbody tr").first.locator("td").all_inner_texts()[:3] == [
        "2027-01-13 08:00", "still stands", "2 days"
    ]  # fmt: skip
    page.get_by_label("Grade").select_option("unproven")
    assert page.locator("tbody tr:visible").count() == 1
    assert page.locator("output").inner_text() == "1 of 3 facts"


@pytest.mark.parametrize("text", HOSTILE[:4], ids=["script", "handler", "bidi", "style"])
def test_what_a_state_file_says_stays_text(show, text: str) -> None:
    """Nothing of the history runs, loads or styles."""
    page = show(content=history(text))
    assert page.title() != "taken"
    assert page.locator("img").count() == 0
    assert page.locator("h1").is_visible()
    assert "\u202e" not in page.locator("body").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
def test_screen_readers_find_no_fault_in_the_history(show, scheme: str, width: int) -> None:
    """The drawings have words, the tables headings, and the colours contrast."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - in the same environment only

    page = show(content=history(), color_scheme=scheme, viewport={"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


PICTURED = (
    finding(
        0,
        message='the body of a 200 breaks the contract: "12.50" is not of type "number"',
        evidence_pointer="/price",
        expected="type: number",
        seen='"12.50"',
        evidence=exchange(0, 'lamp", "price": "12.50'),
    ),
    finding(
        1, message="status 418 is not documented for this operation", expected="200, 404, 422", seen="418"
    ),
    finding(2, message="the body of a 404 gives away SQL: psycopg2.errors", evidence=exchange(2, "lamp")),
    finding(
        9,
        rule="message-schema-violation",
        message='Message 4 (thingEvent) breaks its schema at /payload: "owner" is a required property',
        expected="property: owner",
        seen="missing",
        evidence=SESSION,
        operation=None,
        channel="events",
        reproduce='{"connect": "ws://127.0.0.1/ws"}\n{"send": {"json": {"type": "authenticate", "token": "${TOKEN}"}}}',
    ),
)
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 1000}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 1000}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 400, "height": 900}},
}


def take(page: object, name: str, tmp_path: Path) -> bytes:
    """Return the picture of *page*, which is also the one of the documentation where ACCORD_PICTURES says so."""
    target = PICTURES if os.environ.get("ACCORD_PICTURES") else tmp_path
    target.mkdir(exist_ok=True)
    return page.screenshot(path=target / f"{name}.png")


@pytest.mark.parametrize("name", VIEWS)
def test_pictures_are_taken(show, name: str, tmp_path: Path) -> None:
    """The pictures of the documentation are those of the page; ACCORD_PICTURES=1 writes them anew."""
    page = show(*PICTURED, anchor=f"#{PICTURED[0].fingerprint}", **VIEWS[name])
    page.evaluate("scrollTo(0, 0)")
    assert take(page, f"report-{name}", tmp_path).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pictures_of_the_parts_are_taken(show, name: str, tmp_path: Path) -> None:
    """So are those of the matrices, the durations, a session and a history."""
    page = show(*PICTURED, anchor=f"#{PICTURED[3].fingerprint}", **VIEWS[name])
    page.locator(".talk").evaluate("item => { item.scrollIntoView(); scrollBy(0, -150); }")
    assert take(page, f"session-{name}", tmp_path).startswith(b"\x89PNG")
    page.evaluate("document.querySelector('.tree details').open = true")
    page.locator("#operations").evaluate("item => item.scrollIntoView()")
    assert take(page, f"matrices-{name}", tmp_path).startswith(b"\x89PNG")
    page = show(content=history(), **(VIEWS[name] | {"viewport": {"width": 1200, "height": 560}}))
    assert take(page, f"history-{name}", tmp_path).startswith(b"\x89PNG")
