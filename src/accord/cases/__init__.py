"""Stage 2, cases: what to say; valid, invalid in exactly one named place, unauthenticated, missing."""
