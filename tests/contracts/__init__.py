"""The documents of the contracts hold what they promise about themselves."""
