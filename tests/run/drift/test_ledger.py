"""Facts about the state file: what it is, what it is not, and what happens when it cannot be used."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from accord.errors import StateError
from accord.run.drift.ledger import opened


def tables(path):
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_file_is_made_where_there_is_none(tmp_path):
    """In a folder of its own, which git is told to leave alone; it is a WAL database of a known version."""
    path = tmp_path / ".accord" / "drift.sqlite3"
    with opened(path):
        pass
    with opened(path):
        pass
    assert "*\n" == (path.parent / ".gitignore").read_text()
    with closing(sqlite3.connect(path)) as connection:
        assert ("wal",) == connection.execute("PRAGMA journal_mode").fetchone()
        assert (1,) == connection.execute("PRAGMA user_version").fetchone()
    assert {"scope", "fact", "moment", "heard", "outbox"} <= tables(path)


def test_a_database_of_another_program_is_left_alone(tmp_path):
    """Not a byte of it changes."""
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(StateError, match="another program") as caught, opened(path):
        pass
    assert str(path) == caught.value.place
    assert before == path.read_bytes()


def test_a_file_of_a_newer_accord_is_left_alone(tmp_path):
    """Its version says so."""
    path = tmp_path / "drift.sqlite3"
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="newer accord"), opened(path):
        pass


@pytest.mark.parametrize(
    "content",
    [b"no database at all, but long enough to be one\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
)
def test_what_is_no_database_is_an_error_with_a_next_step(tmp_path, content):
    """It is not overwritten."""
    path = tmp_path / "drift.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StateError, match="cannot be used") as caught, opened(path):
        pass
    assert caught.value.next_step
    assert content == path.read_bytes()


def test_a_folder_and_a_file_in_the_way_are_errors(tmp_path):
    """Neither a folder nor a path below a file can be a state file."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "below" / "drift.sqlite3"):
        with pytest.raises(StateError), opened(path):
            pass


def test_a_file_that_may_not_be_written_is_an_error(tmp_path):
    """The reason is SQLite's, the next step is ours."""
    with opened(tmp_path / "drift.sqlite3") as ledger:
        ledger.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StateError, match="readonly"), ledger.writing() as connection:
            connection.execute("DELETE FROM fact")


def test_a_step_is_kept_whole_or_not_at_all(tmp_path):
    """What is raised in the middle of it leaves nothing behind."""
    with opened(tmp_path / "drift.sqlite3") as ledger:
        with pytest.raises(RuntimeError), ledger.writing() as connection:
            connection.execute("INSERT INTO scope (target, contract, accept) VALUES ('t', 'c', '')")
            raise RuntimeError
        with ledger.using() as connection:
            assert (0,) == connection.execute("SELECT count(*) FROM scope").fetchone()


def test_a_file_that_was_only_begun_is_finished(tmp_path):
    """An empty file, as a kill right after its making leaves it, is a state file to be."""
    path = tmp_path / "drift.sqlite3"
    path.write_bytes(b"")
    with opened(path):
        pass
    assert "outbox" in tables(path)
