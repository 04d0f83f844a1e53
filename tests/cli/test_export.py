"""`accord export`, as it is run."""

from __future__ import annotations

import json

import pytest

BUNDLE = """title: Talk
oneOf: [{ $ref: "#/$defs/Note" }]
$defs:
  Note: { type: object, required: [type], properties: { type: { const: note }, text: { type: string, maxLength: 5 } } }
"""


def test_a_bundle_becomes_a_document_that_can_be_read_again(project):
    """What is printed is JSON, an AsyncAPI document with the address, and a contract without contradictions."""
    project.write("talk.yaml", BUNDLE)
    done = project.accord("export", "asyncapi", "talk.yaml", "--address", "/talk")

    assert done.code == 0, done
    assert json.loads(done.out)["channels"]["messages"]["address"] == "/talk", done
    project.write("asyncapi.json", done.out)
    assert project.accord("lint", "asyncapi.json").code == 0
    again = project.accord("export", "asyncapi", "asyncapi.json")
    assert json.loads(done.out) == json.loads(again.out), again


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("talk.yaml", "--address", "talk"), "--address: is not a path"),
        (("asyncapi.yaml", "--address", "/talk"), "--address: is given, but asyncapi.yaml says the address"),
        (("absent.yaml",), "absent.yaml: does not exist"),
        (("old.yaml",), "old.yaml:1#/asyncapi: is AsyncAPI 2.6.0"),
    ],
)
def test_what_cannot_be_exported_is_told(arguments, words, project):
    """A wrong option or contract ends with exit code 2 and one paragraph, and nothing is printed."""
    project.write("talk.yaml", BUNDLE)
    project.write("asyncapi.yaml", "asyncapi: 3.0.0\ninfo: { title: t, version: '1' }\n")
    project.write("old.yaml", "asyncapi: 2.6.0\ninfo: { title: t, version: '1' }\nchannels: {}\n")
    done = project.accord("export", "asyncapi", *arguments)

    assert (done.code, done.out) == (2, ""), done
    assert words in done.err, done
    assert "Traceback" not in done.err, done
