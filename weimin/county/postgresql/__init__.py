"""The database engine for many counties, each in a schema of its own."""
