"""The database engine for one county in one file."""
