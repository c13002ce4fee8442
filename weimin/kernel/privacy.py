"""The three privacy words. Every field of every model bears exactly one of them."""

from enum import StrEnum


class PrivacyWord(StrEnum):
    OPEN = "open"  # may be published
    PERSONAL = "personal"  # about a person: read only by duty, and every reading is recorded
    SECRET = "secret"  # noqa: S105 -- a word, not a password; codes, salts and keys: shown to nobody


OPEN, PERSONAL, SECRET = PrivacyWord
