"""What a contract would not see: good answers and messages made wrong, of which it accepts some."""
