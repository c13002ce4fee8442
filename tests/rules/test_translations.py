"""Every sentence people can see has its English beside it, in the room that says it."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from tests.rules.house import ROOMS, ROOT, WEIMIN, python_files, tree

CALLS = {
    "_",
    "_t",
    "_n",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(
    rf"\b(?:_|gettext)\(\s*{STRING}|\bngettext\(\s*{STRING}|\bpgettext\(\s*{STRING}\s*,\s*{STRING}"
)
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}


def said_in_code(path: Path) -> set[str]:
    said = set()
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args):
            continue
        word = node.args[1] if "pgettext" in node.func.id else node.args[0]
        if isinstance(word, ast.Constant) and isinstance(word.value, str):
            said.add(word.value)
    return said


def said_in_template(path: Path) -> set[str]:
    said = set()
    for plain, plural, _context, worded in IN_TEMPLATE.findall(templatize(path.read_text())):
        said.add(ast.literal_eval(plain or plural or worded))
    return said


def templates(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in TEMPLATE_SUFFIXES and "templates" in path.parts]


def english(folder: Path) -> dict[str, str]:
    """Message and translation of a folder's English catalogue; of a plural, the first form."""
    catalogue = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        return {}
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", catalogue.read_text()):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        parts: dict[str, str] = {}
        field = ""
        for line in lines:
            if opened := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
                field = opened[1]
                parts[field] = ast.literal_eval(opened[2])
            elif line.startswith('"') and field:
                parts[field] += ast.literal_eval(line)
        if "msgid" in parts:
            found[parts["msgid"]] = parts.get("msgstr", parts.get("msgstr[0]", ""))
    return found


def missing(said: set[str], known: dict[str, str]) -> list[str]:
    return sorted(word for word in said if word.strip() and not known.get(word))


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_sentences_have_their_english(room):
    folder = WEIMIN / room
    said = set().union(*map(said_in_code, python_files(folder)), *map(said_in_template, templates(folder)))
    assert missing(said, english(ROOT) | english(folder)) == []


def test_the_shared_templates_and_settings_have_their_english():
    said = set().union(
        *map(said_in_code, python_files(ROOT / "config")), *map(said_in_template, templates(ROOT / "templates"))
    )
    assert missing(said, english(ROOT)) == []


@pytest.mark.parametrize("folder", [ROOT, *(WEIMIN / room for room in ROOMS)], ids=lambda folder: folder.name)
def test_translations_name_the_same_values(folder):
    """A `%(name)s` lost or misspelt in the English would break the page that says it."""
    holes = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
    wrong = [
        message
        for message, words in english(folder).items()
        if message and words and not set(holes.findall(words)) <= set(holes.findall(message))
    ]
    assert wrong == []
