"""Rules about what answers give away: what the pages do not show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rule_cases import hold, read_case

from accord.findings.checks import leak
from accord.findings.evidence import Observation
from accord.findings.finding import Finding

SHA = "a" * 22
INSIDE = {
    "a stack trace": [
        'File "/srv/app.py", line 3, in read',
        "java.lang.IllegalStateException: no\n\tat com.example.Books.read(Books.java:31)",
        "Error: no\n    at read (/srv/app/books.js:31:7)",
        "Error: no\n    at file:///srv/app/books.mjs:31:7",
        "PHP Fatal error:  Uncaught TypeError",
        "Stack trace:\n#0 /var/www/index.php(12): read()",
        "books.rb:31:in `read'",
        "goroutine 7 [running]:\nmain.read()",
        "panic: runtime error: index out of range",
        "   at Library.Books.Read(Int32 id) in C:\\src\\Books.cs:line 31",
    ],
    "SQL": [
        "SQLSTATE[42S02]: Base table or view not found",
        "(sqlite3.OperationalError) near",
        "duplicate key value violates unique constraint",
        'relation "books" does not exist',
        "ORA-00942: table or view does not exist",
        "You have an error in your SQL syntax; check the manual",
        'INSERT INTO "books" (id, title) VALUES (1, 2)',
        "UPDATE books SET title = 'x'",
        "DELETE FROM books WHERE id = 7",
    ],
    "a file path": [
        "cannot open /home/deploy/app/settings.py",
        "/etc/passwd",
        "/app/src/main.go is missing",
        "C:\\inetpub\\wwwroot\\web.config",
        "'/usr/lib/python3.11/json/decoder.py'",
    ],
    "a debug page": [
        "<title>KeyError // Werkzeug Debugger</title>",
        "You're seeing this error because you have <code>DEBUG = True</code>",
        "<title>Starlette Debugger</title>",
    ],
}
HARMLESS = [
    "no such book",
    "see https://example.com/home/errors/book.html",
    "please select a copy from the shelf where it stands",
    "look at line 3 in the file",
    "at /books/7 there is nothing",
    "the field /data/attributes/title is missing",
    "update your profile and set a name",
    "instance: /opt",
    "meet at noon (10:30)",
    "delete from the list where possible",
    "version 1.2.3/usr/x",
]


def observed(status: int, body: str, media_type: str = "application/json", asked: str = "") -> Observation:
    """Return an answer to a request that adds a book, whose body is *asked*."""
    block = (
        f"POST /books\nContent-Type: application/json\n\n{asked}\n"
        f"> {status}\n> Content-Type: {media_type}\n>\n" + "".join(f"> {line}\n" for line in body.split("\n"))
    )
    said = read_case(block).observed
    assert isinstance(said, Observation)
    return said


def found(said: Observation) -> dict[str, Finding]:
    """Return what the rules about leaks find."""
    return hold(said, leak.RULES)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in INSIDE.items() for text in texts])
@pytest.mark.parametrize("form", ["json", "html"])
def test_inside_of_a_service_is_seen(kind: str, text: str, form: str) -> None:
    """Each kind is seen in a member of JSON, whose place is told, and in a page, where signs are escaped."""
    if form == "json":
        said = observed(500, json.dumps({"errors": [{"msg": text}]}))
    else:
        page = text if "<" in text else text.replace('"', "&quot;").replace("'", "&#x27;")
        said = observed(500, f"<pre>\n{page}\n</pre>", "text/html")
    finding = found(said)["leaked-internals"]
    assert f"500 {kind}" == finding.deviation
    assert ("/errors/0/msg" if form == "json" else "") == finding.evidence_pointer


@pytest.mark.parametrize("text", HARMLESS)
def test_words_about_it_are_no_leak(text: str) -> None:
    """Addresses, pointers and sentences are left alone."""
    assert {} == found(observed(404, json.dumps({"detail": text})))


@pytest.mark.parametrize("text", [text for texts in INSIDE.values() for text in texts])
def test_what_was_asked_may_be_repeated(text: str) -> None:
    """A refusal that shows the input, quoted or not, gives nothing away; nor does a success."""
    asked = json.dumps({"title": text})
    assert {} == found(
        observed(422, json.dumps({"detail": [{"input": text, "msg": repr(text)}]}), asked=asked)
    )
    assert {} == found(observed(201, json.dumps({"id": 1, "title": text})))


@pytest.mark.parametrize(
    "text",
    [
        f"$argon2id$v=19$m=65536,t=3,p=4${SHA}${SHA}{SHA}",
        f"$2b$12${SHA}{'b' * 31}",
        f"pbkdf2_sha256$600000$salt${SHA}{SHA}=",
        f"scrypt:32768:8:1$salt${'0f' * 64}",
        f"$6$salt${'x' * 86}",
    ],
)
def test_hash_is_known_by_its_form(text: str) -> None:
    """A hash is a leak under whatever name, in a success and in an error."""
    for said in (observed(201, json.dumps({"id": 1, "title": text})), observed(409, json.dumps([text]))):
        finding = found(said)["leaked-secret"]
        assert finding.deviation.endswith("a password hash")
        assert text not in finding.message + finding.seen
    assert "leaked-secret" not in found(observed(422, json.dumps([text]), asked=json.dumps(text)))


def test_private_key_is_known_by_its_form() -> None:
    """The first line of a private key is enough."""
    said = observed(201, json.dumps({"id": 1, "title": "-----BEGIN RSA PRIVATE KEY-----\nMII"}))
    assert "/title" == found(said)["leaked-secret"].evidence_pointer
    assert {} == found(observed(201, json.dumps({"id": 1, "title": "-----BEGIN PUBLIC KEY-----"})))


@pytest.mark.parametrize(
    ("members", "rules"),
    [
        ({"password": "hunter2"}, {"leaked-secret", "undeclared-response-field"}),
        (
            {"authors": [{"name": "A", "passwordHash": "5f4d"}]},
            {"leaked-secret", "undeclared-response-field"},
        ),
        ({"client_secret": "s3"}, {"leaked-secret", "undeclared-response-field"}),
        ({"password": None}, {"undeclared-response-field"}),
        ({"password": True}, {"undeclared-response-field"}),
        ({"password": "***"}, {"undeclared-response-field"}),
        ({"password_reset_at": "x"}, {"undeclared-response-field"}),
        ({"copies": {"password": 3}}, set()),
    ],
)
def test_member_is_a_secret_by_its_name(members: dict[str, Any], rules: set[str]) -> None:
    """An undeclared password, or a hash of one, is a leak unless nothing is in it."""
    assert rules == set(found(observed(201, json.dumps({"id": 1, "title": "x", **members}))))


def test_errors_may_be_named_like_a_password() -> None:
    """A refusal speaks of the password; it does not hold it."""
    assert {} == found(observed(400, json.dumps({"password": "is too short", "secret": ["missing"]})))


@pytest.mark.parametrize(
    ("secret", "text", "leaks"),
    [
        ("demo-password", "no demo-password", True),
        ("demo-password", "demo-password2", False),
        ("password", "wrong password", False),
        ("12345678", "12345678", False),
        ("a-b", "a-b", False),
    ],
)
def test_secret_that_could_be_a_word_is_not_searched(secret: str, text: str, leaks: bool) -> None:
    """Only what nobody writes by chance counts, and only as a whole."""
    block = f"# secret: {secret}\nGET /books/7\n> 404\n> Content-Type: application/json\n>\n> {json.dumps(text)}\n"
    said = read_case(block).observed
    assert isinstance(said, Observation)
    assert leaks == ("leaked-secret" in found(said))


def test_password_of_a_form_is_not_repeated_in_a_refusal() -> None:
    """An error that repeats the form of its request tells the password in it; a 422 may show the input."""
    form = "POST /loans\nContent-Type: application/x-www-form-urlencoded\n\nname=a&password=s%3Acret-99\n"
    for status, leaks in ((401, True), (422, False)):
        block = (
            f"{form}> {status}\n> Content-Type: application/json\n>\n> " + '["no: password=s%3Acret-99"]\n'
        )
        said = read_case(block).observed
        assert isinstance(said, Observation)
        assert leaks == ("leaked-secret" in found(said))


def test_hostile_bodies_are_searched() -> None:
    """The search of deep, long and repetitive bodies comes to an end; a runaway pattern would take hours."""
    bodies = [
        "[" * 100 + "]" * 100,
        json.dumps("at " * 60_000),
        json.dumps("SELECT " * 30_000),
        json.dumps("/home/a b/" * 20_000),
        json.dumps(["x"] * 50_000),
        json.dumps("$argon2id$m=1,t=1,p=1$" * 5_000),
        json.dumps('File "' * 20_000),
    ]
    for body in bodies:
        assert [{}, {}] == [found(observed(500, body)), found(observed(500, body, "text/plain"))]
