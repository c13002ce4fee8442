"""What others wrote and we ship: every file listed, every byte as it was, nothing else in the folder."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
PACKAGES = tomllib.loads((VENDOR / "VENDOR.toml").read_text())
SPRITE = VENDOR / "bootstrap-icons" / "icons.svg"


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", PACKAGES)
def test_every_vendored_file_is_listed_with_its_sum(name):
    found = {
        path.relative_to(VENDOR / name).as_posix(): _sum(path) for path in (VENDOR / name).rglob("*") if path.is_file()
    }
    assert found == PACKAGES[name]["sha256"]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_vendored_package_says_what_it_is(name):
    package = PACKAGES[name]
    assert [key for key in ("version", "licence", "for", "package", "made_from") if not package.get(key)] == []
    assert "LICENSE" in package["sha256"]


def test_nothing_lies_unlisted_in_the_folder():
    assert {path.name for path in VENDOR.iterdir()} == {*PACKAGES, "VENDOR.toml"}


def test_every_icon_named_in_a_template_or_tag_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("weimin/*/templates/**/*.html")]
    named = {name for page in templates for name in re.findall(r'{% icon "([\w-]+)" %}', page.read_text())}
    tags = (ROOT / "weimin/county/templatetags/weimin.py").read_text()
    shapes = re.findall(r'^    "[A-Z_]+": (?:\("\w+", )?"([\w-]+)"', tags, re.MULTILINE)
    assert (named | set(shapes)) - drawn == set()


def test_the_content_security_policy_is_never_asked_for_eval():
    scripts = [*VENDOR.rglob("*.js"), *(ROOT / "static").glob("*.js")]
    assert [path.name for path in scripts if re.search(r"\beval\(|new Function\(", path.read_text())] == []
