"""Forms clean words; they do not save."""
