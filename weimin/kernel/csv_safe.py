"""Cells for spreadsheets: what residents write must never run as a formula on a clerk's desk.

A cell that a spreadsheet could take for a formula gets one apostrophe in front. Restoring takes exactly that one away,
so a file that was exported, looked at and imported again holds the same words.
"""

import re
import unicodedata

_FORMULA_SIGNS = frozenset("=+-@")
_DANGEROUS_ALONE = frozenset("\t\r\n\0")
_NUMBER = re.compile(r"-[0-9]{1,15}(\.[0-9]+)?")


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet computes. Negative numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if _could_run(text.lstrip("'")) else text


def restore_cell(cell: str) -> str:
    """What safe_cell was given, exactly."""
    return cell[1:] if cell.startswith("'") and _could_run(cell.lstrip("'")) else cell


def _could_run(text: str) -> bool:
    if not text or _NUMBER.fullmatch(text):
        return False
    if text[0] in _DANGEROUS_ALONE:
        return True
    # Some programs trim spaces and read full-width signs as plain ones before they look for a formula.
    seen = text.lstrip(" \u00a0\u3000\u200b\ufeff")
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[:1] in _FORMULA_SIGNS
