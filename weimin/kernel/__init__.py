"""kernel: clock, working time, numbers and check digits, privacy words; plain Python, no Django."""
