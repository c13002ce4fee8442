"""A verb reads as a sentence, says before, after and who; questions and forms do not write."""

import ast
import re

import pytest

from tests.rules.house import WEIMIN, called, functions, python_files, tree

WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "add",
    "set", "remove", "clear",
}  # fmt: skip
ON_MANAGERS = {"add", "set", "remove", "clear", "update"}  # also words of sets and dictionaries


def in_package(path, name):
    """Whether the file is the room's `name.py`, or stands in its package of that name."""
    inside = path.relative_to(WEIMIN).parts[1:]
    return bool(inside) and inside[0] in {name, f"{name}.py"}


VERB_FILES = [
    path
    for path in python_files(WEIMIN)
    if (in_package(path, "services") or in_package(path, "journey")) and not path.name.startswith("_")
]
VERBS = [
    pytest.param(node, id=f"{called(path)}:{node.name}")
    for path in VERB_FILES
    for node in tree(path).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
]


@pytest.mark.parametrize("verb", VERBS)
def test_arguments_are_named(verb):
    positional = [*verb.args.posonlyargs, *verb.args.args]
    assert len(positional) <= 1
    assert verb.args.vararg is None


@pytest.mark.parametrize("verb", VERBS)
def test_it_says_before_after_and_who(verb):
    words = ast.get_docstring(verb) or ""
    assert [word for word in ("Before:", "After:", "Who:") if word not in words] == []


@pytest.mark.parametrize("verb", VERBS)
def test_time_is_handed_in(verb):
    asked = [
        ast.unparse(node)
        for node in ast.walk(verb)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"clock.now", "now"}
    ]
    assert asked == []


def test_clocks_are_read_by_pages_tasks_and_commands_only():
    doors = {"pages", "templatetags", "tasks", "commands", "api"}  # a tag is part of the page that uses it
    handed_none = {"weimin/kernel/clock.py", "weimin/county/permissions.py", "weimin/county/sessions.py"}
    wrong = []
    for path in python_files(WEIMIN):
        inside = set(path.relative_to(WEIMIN).parts) | {path.stem}
        if inside & doors or called(path) in handed_none:
            continue
        wrong += [
            f"{called(path)}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "clock.now"
        ]
    assert wrong == []


def test_questions_do_not_write():
    wrong = []
    for path in python_files(WEIMIN):
        if not in_package(path, "queries"):
            continue
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
                continue
            on = ast.unparse(node.func.value)
            if node.func.attr not in ON_MANAGERS or re.search(r"\bobjects\b|_set$|\.filter\(|\.exclude\(", on):
                wrong.append(f"{called(path)}:{node.lineno} {on}.{node.func.attr}()")
    assert wrong == []


def test_forms_do_not_save():
    wrong = [
        f"{called(path)}:{node.lineno}"
        for path in python_files(WEIMIN)
        if in_package(path, "forms")
        for node in functions(path)
        if node.name == "save"
    ]
    assert wrong == []


def test_no_form_is_made_from_a_model():
    wrong = [
        f"{called(path)}:{node.lineno}"
        for path in python_files(WEIMIN)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("ModelForm") for base in node.bases)
    ]
    assert wrong == []
