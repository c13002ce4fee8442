"""A resident is found as before, though neither name nor telephone can be read in the database."""

import pytest
from django.core.exceptions import FieldError

from tests.cast import NOON
from weimin.county.actors import IMPORT
from weimin.county.services import rotate_data_key
from weimin.households.models import Resident
from weimin.households.queries import found_by
from weimin.households.searching import plain_phone, search_words
from weimin.matters.models import Matter
from weimin.notices.models import Notice


def resident(name, phone="", **more):
    return Resident.objects.create(name=name, phone=phone, source="WEB", recorded_at=NOON, **more)


@pytest.fixture
def people(db):
    return [
        resident("王桂芳", "13900000001"), resident("王桂英", "+86 139-0000-0002"), resident("李桂芳", "0991-7654321"),
        resident("阿依古丽·买买提", "13900000004"), resident("Anna Weber", "13900000005"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("王桂", ["王桂芳", "王桂英"]),
        ("王桂芳", ["王桂芳"]),
        ("桂芳", []),  # a name is found by its beginning
        ("wanggui", ["王桂芳", "王桂英"]),
        ("WangGuiF", ["王桂芳"]),
        ("guifang", ["李桂芳", "王桂芳"]),  # and by its sounds from each syllable on
        ("wgf", ["王桂芳"]),
        ("gf", ["李桂芳", "王桂芳"]),
        ("1390000000", ["Anna Weber", "王桂芳", "王桂英", "阿依古丽·买买提"]),
        ("139 0000 0002", ["王桂英"]),
        ("0991-76", ["李桂芳"]),
        ("阿依古丽·买买提", ["阿依古丽·买买提"]),
        ("ayiguli", ["阿依古丽·买买提"]),
        ("anna w", ["Anna Weber"]),
        ("weber", []),
        ("王", []),  # one sign is too little, two digits too
        ("13", []),
        ("张三", []),
    ],
)
def test_who_is_found(people, typed, names):
    assert [one.name for one in found_by(typed, among=Resident.objects.all())] == names


def test_only_among_those_who_were_asked_about(people):
    found = found_by("王桂", among=Resident.objects.exclude(pk=people[0].pk))
    assert found == [people[1]]


def test_who_only_shares_a_digest_is_not_shown(people, monkeypatch):
    monkeypatch.setattr("weimin.county.sealed.fields.SHORT", 0)  # every digest is every other
    monkeypatch.setattr("weimin.county.sealed.fields._HasWord.as_sql", lambda *_: ("1 = 1", []))
    assert [one.name for one in found_by("wgf", among=Resident.objects.all())] == ["王桂芳"]


def test_it_costs_one_statement(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        found_by("wang", among=Resident.objects.all())


@pytest.mark.usefixtures("own_keys")
def test_rows_of_before_a_rotation_are_found_too(people):
    rotate_data_key(by=IMPORT, now=NOON)
    resident("王桂兰", "13900000001")
    assert [one.name for one in found_by("王桂", among=Resident.objects.all())] == ["王桂兰", "王桂芳", "王桂英"]
    both = Resident.objects.filter(phone_index__is_word="13900000001").order_by("pk")
    assert [one.name for one in both] == ["王桂芳", "王桂兰"]


def test_a_telephone_is_one_however_it_was_written():
    assert {plain_phone(written) for written in ("13900000001", "+86 139-0000-0001", "86 139 0000 0001")} == {
        "13900000001"
    }
    assert plain_phone("0991-7654321") == "09917654321"


def test_the_words_of_one_resident():
    assert search_words(Resident(name="王芳", phone="0991")) == [
        "n王芳", "p099", "p0991", "yfa", "yfan", "yfang", "ywa", "ywan", "ywang", "ywangf", "ywangfa", "ywangfan",
        "ywangfang", "ywf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        lambda: Resident.objects.filter(name="王桂芳"),
        lambda: Resident.objects.filter(phone__startswith="139"),
        lambda: Resident.objects.filter(name__in=["王桂芳"]),
        lambda: Matter.objects.filter(resident__name__icontains="桂"),
        lambda: Matter.objects.filter(resident__phone="13900000001"),
        lambda: Notice.objects.filter(body__contains="停水"),
        lambda: Notice.objects.filter(address="13900000001"),
        lambda: Resident.objects.filter(search_index="王桂"),
        lambda: Resident.objects.filter(phone_index__startswith="139"),
    ],
)
def test_a_question_that_could_only_find_nobody_is_refused(asked):
    with pytest.raises(FieldError, match=r"is sealed and cannot be looked for|holds digests"):
        asked()


def test_whether_anything_stands_there_may_be_asked(db):
    for name, email in (("王桂芳", "wang@example.com"), ("李敏", "")):
        Resident.objects.create(name=name, email=email, source="WEB", recorded_at=NOON)
    assert [one.name for one in Resident.objects.filter(email="")] == ["李敏"]
    assert [one.name for one in Resident.objects.exclude(email="")] == ["王桂芳"]
