"""Where a contract comes from: a file, a folder, a revision of git, a URL or a running service."""
