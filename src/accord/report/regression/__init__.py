"""What asking two sides came to, told in each format."""
