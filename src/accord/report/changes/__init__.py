"""What changed between two contracts, told."""
