"""Counties made, migrated and taken away, many at once."""
