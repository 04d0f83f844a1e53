"""What an alert says of facts: as words for people, as JSON for programs."""
