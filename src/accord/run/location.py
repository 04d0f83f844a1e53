"""Where the findings of a run stand in the files of a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from accord.contract import library as libraries
from accord.contract.contract import Contract
from accord.findings.finding import Finding
from accord.findings.result import Location, Run


def located(run: Run, contract: Contract) -> Run:
    """Return *run* with the place of each finding in the files of *contract*."""
    return replace(run, locations={item.fingerprint: location(item, contract) for item in run.findings})


def location(finding: Finding, contract: Contract) -> Location:
    """Return where *contract* says what *finding* is about: its place, else its operation's, else its document's."""
    subject = finding.operation or finding.channel
    return place_in(finding.pointer, contract, subject=subject)


def place_in(place: str, contract: Contract, *, subject: str | None) -> Location:
    """Return where *place*, ``file#/pointer``, stands; where *contract* has none such, that of the *subject*.

    That is an operation or a channel, by its id; a contract without it gives its first document.
    """
    place = place if _is_known(place, contract) else _of_subject(subject, contract)
    name, _, pointer = place.partition("#")
    file = contract.folder / name
    if not _is_file(file):
        return Location(path=name, pointer=pointer)
    line, column = contract.mark(place) or (None, None)
    return Location(path=_relative(file), line=line, column=column, pointer=pointer)


def _is_known(place: str, contract: Contract) -> bool:
    return place.partition("#")[0] in contract.library.documents


def _of_subject(subject: str | None, contract: Contract) -> str:
    for operation in contract.operations:
        if operation.id == subject:
            return operation.place
    for channel in contract.channels:
        if channel.id == subject:
            return libraries.place(channel.uri)
    return contract.openapi or contract.asyncapi or next(iter(contract.library.documents), "")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name too long, which a published document may have
        return False


def _relative(file: Path) -> str:
    """Return the path of *file* from the root of its repository, else from the working directory."""
    file = file.resolve()
    for root in (*(folder for folder in file.parents if (folder / ".git").exists()), Path.cwd()):
        if file.is_relative_to(root):
            return file.relative_to(root).as_posix()
    return file.as_posix()
