"""Raw bytes in a form that a person can send again: a line for a shell, with nc or openssl."""

from __future__ import annotations

import base64

from accord.cases.frame_case import FrameCase, Put
from accord.exchange.frame_probe import Endpoint, request
from accord.exchange.secrets import is_secret_header

_LONGEST = 500


def raw(endpoint: Endpoint, case: FrameCase) -> str:
    """Return one line for a POSIX shell that plays *case* and shows what comes, in hexadecimal.

    The value of a header with credentials is the shell variable ``$TOKEN``.
    """
    secret = [name for name, _ in endpoint.headers if is_secret_header(name)]
    head = [_masked(line, secret) for line in request(endpoint, case.opening).split(b"\r\n")[:-2]]
    steps = ["printf " + f"{''.join(head)}'\\r\\n'".replace("''", "")]
    for act in case.acts:
        steps += ["sleep 1", *_put(act)] if isinstance(act, Put) else []
    origin = endpoint.place.origin
    wait = f"; sleep {max(3, round((case.seconds or 0) + 3))}" if case.acts or case.seconds else "; sleep 1"
    if origin.scheme == "https":
        return f"{{ {'; '.join(steps)}{wait}; }} | openssl s_client -quiet -connect {origin.host}:{origin.port} | xxd"
    return f"{{ {'; '.join(steps)}{wait}; }} | nc {origin.host} {origin.port} | xxd"


def _masked(line: bytes, secret: list[str]) -> str:
    name, _, _ = line.decode("latin-1").partition(":")
    if name in secret:
        scheme = "Bearer " if name.lower() == "authorization" else ""
        return f"'{name}: {scheme}'\"$TOKEN\"'\\r\\n'"
    return f"'{_escaped(line)}\\r\\n'"


def _put(act: Put) -> list[str]:
    if not any(act.data):
        return [f"head -c {len(act.data) * act.repeated} /dev/zero"]
    if len(act.data) > _LONGEST:
        return [f"printf %s {base64.b64encode(act.data).decode()} | base64 -d"]
    return [f"printf '{_escaped(act.data)}'"]


def _escaped(data: bytes) -> str:
    """Return *data* for the format of printf in single quotes; what is not plain is octal."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"%'\\" else f"\\{byte:03o}" for byte in data
    )
