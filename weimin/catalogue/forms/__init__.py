"""Forms of the room: of the knowledge base, and of the settings."""
