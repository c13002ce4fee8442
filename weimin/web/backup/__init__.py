"""Backups: one archive of a county, its restoration, and the proof that it is whole."""
