"""Reports to look at in a browser: one file each, which asks for nothing else and runs no script but its own."""
