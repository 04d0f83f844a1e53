"""The REST stage: what is asked of one operation, and what holds between several."""
