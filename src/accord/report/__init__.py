"""Stage 5, report: what is told; the terminal, and files for other programs."""
