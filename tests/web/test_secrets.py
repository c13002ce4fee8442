"""The installation's secret is rotated while the county works: nobody is signed out, nobody's PIN is lost."""

import hashlib
import hmac
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pydantic import ValidationError

from config.environment import Environment, read_environment
from tests.cast import NOON
from tests.staff import enter
from weimin.county import durable
from weimin.county.context import current_code, use_county
from weimin.county.secret_file import Secret, read, write
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.ledger.models import Entry
from weimin.matters import numbering
from weimin.matters.access import by_pin, code_fits, send_code
from weimin.matters.models import Matter
from weimin.matters.states import State
from weimin.notices.carriers.marks import mark_of, row_marked
from weimin.notices.models import Notice
from weimin.web import queries, services
from weimin.web.services import retire_secret, rotate_secret

FIRST = "f" * 60
DAY_AFTER = NOON + timedelta(hours=12)
PIN = "123456"


def say(*arguments):
    said = StringIO()
    call_command("secrets", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def house(settings, tmp_path, monkeypatch):
    """A home of its own whose file holds one secret, as every house begins."""
    monkeypatch.delenv("WEIMIN_SECRET_KEY", raising=False)
    settings.WEIMIN_HOME = tmp_path
    for module in (queries, services):
        monkeypatch.setattr(module, "counties_here", lambda: ["990101"])
    path = tmp_path / "secret"
    path.write_text(FIRST)
    path.chmod(0o600)
    start(settings)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return path


def start(settings):
    """As a start does it: what the file holds now is known to the process."""
    found = [one.word for one in read(settings.WEIMIN_HOME / "secret")]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = found[0], found[1:]


def of_before(matter):
    """A matter whose PIN was given out before PINs were sealed: its digest is keyed with the secret of then."""
    digest = hmac.new(FIRST.encode(), f"{matter.number}:{PIN}".encode(), hashlib.sha256).hexdigest()
    sealed = Matter._meta.get_field("pin_digest").sealed(digest, row=matter.number)
    Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=sealed)
    return Matter.objects.get(pk=matter.pk)


def refused(code, *arguments, **more):
    with pytest.raises(Refused) as told:
        retire_secret(*arguments, **more)
    return told.value.code == code


def test_a_new_line_first_for_its_owner_only(db, house):
    old = read(house)[0]
    said = say("rotate")
    new, kept = read(house)
    assert (kept, new.made_at, len(new.word)) == (old, "2026-09-29T04:00:00Z", 86)
    assert said.startswith(f"Secret {new.id} is the newest now, in {house}.")
    assert "systemctl restart weimin weimin-work" in said
    assert house.stat().st_mode & 0o777 == 0o600
    assert new.word not in said
    assert json.loads(say("list", "--json")) == {
        "secrets": [
            {"secret": new.id, "made_at": "2026-09-29T04:00:00Z", "newest": True},
            {"secret": old.id, "made_at": None, "newest": False},
        ],
        "open_matters_on_old_ones": 0,
    }
    retire_secret(old.id, now=DAY_AFTER)
    assert read(house) == [new]
    entries = Entry.objects.filter(about__startswith="secret:").order_by("id").values_list("what", "about", "by")
    assert list(entries) == [
        ("web.rotate_secret", f"secret:{new.id}", "operator"), ("web.retire_secret", f"secret:{old.id}", "operator"),
    ]  # fmt: skip


def test_written_by_root_it_stays_with_whose_it_was(db, house, monkeypatch):
    given = []
    monkeypatch.setattr(durable.os, "geteuid", lambda: 0)
    monkeypatch.setattr(durable.os, "fchown", lambda file, user, group: given.append((user, group)))
    rotate_secret(now=NOON)
    assert given == [(house.stat().st_uid, house.stat().st_gid)]


def test_if_the_ledger_cannot_tell_it_nothing_is_rotated(db, house, monkeypatch):
    def broken(**told):
        raise RuntimeError

    monkeypatch.setattr(services, "record", broken)
    with pytest.raises(RuntimeError):
        rotate_secret(now=NOON)
    assert house.read_text() == FIRST


def test_which_one_may_go_and_when(db, house):
    old, new = read(house)[0], rotate_secret(now=NOON)
    assert refused("NO_SUCH_SECRET", "aaaaaaaa", now=DAY_AFTER)
    assert refused("NEWEST_SECRET", new.id, now=DAY_AFTER)
    assert refused("TOO_SOON", old.id, now=DAY_AFTER - timedelta(seconds=1))
    assert read(house) == [new, old]
    with pytest.raises(CommandError, match="请加 --at-once"):
        say("retire", old.id)
    assert f"Secret {old.id} is gone" in say("retire", old.id, "--at-once")
    assert read(house) == [new]


def test_every_pin_opens_before_and_after_whatever_becomes_of_the_secret(cast, house, settings):
    matter = cast.matter()
    pin = Notice.objects.get(about=f"matter:{matter.number}").body.split("查询码 ")[1][:6]
    old = read(house)[0]
    rotate_secret(now=NOON)
    start(settings)
    assert by_pin(matter.number, pin, address="1", now=NOON) == matter
    retire_secret(old.id, now=DAY_AFTER)
    start(settings)
    assert by_pin(matter.number, pin, address="1", now=DAY_AFTER) == matter


