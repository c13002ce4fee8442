"""What programs ask goes past the middlewares of the pages, and loses nothing by it that anybody needs."""

import pytest
from django.test import Client
from django.urls import resolve

from tests.web.doors import enter
from tests.web.test_matrix import addresses, built, here, path_of
from weimin.county.programs import ROOT

__all__ = ["built", "here"]  # fixtures, used below by their names


@pytest.fixture
def signed_in(here, settings):
    enter(here, "HANDLE")
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = here.cookie
    return client


def test_a_session_opens_no_door_of_programs(signed_in, django_assert_num_queries):
    assert signed_in.get("/desk/").status_code == 200
    with django_assert_num_queries(0):  # nobody even looks whose session it is
        answer = signed_in.get("/api/v1/matters")
    assert answer.status_code == 401
    assert not answer.cookies
    assert not hasattr(answer.wsgi_request, "session")
    sent = signed_in.post("/api/v1/matters", {}, content_type="application/json")
    assert sent.status_code == 401
    assert sent.json()["code"] == "KEY_NEEDED"  # refused for want of a key, not of a form's token


def test_only_the_description_goes_by_way_of_the_pages(here):
    under = {name: path_of(here, name, route, gaps) for name, route, gaps in addresses()}
    under = {name: path for name, path in under.items() if path.startswith(ROOT)}
    views = [resolve(path) for path in under.values()]
    pages = {view.view_name for view in views if not getattr(view.func, "csrf_exempt", False)}
    assert pages == {"web:api_docs", "api:api-root", "api:openapi-json"}
    assert len(views) > 20


def test_the_description_for_people_has_what_pages_have(signed_in):
    answer = signed_in.get("/api/v1/docs")
    assert answer.status_code == 200
    assert hasattr(answer.wsgi_request, "session")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("asked", "told"), [("en", "en"), ("zh-CN,zh;q=0.9", "zh-hans"), ("", "zh-hans")])
def test_a_refusal_is_told_in_the_language_of_who_reads_it(db, asked, told):
    answer = Client().get("/api/v1/matters", headers={"accept-language": asked})
    assert answer.headers["Content-Language"] == told
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.json()["title"].isascii() == (told == "en")
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_a_name_that_is_not_ours_is_not_answered(db):
    answer = Client().get("/api/v1/matters", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
