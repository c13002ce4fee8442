"""The shelf all counties share: their directory and the official calendar. Nothing personal, never deleted."""
