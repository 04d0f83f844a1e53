"""``accord drift``: a service asked again and again whether it keeps its contract, and who is told."""
