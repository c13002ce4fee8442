"""Settings as tables: every rule with what a change would do, from which day, and what it was before."""
