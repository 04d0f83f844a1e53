"""Two services asked the same: what one answers otherwise than the other, and what the contract says of it."""
