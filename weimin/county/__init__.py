"""county: places, offices, posts, officials, duties."""
