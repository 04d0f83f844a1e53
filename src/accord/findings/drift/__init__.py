"""Drift: how a service has left its contract, as facts that come, change and go."""
