"""Later versions of the sandbox, each with one change that its own document follows."""

from sartiq_sandbox.variants import answers, behaviour, stream
from sartiq_sandbox.variants.variant import Variant

__all__ = ["CATALOGUE", "Variant"]

CATALOGUE: tuple[Variant, ...] = (*answers.VARIANTS, *behaviour.VARIANTS, *stream.VARIANTS)
"""Every variant of the sandbox."""
