"""households: residents and how to reach them."""
