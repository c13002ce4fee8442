"""What carriers tell us, by addresses they call."""
