"""What a run may say to a service: everything, or, where it is shared with others, nothing that could change it."""

from __future__ import annotations

from dataclasses import dataclass

from accord.cases.request import Request

# RFC 9110, 9.2.1 calls TRACE safe too, but 9.3.8 forbids it where a request carries a credential.
# QUERY is safe by its draft, which a service that was written before it need not know.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Headers by which some frameworks let a request say that it means another method than its own.
_OTHER_METHODS = ("x-http-method-override", "x-http-method", "x-method-override")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What may be sent; a ``safe`` one allows safe methods, and of sessions those that play one of ``scripts``.

    Of the operations ``excluded``, by their ids, nothing is asked.
    """

    safe: bool = False
    scripts: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    def refuses(self, request: Request, operation: str | None = None) -> str:
        """Return why *request*, which asks *operation*, must not be sent; empty when it may."""
        if reason := self.refuses_operation(operation):
            return reason
        overriding = (request.header(name) for name in _OTHER_METHODS)
        meant = (request.method, *(value for value in overriding if value is not None))
        return next(filter(None, map(self.refuses_method, meant)), "")

    def refuses_operation(self, operation: str | None) -> str:
        """Return why nothing may be asked of *operation*; else nothing."""
        return exclusion(operation) if operation is not None and operation in self.excluded else ""

    def refuses_method(self, method: str) -> str:
        """Return why nothing may be sent with *method*, which is case-sensitive (RFC 9110, 9.1); else nothing."""
        return f"a safe run sends no {method}" if self.safe and method not in SAFE_METHODS else ""

    def refuses_session(self, script: str) -> str:
        """Return why no session may play *script*; empty when one may."""
        refused = self.safe and script not in self.scripts
        return "a safe run says nothing in a session but what is legal" if refused else ""


def exclusion(operation: str) -> str:
    """Return how it is told that *operation* is excluded."""
    return f"{operation} is excluded"
