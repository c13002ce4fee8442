"""The one way a backup says that it cannot be believed, or a command that it will not go on."""


class Broken(Exception):
    """The sentence is for the operator, and says what to do."""
