"""How long the tests of the exchanges wait: no machine is so slow that what comes needs PATIENCE."""

from __future__ import annotations

PATIENCE = 30.0
"""Seconds that everything which comes may take; who waits so long for it fails."""
HASTE = 0.5
"""Seconds after which a client gives up what does not come."""
