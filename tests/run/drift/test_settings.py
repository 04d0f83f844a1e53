"""Facts about the settings of drift: what they say, and what is told of wrong ones."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from receivers import SECRET

from accord.config import Settings
from accord.errors import AccordError, ConfigurationError
from accord.exchange.chat import Chat, notify
from accord.exchange.mail import Mailbox, Security
from accord.exchange.message import Message
from accord.exchange.webhook import Webhook
from accord.findings.changes.policy import Policy
from accord.findings.finding import Severity
from accord.run.drift.destination import given_destinations, read_destinations, secret_parts
from accord.run.drift.settings import read_drift

MESSAGE = Message(id="msg_1", thread="t", written=0.0, subject="a subject", text="a text", data=b"{}")


def read(text):
    return read_drift(Settings(root=Path("/project"), drift=tomllib.loads(text)))


def test_without_settings_there_are_defaults():
    """Every five minutes, told after three tries, remembered beside the project, nobody told."""
    drift = read("")
    assert (300.0, 3, None, Policy.OPEN, Severity.ERROR) == (
        drift.every,
        drift.tries,
        drift.remind,
        drift.policy,
        drift.fail_on,
    )
    assert Path("/project/.accord/drift.sqlite3") == drift.state
    assert () == read_destinations(drift)


def test_what_is_written_is_what_is_meant(monkeypatch):
    """Spans, paths, places and headers; variables are filled in."""
    monkeypatch.setenv("TOKEN", "t")
    drift = read(
        'every = "1h"\nremind = "7d"\ntries = 5\nstate = "s.db"\napprovals = "a.yaml"\npartial = true\n'
        'fail-on = "none"\npolicy = "strict"\n[documents]\n"openapi.yaml" = "/o.json"\n[headers]\nA = "B ${TOKEN}"\n'
    )
    assert (3600.0, 604_800.0, 5, True, None) == (
        drift.every,
        drift.remind,
        drift.tries,
        drift.partial,
        drift.fail_on,
    )
    assert (Path("/project/s.db"), Path("/project/a.yaml")) == (drift.state, drift.approvals)
    assert ({"openapi.yaml": "/o.json"}, (("A", "B t"),)) == (drift.documents, drift.headers)
    assert "B t" not in repr(drift)


def test_destinations_are_what_the_settings_name():
    """A webhook has a message for each fact, mail one for all of a run, unless they say otherwise."""
    drift = read(
        f'remind = "1d"\n[alerts.a]\nwebhook = "https://h/x"\nsecret = ["{SECRET}", "{SECRET}"]\non = "unproven"\n'
        '[alerts.b]\nmail = "a@b"\nfrom = "c@d"\nsmtp = "smtps://u%40x@host"\npassword = "p"\nremind = "2d"\n'
        '[alerts.c]\nmail = ["a@b", "e@f"]\nfrom = "c@d"\nsmtp = "smtp://host:2525"\ndigest = false\n'
    )
    one, two, three = read_destinations(drift)
    assert ("a", Severity.WARNING, 86_400.0, False) == (
        one.name,
        one.receiver.listener.threshold,
        one.receiver.listener.remind,
        one.receiver.digest,
    )
    assert isinstance(one.address, Webhook)
    assert [bytes(range(24))] * 2 == list(one.address.keys)
    assert (172_800.0, True, False) == (
        two.receiver.listener.remind,
        two.receiver.digest,
        three.receiver.digest,
    )
    assert isinstance(two.address, Mailbox)
    assert (465, Security.TLS, "u@x", "p") == (
        two.address.port,
        two.address.security,
        two.address.user,
        two.address.password,
    )
    assert isinstance(three.address, Mailbox)
    assert (2525, Security.STARTTLS, None, ("a@b", "e@f")) == (
        three.address.port,
        three.address.security,
        three.address.user,
        three.address.receivers,
    )


def test_options_name_destinations_and_the_environment_their_secrets(monkeypatch):
    """Each has a name that stays the same and tells nothing of its address."""
    for name, value in (
        ("WEBHOOK_SECRET", SECRET),
        ("SMTP", "smtp://h"),
        ("MAIL_FROM", "a@b"),
        ("SMTP_PASSWORD", "p"),
    ):
        monkeypatch.setenv(f"ACCORD_{name}", value)
    made = [*given_destinations(("https://h/webhook/s3cret-path",), ("c@d",), (), read(""))]
    assert made == [*given_destinations(("https://h/webhook/s3cret-path",), ("c@d",), (), read(""))]
    assert ["webhook", "mail"] == [item.name.rpartition("-")[0] for item in made]
    assert "s3cret-path" not in repr(made)
    assert {"https://h/webhook/s3cret-path", "s3cret-path"} == {*secret_parts(tuple(made))} - {""}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("remin = '7d'", "Did you mean 'remind'?"),
        ("remind = 7", "'remind' is not a text in quotes"),
        ("remind = '1y'", "is no time"),
        ("tries = 0", "a whole number from 1"),
        ("policy = 'mild'", "one of strict, open, wire"),
        ("headers = 'x'", "'headers' is not a table"),
        ("headers = {'a b' = 'c'}", "a header cannot be named"),
        ("alerts = {team = 'x'}", "is not a table"),
        ("alerts = {team = {}}", "names no or several ways to tell"),
        ("alerts = {team = {webhook = 'http://127.0.0.1/'}}", "has no secret to sign with"),
        ("alerts = {team = {webhook = 'http://127.0.0.1/', secret = 'x'}}", "whsec_"),
        ("alerts = {team = {webhook = 'nowhere', secret = 'x'}}", "is not absolute"),
        ("alerts = {team = {github = 'x', token = 't'}}", "github is no repository"),
        ("alerts = {team = {github = 'a/b'}}", "has no token"),
        ("alerts = {team = {github = 'a/b', token = 't', api = 'x'}}", "is not absolute"),
        ("alerts = {team = {github = 'a/b', token = 't', digest = true}}", "an issue is about one fact"),
        ("alerts = {team = {mail = 'x', from = 'a@b'}}", "'x' is no mail address"),
        ("alerts = {team = {mail = 'a@b\\nBcc: c@d', from = 'a@b'}}", "is no mail address"),
        ("alerts = {team = {mail = 'a@b', from = 'a@b', smtp = 'http://x'}}", "smtp is no server"),
    ],
)
def test_wrong_settings_are_told_with_place_and_remedy(settings, words):
    """The error names the table, and what to write."""
    with pytest.raises(ConfigurationError) as caught:
        read_destinations(read(settings.replace("'", '"')))
    assert words in str(caught.value)
    assert caught.value.next_step
    assert "drift" in caught.value.place or "--" in caught.value.place


def test_a_chat_without_apprise_says_what_to_install(monkeypatch):
    """It is an extra, looked for only when one is configured."""
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises(AccordError, match="not installed") as caught:
        read_destinations(read('[alerts.chat]\napprise = "slack://x"\n'))
    assert "accord[alerts]" in caught.value.next_step


def test_a_chat_gets_subject_and_text(hook):
    """By apprise itself, as JSON over HTTP; a URL that it does not know is an error without the URL."""
    pytest.importorskip("apprise")
    hook.status = 200
    chat = Chat(url=f"json://127.0.0.1:{hook.port}/x")
    assert notify(chat, MESSAGE).taken
    hook.status = 500
    assert not notify(chat, MESSAGE).taken
    ((_, body), _) = hook.heard
    assert b"a subject" in body
    assert b"a text" in body
    with pytest.raises(ConfigurationError, match="no URL that apprise knows") as caught:
        read_destinations(read('[alerts.chat]\napprise = "nothing-known://secret"\n'))
    assert "secret" not in str(caught.value)