def test_a_pin_of_before_holds_the_old_secret_until_it_is_used(cast, house, settings):
    matter = of_before(cast.matter())
    of_before(cast.matter(State.PUBLISHED))  # closed: holds nothing
    old = read(house)[0]
    rotate_secret(now=NOON)
    start(settings)
    with pytest.raises(Refused) as wrong:
        by_pin(matter.number, "123457", address="1", now=NOON)
    assert wrong.value.code == "NO_MATCH"
    assert refused("SECRET_IN_USE", old.id, now=DAY_AFTER)
    assert refused("SECRET_IN_USE", old.id, at_once=True, now=NOON)
    assert "1 open matters have a PIN that hangs on them." in say("list")
    assert by_pin(matter.number, PIN, address="1", now=NOON) == matter
    again = Matter.objects.get(pk=matter.pk)
    assert (numbering.hangs_on_a_secret(again), again.pin_tries) == (False, 1)  # the wrong one
    retire_secret(old.id, now=DAY_AFTER)
    start(settings)
    assert by_pin(matter.number, PIN, address="1", now=DAY_AFTER) == matter


def test_codes_marks_tokens_and_sign_ins_of_before_are_known_until_it_is_retired(cast, house, settings):
    matter = cast.matter()
    old = read(house)[0]
    sun = enter(Client(), cast.officials["sun"])
    token, mark = signing.dumps(matter.number, salt="open311.token:990101"), mark_of(17, carrier="smtp")
    send_code(matter.number, now=NOON)
    code = Notice.objects.order_by("-pk").first().body.split("验证码是 ")[1][:6]
    rotate_secret(now=NOON)
    start(settings)
    assert sun.get("/desk/").status_code == 200
    resident, by_mark, by_token = Client(), row_marked(mark, carrier="smtp"), f"/open311/v2/tokens/{token}.json"
    assert (by_mark, resident.get(by_token).json()[0]["service_request_id"]) == (17, matter.number)
    kept = cache.get(f"matters_code:{matter.number}")
    assert code_fits(matter.number, code, address="1", now=NOON)
    fresh = enter(Client(), cast.officials["li"])
    cache.set(f"matters_code:{matter.number}", kept)
    retire_secret(old.id, at_once=True, now=NOON)
    start(settings)
    assert (row_marked(mark, carrier="smtp"), resident.get(by_token).status_code) == (None, 404)
    assert not code_fits(matter.number, code, address="1", now=NOON)
    assert fresh.get("/desk/").status_code == 200


def test_every_county_of_the_installation_is_told_and_asked(cast, county_b, house, monkeypatch):
    monkeypatch.setattr(queries, "counties_here", lambda: ["990101", county_b])
    monkeypatch.setattr(services, "counties_here", lambda: ["990101", county_b])
    old, new = read(house)[0], rotate_secret(now=NOON)
    for code in ("990101", county_b):
        with use_county(code):
            assert Entry.objects.get(about=f"secret:{new.id}").what == "web.rotate_secret"
    monkeypatch.setattr(queries, "open_ones_that_hang_on_a_secret", lambda: int(current_code() == county_b))
    assert refused("SECRET_IN_USE", old.id, now=DAY_AFTER)


# --- where the secret stands ----------------------------------------------------------------------------------------


def test_given_in_the_environment_it_is_rotated_there(db, house, monkeypatch, settings):
    monkeypatch.setenv("WEIMIN_SECRET_KEY", "e" * 60)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "e" * 60, ["o" * 60]
    for act in ("rotate", "retire"):
        with pytest.raises(CommandError, match="请在那里更换：把现在的值放进 WEIMIN_OLD_SECRET_KEYS"):
            say(act)
    assert house.read_text() == FIRST
    newest, old, _hanging = say("list").splitlines()
    assert (newest, old) == (f"{Secret('e' * 60).id}  made ?  newest", f"{Secret('o' * 60).id}  made ?  old")


def test_the_settings_know_every_line_and_both_variables(house, monkeypatch):
    monkeypatch.setenv("WEIMIN_HOME", str(house.parent))
    write(house, [Secret("n" * 60, "2026-09-29T04:00:00Z"), Secret("with a space " + "o" * 40)])
    found = read_environment()
    assert (found.secret_key, found.old_secret_keys) == ("n" * 60, ["with a space " + "o" * 40])
    monkeypatch.setenv("WEIMIN_OLD_SECRET_KEYS", json.dumps(["p" * 60]))
    with pytest.raises(ValidationError, match="WEIMIN_OLD_SECRET_KEYS stands beside WEIMIN_SECRET_KEY"):
        Environment()
    monkeypatch.setenv("WEIMIN_SECRET_KEY", "e" * 60)
    assert (read_environment().secret_key, read_environment().old_secret_keys) == ("e" * 60, ["p" * 60])


def test_an_empty_file_stops_the_start_and_a_missing_one_is_made(house, monkeypatch):
    monkeypatch.setenv("WEIMIN_HOME", str(house.parent))
    house.write_text("\n")
    with pytest.raises(SystemExit, match=f"^Weimin cannot start: {house} is empty. Put the secret back"):
        read_environment()
    house.unlink()
    made = read_environment().secret_key
    assert (house.read_text(), len(made), house.stat().st_mode & 0o777) == (made, 86, 0o600)
