"""web: pages that show two rooms."""
