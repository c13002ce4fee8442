"""ledger: who did what, when, to what."""
