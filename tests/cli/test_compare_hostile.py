"""``accord compare`` with contracts that cannot be used: one message with place, reason and next step, exit code 2."""

from __future__ import annotations

import socket

import pytest
from projects import HEAD, request_of

MINIMAL = 'openapi: 3.1.0\ninfo: {title: Little, version: "1"}\npaths: {}\n'
DEEP = 10_000

# The whole text of the new contract, and what the message must hold.
UNUSABLE = {
    "empty": ("", ("new.yaml: is not a mapping",)),
    "no text": (b"\xff\xfe\x00\x01", ("new.yaml", "UTF-8")),
    "invalid YAML": ("openapi: 3.1.0\ninfo: [\n", ("new.yaml:3", "not valid YAML")),
    "invalid JSON": ('{"openapi": "3.1.0",\n "info": }', ("new.yaml:2",)),
    "invalid OpenAPI": (
        MINIMAL + "servers: [{url: 3}]\n",
        ("new.yaml:4#/servers/0/url:", "not valid openapi 3.1", "Correct"),
    ),
    "Swagger 2.0": ('swagger: "2.0"\n', ("new.yaml", "Swagger 2.0", "swagger2openapi")),
    "OpenAPI 3.3": (MINIMAL.replace("3.1.0", "3.3.0"), ("new.yaml:1#/openapi", "3.3.0")),
    "no contract": ("a: 1\n", ("new.yaml: holds neither an OpenAPI nor an AsyncAPI document",)),
    "YAML aliases by the billion": (
        MINIMAL
        + "x-0: &a0 [lol]\n"
        + "".join(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
        ("new.yaml:", "too many values, counting aliases"),
    ),
    "10,000 nested lists": (
        f"{MINIMAL}x: {'[' * DEEP}{']' * DEEP}\n",
        ("new.yaml:4", "nested deeper than 256"),
    ),
    "10,000 nested objects in JSON": (
        '{"openapi": "3.1.0", "x": ' + '{"a":' * DEEP + "1" + "}" * DEEP + "}",
        ("new.yaml:1", "nested deeper than 256"),
    ),
    "reference to itself": (
        MINIMAL + 'components:\n  schemas:\n    A: {$ref: "#/components/schemas/A"}\n',
        ("new.yaml:6#/components/schemas/A:", "leads back to itself"),
    ),
    "reference to nothing": (
        MINIMAL + 'components:\n  schemas:\n    A: {$ref: "#/components/schemas/B"}\n',
        ("new.yaml:6#/components/schemas/A:", "leads nowhere"),
    ),
    "reference to the local network": (
        MINIMAL + "components:\n  schemas:\n    A: {$ref: 'http://169.254.169.254/latest/meta-data'}\n",
        ("new.yaml:6#/components/schemas/A:", "169.254.169.254", "not allowed", "--allow-remote"),
    ),
    "reference out of the folder": (
        MINIMAL + "components:\n  schemas:\n    A: {$ref: '../secret.yaml'}\n",
        ("new.yaml:6#/components/schemas/A:", "outside the contract folder"),
    ),
    "reference to an absolute file": (
        MINIMAL + "components:\n  schemas:\n    A: {$ref: 'file:///etc/passwd'}\n",
        ("new.yaml:6#/components/schemas/A:", "file:///etc/passwd"),
    ),
    "schema that refers to nothing": (
        '{"$schema": "http://json-schema.org/draft-07/schema#",\n"$ref": "#/definitions/A"}',
        ("new.yaml:1#", "leads nowhere"),
    ),
}


def bounded(project, *arguments):
    """Run the command, which comes to an end."""
    return project.accord("compare", *arguments)


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_contract_that_cannot_be_used_is_told(name, project):
    """On either side: file, line and pointer, the reason and what to do."""
    text, words = UNUSABLE[name]
    project.write("new.yaml", text)
    done = bounded(project, "openapi.yaml", "new.yaml")

    assert 2 == done.code, done
    for word in words:
        assert word in done.err
    assert "" == done.out


def test_the_old_side_is_told_as_well(project):
    """Its place begins with what the user named."""
    project.write("old/openapi.yaml", MINIMAL + "servers: [{url: 3}]\n")
    done = bounded(project, "old", "openapi.yaml")

    assert 2 == done.code, done
    assert "old/openapi.yaml:4#/servers/0/url:" in done.err


def test_schemas_that_hold_themselves_are_compared(project):
    """A cyclic document ends, with one change for the one cause."""
    cyclic = (
        MINIMAL.replace("paths: {}\n", "")
        + """
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Node"}}}}
      responses: {"204": {description: Done.}}
components:
  schemas:
    Node:
      type: object
      properties:
        next: {$ref: "#/components/schemas/Node"}
        all: {type: array, items: {$ref: "#/components/schemas/Node"}}
        text: {type: string, maxLength: 9}
"""
    )
    project.write("old.yaml", cyclic)
    project.write("new.yaml", cyclic.replace("maxLength: 9", "maxLength: 3"))
    done = bounded(project, "old.yaml", "new.yaml")

    assert 1 == done.code, done
    assert "1 change: 1 breaking." in done.out


def remote(project, serve, text):
    """Return the arguments for a contract that refers to *text* on a server of this test, and its host."""
    asked = []

    def handle(connection: socket.socket) -> None:
        while head := request_of(connection):
            asked.append(head.split()[1].decode())
            body = text.encode()
            connection.sendall(HEAD % len(body) + body)

    url = serve(handle)
    for name, length in (("old.yaml", 9), ("new.yaml", 3)):
        project.write(
            name,
            MINIMAL.replace("paths: {}\n", "")
            + f"""
paths:
  /a:
    post:
      requestBody: {{content: {{application/json: {{schema: {{$ref: "{url}/s.yaml#/Text"}}}}}}}}
      responses: {{"204": {{description: Done.}}}}
components: {{schemas: {{Text: {{type: string, maxLength: {length}}}}}}}
""",
        )
    return url.removeprefix("http://"), asked


def test_a_remote_reference_needs_leave(project, serve):
    """Without it nothing is asked; with it, both sides read what is there."""
    host, asked = remote(project, serve, "Text: {type: string, maxLength: 9}\n")
    refused = bounded(project, "old.yaml", "new.yaml")
    assert (2, []) == (refused.code, asked), refused
    assert f"--allow-remote {host}" in refused.err

    done = bounded(project, "old.yaml", "new.yaml", "--allow-remote", host)
    assert 0 == done.code, done
    assert {"/s.yaml"} == set(asked)


def test_a_remote_document_is_bounded_by_the_same_leave(project, serve):
    """What it refers to elsewhere is refused, at its own place."""
    host, _ = remote(project, serve, "Text: {$ref: 'http://127.0.0.2:1/t.yaml'}\n")
    done = bounded(project, "old.yaml", "new.yaml", "--allow-remote", host)

    assert 2 == done.code, done
    assert "127.0.0.2" in done.err
    assert "s.yaml:1#/Text" in done.err
