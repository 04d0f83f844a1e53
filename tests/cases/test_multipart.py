"""One part of a multipart body, replaced; the standard library's parser of messages is the oracle."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from typing import cast

import pytest

from accord.cases.multipart import part_of, with_part
from accord.cases.request import Request

BODY = (
    b'--b0\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    b"PNG\r\n\r\nbytes\r\n"
    b'--b0\r\nContent-Disposition: form-data; name="type"\r\n\r\ndetail\r\n--b0--\r\n'
)


def request(body: bytes = BODY, kind: str = "multipart/form-data; boundary=b0") -> Request:
    """Return an upload."""
    return Request(method="POST", url="http://x/", headers=(("content-type", kind),), body=body)


def parts(upload: Request | None) -> dict[str, tuple[str, str | None, bytes]]:
    """Return media type, file name and content of each part by its name."""
    assert upload is not None
    head = f"Content-Type: {upload.header('content-type')}\r\n\r\n".encode()
    assert upload.header("content-length") in (None, str(len(upload.body)))
    found = cast("list[Message]", message_from_bytes(head + upload.body).get_payload())
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_content_type(),
            part.get_filename(),
            cast("bytes", part.get_payload(decode=True)),
        )
        for part in found
    }


def test_one_part_is_replaced_and_the_others_stay() -> None:
    """Content and media type of the named part change, its file name and the other part do not."""
    assert {"file": ("text/plain", "a.png", b"other\n"), "type": ("text/plain", None, b"detail")} == parts(
        with_part(request(), "file", content=b"other\n", media_type="text/plain")
    )
    assert {"file": ("image/png", "a.png", b"PNG\r\n\r\nbytes"), "type": ("a/b", None, b"detail")} == parts(
        with_part(request(), "type", media_type="a/b")
    )
    assert ("image/png", "a.png", b"") == parts(with_part(request(), "file", content=b""))["file"]


def test_place_of_a_part_is_that_of_its_content() -> None:
    """What stands between begin and end is the content of the part."""
    place = part_of(request(), "file")
    assert place is not None
    assert b"PNG\r\n\r\nbytes" == BODY[slice(*place)]


@pytest.mark.parametrize(
    "upload",
    [
        request(kind="application/json"),
        request(kind="multipart/form-data"),
        request(kind="multipart/form-data; boundary=other"),
        request(body=b'--b0\r\nname="file"'),
        request(body=b""),
        request(body=BODY.replace(b'"file"', b'"profile"')),
    ],
)  # fmt: skip
def test_part_that_is_not_there_is_not_replaced(upload: Request) -> None:
    """A body without the part, cut off, or of another kind gives None."""
    assert part_of(upload, "file") is None
    assert with_part(upload, "file", content=b"x") is None
