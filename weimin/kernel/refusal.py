"""The one way a verb says no: a sentence for the person who asked, and a word a program can branch on."""


class Refused(Exception):
    """A verb refuses; nothing has been changed.

    `code` is stable and in UPPER_CASE; `message` may be a lazy translation and is a sentence with what to do next;
    `field` names the form field it concerns, if one.
    """

    def __init__(self, code: str, message: object, *, field: str = "") -> None:
        super().__init__(code)
        self.code, self.message, self.field = code, message, field

    def __str__(self) -> str:
        return str(self.message)
