"""Stage 5, report: what is told; the terminal, JSON, JUnit."""
