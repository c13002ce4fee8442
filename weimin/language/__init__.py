"""Chinese text as plain Python: one way of writing, search terms, kinds and hot issues told from words. No tables."""
