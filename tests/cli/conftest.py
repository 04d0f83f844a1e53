"""What the tests of the command line share."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for projects, whatever the import mode

from projects import project, serve, starter

__all__ = ["project", "serve", "starter"]
