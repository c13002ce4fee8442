"""notices: one message to one person."""
