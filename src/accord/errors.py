"""What stops a run.

"We could not ask" is an exception of this tree and ends a run with exit code 2;
"the answer is no" is a ``Finding`` and never an exception.

    AccordError
    ├── ContractError       a contract that cannot be read, resolved or trusted
    ├── ConfigurationError  a setting or an option that means nothing
    ├── TargetError         a service that cannot be reached or started
    ├── CredentialError     an identity that the service refuses or that cannot be read
    ├── RecordingError      a recording that cannot be read back
    └── StateError          a state file that cannot be read or written
"""

from __future__ import annotations


class AccordError(Exception):
    """Anything that keeps accord from asking its question.

    ``reason`` says what is wrong, ``place`` where (file, line, JSON pointer, setting or URL) and
    ``next_step`` what the reader can do about it.
    """

    def __init__(self, reason: str, *, place: str = "", next_step: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.next_step = next_step

    def __str__(self) -> str:
        """Give the error in one paragraph: place, reason, next step."""
        head = f"{self.place}: {self.reason}" if self.place else self.reason
        return f"{head}\n  {self.next_step}" if self.next_step else head


class ContractError(AccordError):
    """A contract that cannot be read, resolved or trusted; ``place`` is ``file:line#/pointer``."""


class ConfigurationError(AccordError):
    """A setting or an option that means nothing."""


class TargetError(AccordError):
    """A service that cannot be reached, imported or started."""


class CredentialError(AccordError):
    """An identity that the service refuses, or whose secret cannot be read."""


class RecordingError(AccordError):
    """A recording that cannot be read back; ``place`` is ``file:line``."""


class StateError(AccordError):
    """A file that remembers what was found and told, and cannot be read or written; ``place`` is its path."""
