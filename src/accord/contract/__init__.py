"""Stage 1, contract: what was promised; read, resolved and normalised into frozen values."""
