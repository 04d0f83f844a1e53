"""What the tests of the pytest plugin share with those of the command line."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))  # for projects, whatever the import mode

from projects import project, starter

__all__ = ["project", "starter"]
