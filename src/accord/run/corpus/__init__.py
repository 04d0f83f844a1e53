"""Cases worth playing again: learned in one run, kept in a file, played in the next."""
