"""What changed between two contracts, rule by rule."""
