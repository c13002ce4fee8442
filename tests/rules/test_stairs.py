"""Everything leans downwards: keys, templates and names written as strings. Imports are import-linter's work."""

import ast
import re

import pytest
from django.apps import apps

from tests.rules.house import (
    FLOOR,
    ROOMS,
    ROOT,
    STAIRS,
    WEIMIN,
    called,
    docstrings,
    python_files,
    reaches,
    room_of,
    tree,
)

# the sign-in pages are allauth's; every room may point to them
SIGN_IN = re.compile(r"(account|mfa|socialaccount|openid_connect)_\w+|health_\w+|set_language")
LINK = re.compile(r"""\{%\s*(url|include|extends)\s+["']([^"']+)["']""")


def own_models(*, automatic: bool = False):
    return [
        model for model in apps.get_models(include_auto_created=automatic) if model.__module__.split(".")[0] == "weimin"
    ]


def test_every_folder_of_the_package_is_a_room_on_the_stairs():
    folders = {path.name for path in WEIMIN.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(ROOMS)
    assert len(STAIRS) >= len({FLOOR[room] for room in ROOMS})


def test_keys_point_down_or_stay_inside():
    wrong = []
    for model in own_models(automatic=True):
        room = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if target is None or target.__module__.split(".")[0] != "weimin":
                continue
            if not reaches(room, target.__module__.split(".")[1]):
                wrong.append(f"{model.__name__}.{field.name} → {target.__name__}")
    assert wrong == []


def test_the_ledger_and_the_shared_shelf_hold_no_key_into_a_county():
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        if model._meta.app_label in {"shared", "ledger"}
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model._meta.app_label != "shared"
    ]
    assert wrong == []


def room_templates():
    return sorted(path for room in ROOMS for path in (WEIMIN / room).rglob("templates/**/*.html"))


def test_a_rooms_templates_lie_under_its_own_name():
    wrong = [
        called(path)
        for path in room_templates()
        if path.relative_to(WEIMIN / room_of(path) / "templates").parts[0] != room_of(path)
    ]
    assert wrong == []


def test_templates_link_and_include_downwards():
    wrong = []
    for path in room_templates():
        for tag, name in LINK.findall(path.read_text()):
            other = name.split(":" if tag == "url" else "/")[0]
            if (other in FLOOR and ":" in name) or tag != "url":
                allowed = other not in FLOOR or reaches(room_of(path), other)
            else:
                # the root of the REST interface stands in the front hall, under the name ninja gives it
                allowed = bool(SIGN_IN.fullmatch(name)) or (other == "api" and room_of(path) == "web")
            if not allowed:
                wrong.append(f"{called(path)}: {tag} {name}")
    assert wrong == []


def test_shared_templates_are_made_of_shared_parts():
    wrong = [
        f"{called(path)}: {tag} {name}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for tag, name in LINK.findall(path.read_text())
        if tag != "url" and name.split("/")[0] in FLOOR
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_names_written_as_strings_point_down(room):
    wrong = []
    for path in python_files(WEIMIN / room):
        prose = docstrings(path)
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in prose:
                continue
            named = re.fullmatch(r"weimin\.(\w+)(\.\w+)*", node.value)
            if named and not reaches(room, named[1]):
                wrong.append(f"{called(path)}:{node.lineno} {node.value}")
    assert wrong == []
