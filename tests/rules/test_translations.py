"""Every sentence people can see has its English beside it, in the room that says it."""

import ast
import re
import struct
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


def entries(folder: Path) -> list[dict[str, str]]:
    """Every finished entry of a folder's English catalogue, field by field: msgctxt, msgid, msgstr, msgstr[0]."""
    catalogue = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        return []
    found = []
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
            found.append(parts)
    return found


def english(folder: Path) -> dict[str, str]:
    """Message and translation of a folder's English catalogue; of a plural, the first form."""
    return {parts["msgid"]: parts.get("msgstr", parts.get("msgstr[0]", "")) for parts in entries(folder)}


def written(folder: Path) -> dict[str, str]:
    """What the catalogue says, keyed and joined as gettext compiles it."""
    found = {}
    for parts in entries(folder):
        key = parts["msgctxt"] + "\x04" if "msgctxt" in parts else ""
        key += parts["msgid"] + ("\0" + parts["msgid_plural"] if "msgid_plural" in parts else "")
        words = [words for field, words in sorted(parts.items()) if field.startswith("msgstr")]
        if any(words):
            found[key] = "\0".join(words)
    return found


def compiled(folder: Path) -> dict[str, str]:
    """What the running pages read: the .mo beside the .po (two tables of length and offset, little-endian)."""
    path = folder / "locale" / "en" / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return {}
    held = path.read_bytes()
    magic, _revision, count, keys, values = struct.unpack_from("<5I", held)
    assert magic == 0x950412DE

    def word(table: int, row: int) -> str:
        length, start = struct.unpack_from("<2I", held, table + 8 * row)
        return held[start : start + length].decode()

    return {word(keys, row): word(values, row) for row in range(count)}


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


FOLDERS = [ROOT, *(WEIMIN / room for room in ROOMS)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_translations_name_the_same_values(folder):
    """A `%(name)s` lost or misspelt in the English would break the page that says it."""
    holes = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
    wrong = [
        message
        for message, words in english(folder).items()
        if message and words and not set(holes.findall(words)) <= set(holes.findall(message))
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_pages_read_is_what_was_written(folder):
    """After a change to a .po: `bin/weimin compilemessages --locale en --ignore .venv`, and both are committed."""
    assert compiled(folder) == written(folder)


def test_a_message_is_said_the_same_way_in_every_room():
    """Django pours all rooms into one catalogue: of two translations one would silently win."""
    ways: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for message, words in written(folder).items():
            ways.setdefault(message, set()).add(words)
    del ways[""]
    assert {message: words for message, words in ways.items() if len(words) > 1} == {}


def test_templates_hold_no_chinese_outside_translation():
    """Words and punctuation both: a stray `：` would stand on the English page too."""
    translated = re.compile(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{[%#].*?[%#]\}|\{\{.*?\}\}", re.DOTALL)
    chinese = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
    strays = {
        str(path.relative_to(ROOT)): found
        for path in templates(ROOT / "templates") + templates(WEIMIN)
        if (found := chinese.findall(translated.sub("", path.read_text())))
    }
    # a language is offered in its own words
    assert strays == {"templates/parts/language_switch.html": ["中文"]}
