"""catalogue: what a resident can ask for."""
