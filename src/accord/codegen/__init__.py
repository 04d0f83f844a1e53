"""Pydantic models of a contract, written by datamodel-code-generator: contracts/ into generated/."""

from __future__ import annotations

from accord.codegen.folder import stale, write
from accord.codegen.package import generate

__all__ = ["generate", "stale", "write"]
