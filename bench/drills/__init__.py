"""Drills: what is broken on purpose, and what must hold all the same. Each reports counts, not verdicts."""
