"""The shapes on the wire: what clients send and what they get."""
