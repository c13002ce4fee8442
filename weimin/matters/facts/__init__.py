"""Matters as facts: one row each, of open fields only, for reports across counties. docs/operate/reports.md."""
