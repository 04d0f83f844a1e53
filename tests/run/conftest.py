"""What the tests of a run share."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for corpus_service, whatever the import mode
