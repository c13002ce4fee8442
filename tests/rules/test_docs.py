"""The documents name what is there, and one word has one meaning."""

import re

from django.utils.translation import override

from tests.rules.house import ROOMS, ROOT
from weimin.matters.states import Request, State

DOCS = ROOT / "docs"


def test_the_map_names_every_room():
    headings = " ".join(re.findall(r"^#+ .*", (DOCS / "map.md").read_text(), re.MULTILINE))
    assert [room for room in ROOMS if not re.search(rf"\b{room}\b", headings)] == []


def test_the_glossary_has_every_state_and_kind_of_request():
    words = (DOCS / "glossary.md").read_text()
    with override("zh-hans"):
        labels = [str(word.label) for word in (*State, *Request)]
    assert [label for label in labels if label not in words] == []


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_links_inside_the_documents_lead_somewhere():
    broken = []
    for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []
