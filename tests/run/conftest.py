"""What the tests of a run share."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for the services beside it, whatever the import mode
