"""Forms of the county's own order: they clean what the keeper types; verbs decide."""
