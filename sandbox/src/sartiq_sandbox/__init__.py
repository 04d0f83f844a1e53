"""A working stand-in of the Sartiq backend, for clients that have no staging account."""

from sartiq_sandbox.application import create_app

__all__ = ["create_app"]
