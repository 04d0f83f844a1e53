"""Which framework a service is made with: told by the settings, else seen in its document and two answers."""

from __future__ import annotations

from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.exchange.client import Client
from accord.findings.habit import seen_as
from accord.findings.profile import AUTO, NONE, Profile
from accord.findings.profiles import PROFILES, named

_UNKNOWN = "/a-path-that-accord-made-up"


def profile_of(setting: str | None, contract: Contract, client: Client, *, published: bool) -> Profile | None:
    """Return the profile that *setting* names, else the one that fits; None where none does.

    A contract of the team's own is left to its words when it says what errors look like, and shows
    its framework by what is written in it alone: the service is not asked. Raises ``ConfigurationError``.
    """
    if setting not in (None, AUTO):
        return named(setting or NONE)
    if contract.openapi is None or (setting is None and contract.errors and not published):
        return None
    text = contract.library.document(contract.openapi).text
    by_document = next((profile for profile in PROFILES if profile.wrote(text)), None)
    if by_document is not None or not (published or setting == AUTO):
        return by_document
    missing = _answer(client, "GET", f"{client.base_url}{_UNKNOWN}")
    options = _answer(client, "OPTIONS", client.base_url + _plain_path(contract)) if missing else ""
    return next((item for item in PROFILES if item.gave(missing=missing, options=options)), None)


def _plain_path(contract: Contract) -> str:
    """Return the first path without parameters."""
    return next((item.path for item in contract.operations if "{" not in item.path), _UNKNOWN)


def _answer(client: Client, method: str, url: str) -> str:
    exchange = client.send(Request(method=method, url=url, headers=(("Accept", "*/*"),)))
    if exchange.response is None or exchange.lapse is not None:
        return ""
    return seen_as(exchange.response)


def described(profile: Profile) -> str:
    """Return what *profile* does to a run, in one line."""
    return (
        f"profile {profile.name}: what {profile.title} does by itself is told once, as a warning or a note; "
        f'--profile none, or profile = "none" in [tool.accord], switches it off'
    )
