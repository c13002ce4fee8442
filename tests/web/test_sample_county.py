"""The sample county: the same everywhere, every state in it, sign-ins that open, and no real county touched."""

import json
import stat
from hashlib import sha256

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import CommandError, call_command

from tests.cast import NOON
from weimin.county.duties import Duty
from weimin.county.models import Account, ApiToken
from weimin.kernel.clock import county_day
from weimin.ledger.models import Entry
from weimin.matters import numbering
from weimin.matters.models import Matter, Publication
from weimin.matters.states import Request, State
from weimin.notices.models import Notice
from weimin.notices.states import Delivery
from weimin.web.sample import builder
from weimin.web.sample.sequence import Course
from weimin.web.sample.signins import SHOWN_BY

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path):
    settings.WEIMIN_HOME = tmp_path
    return tmp_path


def load(capsys) -> str:
    call_command("sample_county", "--small")
    return capsys.readouterr().out


def test_the_small_county_shows_every_state_and_signs_in_every_duty(home, capsys):
    assert "120 matters" in load(capsys)
    assert Matter.objects.count() == 120
    assert set(Matter.objects.values_list("state", flat=True)) == set(State.values)
    assert county_day(Matter.objects.latest("received_at").received_at) <= builder.LAST_DAY
    ordered = list(Entry.objects.order_by("id").values_list("at", flat=True))
    assert ordered == sorted(ordered)
    assert Matter.objects.filter(clock_due_at__lt=NOON.replace(month=11, day=22)).exists()  # something is late now

    demo = json.loads((home / "demo.json").read_text())
    assert stat.S_IMODE((home / "demo.json").stat().st_mode) == 0o600
    assert set(demo) == {"base_url", "open311", "api_key", "tokens", "users", "resident"}
    assert [user["duty"] for user in demo["users"]] == list(demo["tokens"]) == [str(duty) for duty in SHOWN_BY]
    assert set(SHOWN_BY) == set(Duty)
    for user in demo["users"]:
        account = Account.objects.get(username=user["username"])
        assert account.check_password(user["password"])
        held = {duty for holding in account.official.holdings.all() for duty in holding.post.duties}
        assert user["duty"] in held
        totp = Authenticator.objects.get(user=account).wrap()
        assert totp.validate_code(code_of(user["totp_secret"]))
    for raw in (demo["api_key"], *demo["tokens"].values()):
        assert ApiToken.objects.get(digest=sha256(raw.encode()).hexdigest()).revoked_at is None
    walkable = Matter.objects.get(number=demo["resident"]["number"])
    assert numbering.pin_fits(walkable, demo["resident"]["pin"])
    assert (walkable.state, walkable.resident.name, walkable.lead.code) == (State.ANSWERED, "王桂芳", "SLJ")


def code_of(secret: str) -> str:
    """What an authenticator app would show now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[-1]))


def test_a_second_time_nothing_is_loaded_and_lost_signins_are_made_anew(home, capsys):
    load(capsys)
    first = (home / "demo.json").read_text()
    entries = Entry.objects.count()
    assert "already there" in load(capsys)
    assert ((home / "demo.json").read_text(), Entry.objects.count(), Matter.objects.count()) == (first, entries, 120)
    (home / "demo.json").unlink()
    assert "new sign-ins" in load(capsys)
    old, new = json.loads(first), json.loads((home / "demo.json").read_text())
    assert ApiToken.objects.get(digest=sha256(old["api_key"].encode()).hexdigest()).revoked_at is not None
    assert new["resident"]["number"] == old["resident"]["number"]
    assert not Account.objects.get(username="handle").check_password(old["users"][3]["password"])
    assert Account.objects.get(username="handle").check_password(new["users"][3]["password"])


def test_a_county_at_work_is_left_alone(home, cast, capsys):
    cast.matter()
    entries = Entry.objects.count()
    with pytest.raises(CommandError, match="matters of its own"):
        load(capsys)
    assert (Matter.objects.count(), Entry.objects.count(), (home / "demo.json").exists()) == (1, entries, False)


def test_nothing_old_waits_in_the_outbox_and_nobody_can_be_called(home, capsys):
    load(capsys)
    assert not Notice.objects.filter(state=Delivery.QUEUED, created_at__lt=NOON).exists()
    phones = {one.resident.phone for one in Matter.objects.filter(resident__isnull=False).select_related("resident")}
    assert all(phone.startswith("100") for phone in phones)


def test_published_copies_hold_no_name_telephone_or_household(home, capsys):
    load(capsys)
    for shown in Publication.objects.select_related("matter__resident", "place"):
        resident, told = shown.matter.resident, shown.title + shown.asked + shown.done
        assert shown.place.level == "VILLAGE"
        assert resident is None or (resident.phone not in told and resident.name not in told)
        assert "您" not in told


def test_plans_cover_eighty_kinds_and_all_six_requests():
    plans = builder.plans()
    assert len({plan.kind for plan in plans}) == 80
    assert {plan.request for plan in plans} == set(Request.values)


def test_a_course_is_the_same_on_every_machine():
    course = Course("fixed")
    assert [course.number(100) for _n in range(5)] == [34, 92, 73, 81, 65]
