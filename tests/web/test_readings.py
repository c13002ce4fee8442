"""Whoever is shown what a resident said or who they are stands in the resident's record, from the same transaction.

First every address × every duty: an answer that holds a name or a telephone has left a line. Then each page that shows
the resident's words, with what the line says.
"""

import json

import pytest
from django.db import transaction
from django.test import Client

from tests.cast import NOON
from tests.staff import enter as sign_in
from tests.web.doors import enter
from tests.web.test_matrix import METHODS, addresses, body_of, built, here, path_of
from weimin.county.actors import IMPORT
from weimin.county.duties import Duty
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.households.models import Reading

__all__ = ["built", "here"]  # fixtures, used below by their names

NAME, PHONE = "王桂芳", "13900000001"
PERSONAL = [NAME, json.dumps(NAME)[1:-1], PHONE, "139****0001"]
ASKED = {"matters:find_residents": "?q=1390000", "api:one_matter": "?contact=true"}
# Where names are shown, of the addresses below; a new one is to be looked at before it is added here.
SHOWS_WHO = {
    ("matters:find_residents", "GET"), ("matters:desk_contact_details", "POST"), ("api:one_matter", "GET"),
    ("matters:desk_tell", "GET"),
}  # fmt: skip


def shown(here, client, name, path, method):
    """Whether the answer says who somebody is, and how many lines it left."""
    key = {"Authorization": f"Bearer {here.key}"} if here.key else {}
    before = Reading.objects.count()
    with transaction.atomic():
        sent = body_of(here, name) if method == "POST" else {}
        answer = client.generic(method, path, headers={**key, "Idempotency-Key": "k"}, **sent)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        lines = Reading.objects.count() - before
        transaction.set_rollback(True)
    return any(word in body.decode("utf-8", "replace") for word in PERSONAL), lines


@pytest.mark.parametrize("duty", list(Duty))
def test_no_name_is_shown_without_a_line(here, settings, duty):
    enter(here, str(duty))
    client, found = Client(), set()
    for name, route, gaps in addresses():
        for method in METHODS:
            client.cookies.clear()
            client.cookies[settings.SESSION_COOKIE_NAME] = here.cookie
            path = path_of(here, name, route, gaps) + ASKED.get(name, "")
            told, lines = shown(here, client, name, path, method)
            if told:
                assert lines > 0, (name, method)
                found.add((name, method))
    assert found <= SHOWS_WHO
    if duty == Duty.TAKE_IN:
        assert found == SHOWS_WHO


WORDS, FILES = "反映的内容", "照片和文件"
LINES = {
    ("matters:desk_matter", "GET"): (WORDS, "查看并办理"),
    ("matters:desk_attachment", "GET"): (WORDS, "查看并办理"),
    ("matters:desk_contact_details", "POST"): ("姓名、联系方式", "联系反映人"),
    ("matters:desk_answer", "GET"): (WORDS, "查看并办理"),
    ("matters:desk_note", "GET"): (WORDS, "查看并办理"),
    ("matters:desk_extend", "GET"): (WORDS, "查看并办理"),
    ("api:one_matter", "GET"): ("反映的内容、姓名、电话、邮箱、地址", "通过数据接口办理"),
    ("api:one_file", "GET"): (FILES, "通过数据接口办理"),
}


@pytest.mark.parametrize(("name", "method"), LINES, ids=[f"{name} {method}" for name, method in LINES])
def test_the_line_says_who_saw_what_and_why(here, name, method):
    zhang = here.cast.officials["zhang"]
    post = here.cast.posts["WATER-01"]
    _token, key = issue_token(name="k", use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON)
    route, gaps = next((route, gaps) for one, route, gaps in addresses() if one == name)
    path = path_of(here, name, route, gaps) + ASKED.get(name, "")
    client = sign_in(Client(), zhang)
    answer = client.generic(method, path, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    (line,) = Reading.objects.all()
    assert (line.resident, line.about) == (here.matters["HANDLED"].resident, f"matter:{here.number('HANDLED')}")
    assert (line.by_name, line.by_post, (line.fields, line.why)) == ("张立国", "WATER-01", LINES[name, method])


def test_a_name_found_in_the_search_box_is_on_record_once_in_ten_minutes(here):
    li = sign_in(Client(), here.cast.officials["li"])
    for typed in ("王", "王桂", "王桂芳"):
        li.get("/desk/matters/find/residents/", {"q": typed})
    lines = Reading.objects.filter(resident=here.matters["HANDLED"].resident)
    assert [(line.by_name, line.fields, line.why) for line in lines] == [("李敏", "姓名", "登记时查找")]
    assert lines.get().about == f"matter:{here.number('HANDLED')}"


def test_a_search_that_finds_nobody_leaves_nothing(here):
    li = sign_in(Client(), here.cast.officials["li"])
    assert li.get("/desk/matters/find/residents/", {"q": "没有这个人"}).json() == {"results": []}
    assert Reading.objects.count() == 0
