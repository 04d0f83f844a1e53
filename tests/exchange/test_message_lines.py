"""Files of traffic: what they are is seen in how they begin, and their lines come whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import RecordingError
from accord.exchange.message_lines import BLOCK, Form, form_of, read_lines


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.har", b"anything", Form.HAR),
        ("a.json", b'\xef\xbb\xbf {\n "log": {', Form.HAR),
        ("a.ndjson", b'{"kind": "session", "id": 1}', Form.RECORDING),
        ("a.ndjson", b'{"kind":"exchange"}', Form.RECORDING),
        ("a.ndjson", b'{"kind": "cat"}', Form.MESSAGES),
        ("a", b"", Form.MESSAGES),
    ],
)
def test_the_kind_of_a_file_is_seen_in_its_beginning(tmp_path, name, data, form):
    """Or in its name, where that is the one of archives."""
    path = tmp_path / name
    path.write_bytes(data)
    assert form == form_of(path)


@settings(max_examples=30)
@given(
    lines=st.lists(st.binary(max_size=200).map(lambda data: data.replace(b"\n", b"")), max_size=20),
    data=st.data(),
)
def test_lines_come_whole(lines, data, tmp_path_factory):
    """Whatever stands in them, whether the file may hold one that is too long or not."""
    path = tmp_path_factory.mktemp("lines") / "x"
    path.write_bytes(b"\n".join(lines))
    longest = data.draw(st.sampled_from([201, 10**9]))
    found = [line.rstrip(b"\n") for batch in read_lines(path, longest=longest) for line in batch]
    assert lines == found or lines == [*found, b""] or (lines, found) == ([b""], [])


def test_a_batch_is_small(tmp_path):
    """A large file comes in pieces of about the size of a block."""
    path = tmp_path / "x"
    path.write_bytes((b"a" * 999 + b"\n") * 2000)
    for longest in (10**9, 1000):
        sizes = [sum(map(len, batch)) for batch in read_lines(path, longest=longest)]
        assert 2_000_000 == sum(sizes)
        assert max(sizes) < BLOCK + 10_000


def test_a_line_that_is_too_long_is_told(tmp_path):
    """Before it is read as a whole, with its number."""
    path = tmp_path / "x"
    path.write_bytes(b"one\n" + b"2" * 100 + b"\n")
    with pytest.raises(RecordingError, match="more than 50 bytes") as caught:
        list(read_lines(path, longest=50))
    assert f"{path}:2" == caught.value.place


@pytest.mark.parametrize("read", [form_of, lambda path: list(read_lines(path))])
def test_a_file_that_is_not_there_is_told(tmp_path, read):
    """With its path."""
    with pytest.raises(RecordingError, match="No such file") as caught:
        read(tmp_path / "absent")
    assert str(tmp_path / "absent") == caught.value.place
