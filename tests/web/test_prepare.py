"""What stands between installing and serving is done once, and again only when something has changed."""

import pytest
from django.core.management import call_command

from weimin.web.management.commands import prepare


@pytest.fixture
def called(monkeypatch, settings, tmp_path):
    """The commands that `prepare` starts, by name; none of them is carried out."""
    names = []
    settings.STATIC_ROOT = settings.WEIMIN_HOME = tmp_path
    settings.SAMPLE = False
    monkeypatch.setattr(prepare, "call_command", lambda *words, **options: names.append(" ".join(words)))
    return names


def test_static_files_are_collected_again_only_after_a_change(called, monkeypatch):
    monkeypatch.setattr(prepare, "_fingerprint", lambda: "one")
    call_command("prepare")
    call_command("prepare")
    assert called == ["collectstatic", "county migrate", "county migrate"]
    monkeypatch.setattr(prepare, "_fingerprint", lambda: "two")
    call_command("prepare")
    assert called[3:] == ["collectstatic", "county migrate"]


def test_what_the_version_before_still_serves_is_left(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = settings.WEIMIN_HOME = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "new"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    for path, words in (("static/site.0b5c.css", "p {}"), ("new/site.css", "p { color: red }")):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(words)
    monkeypatch.setattr(prepare, "_fingerprint", lambda: "one")
    prepare.Command()._collect()
    kept = {path.name: path.read_text() for path in (tmp_path / "static").iterdir()}
    assert kept == {"site.0b5c.css": "p {}", "site.css": "p { color: red }", "collected": "one"}


def test_the_fingerprint_follows_the_files(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    bare = prepare._fingerprint()
    assert prepare._fingerprint() == bare
    (tmp_path / "new.css").write_text("p {}")
    assert prepare._fingerprint() != bare


def test_the_sample_county_is_loaded_into_a_new_installation_only(called, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "_fingerprint", lambda: "one")
    settings.SAMPLE = True
    call_command("prepare")
    assert called == ["collectstatic", "county migrate", "sample_county"]
    (tmp_path / "demo.json").write_text("{}")
    call_command("prepare")
    assert called[3:] == ["county migrate"]
