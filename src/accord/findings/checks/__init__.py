"""Rules that hold an exchange or a session against the contract."""
