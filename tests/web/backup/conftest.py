"""The fixtures of houses.py, which reads models and so can be read only when the settings have been."""

from importlib import import_module

import pytest


@pytest.fixture
def county(cast, settings, tmp_path):
    return import_module("tests.web.backup.houses").a_county(cast, settings, tmp_path)


@pytest.fixture
def archives(tmp_path):
    folder = tmp_path / "archives"
    folder.mkdir()
    return folder


@pytest.fixture
def keys(tmp_path):
    """A pair, and the file in which its private half was carried away."""
    return import_module("tests.web.backup.houses").a_pair(tmp_path / "private.txt")


@pytest.fixture
def back_up(county, archives):
    """Takes a backup; returns the archive and what was said."""
    return lambda *arguments: import_module("tests.web.backup.houses").back_up(archives, *arguments)


@pytest.fixture
def empty_house(tmp_path):
    """An environment with an empty home, and on PostgreSQL with a new database of its own."""
    with import_module("tests.web.backup.houses").empty_house(tmp_path / "empty") as environment:
        yield environment


@pytest.fixture
def weimin(empty_house):
    """`bin/weimin` in the empty house: its exit code and all it says."""
    return lambda *arguments: import_module("tests.web.backup.houses").run(empty_house, *arguments)
