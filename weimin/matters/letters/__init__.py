"""E-mail and text messages that come in: read, threaded to their matter, taken in by the verbs everybody uses."""
