"""What browsers are told on every kind of answer: each address of the house, files and errors, with and without TLS."""

from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client
from PIL import Image

from tests.cast import NOON
from tests.journeys.people import Desk
from tests.web.doors import enter
from tests.web.test_matrix import addresses, built, here, path_of
from weimin.matters import journey, uploads
from weimin.matters.states import State

__all__ = ["built", "here"]  # fixtures, used below by their names

POLICY = {
    "default-src": {"'none'"}, "script-src": {"'self'"}, "style-src": {"'self'"}, "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"}, "form-action": {"'self'"}, "connect-src": {"'self'"}, "font-src": {"'self'"},
    "img-src": {"'self'", "blob:", "data:"}, "media-src": {"'self'", "blob:"}, "manifest-src": {"'self'"},
}  # fmt: skip
SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Pages that anyone may read and any shared computer may keep; everything else may hold what is somebody's own.
FOR_ALL = {
    "web:home", "web:doing", "web:api_docs", "matters:board", "matters:published", "catalogue:services",
    "catalogue:service", "api:openapi-json", "matters:open311_root", "matters:open311_discovery",
    "matters:open311_services", "matters:open311_definition", "matters:open311_requests", "matters:open311_request",
    "matters:open311_updates", "web:office", "matters:board_map", "matters:places", "catalogue:knowledge",
    "catalogue:article", "api:list_articles", "api:one_article",
}  # fmt: skip


def policy(answer):
    words = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: {one for one in rest if not one.startswith("'nonce-")} for name, *rest in words}


def allowed(answer):
    return set(answer.headers["Permissions-Policy"].split(", "))


def grade(name, answer, *, personal):
    """What is wrong with the headers of one answer."""
    wrong = [f"{name}: {header}" for header, value in SAID.items() if answer.headers.get(header) != value]
    if policy(answer) != POLICY:
        wrong.append(f"{name}: {policy(answer)}")
    if not {"microphone=(self)", "geolocation=(self)", "camera=()", "usb=()"} <= allowed(answer):
        wrong.append(f"{name}: Permissions-Policy")
    if personal and answer.status_code == 200 and "no-store" not in answer.headers.get("Cache-Control", ""):
        wrong.append(f"{name}: may be kept by the browser")
    return wrong


@pytest.mark.parametrize("role", ["anonymous", "resident", "HANDLE"])
def test_every_address_of_the_house(here, settings, role):
    enter(here, role)
    client, wrong = Client(), []
    client.cookies[settings.SESSION_COOKIE_NAME] = here.cookie
    paths = {name: path_of(here, name, route, gaps) for name, route, gaps in addresses()}
    for name, path in paths.items():
        with transaction.atomic():
            answer = client.get(path)
            wrong += grade(name, answer, personal=name not in FOR_ALL)
            if answer.streaming:
                assert b"".join(answer.streaming_content)  # a file, closed where it ends
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
    assert set(paths) >= FOR_ALL


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["/nowhere/", "/desk/matters/QS-2609-000001-1/", "/api/v1/nowhere"])
def test_errors_say_it_too(cast, path, language):
    client = Desk(cast.officials["sun"]).client
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 404
    assert grade(path, answer, personal=False) == []


@pytest.fixture
def matter(cast):
    return cast.matter(State.HANDLED)


@pytest.fixture
def photo(cast, matter, settings, tmp_path):
    settings.UPLOADS = tmp_path
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    upload = uploads.store(BytesIO(out.getvalue()), name="a.png")
    journey.add_note(matter, words="照片", uploads=(upload,), by=cast.sun, now=NOON)
    return matter.attachments.get()


def test_a_residents_photo_is_shown_as_nothing_but_a_photo_and_kept_by_nobody(cast, matter, photo):
    path = f"/desk/matters/{matter.number}/files/{photo.pk}/"
    answer = Desk(cast.officials["sun"]).client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert grade(path, answer, personal=True) == []
    answer.close()


def cookies_of(client):
    return {name: (cookie["httponly"], cookie["secure"], cookie["samesite"]) for name, cookie in client.cookies.items()}


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_for_the_server_alone_and_under_tls_for_tls_alone(cast, settings, secure):
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = secure
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "keeper", "password": "a long password for keeper"})
    found = cookies_of(client)
    assert found["sessionid"] == (True, secure or "", "Lax")
    assert found["csrftoken"] == (True, secure or "", "Lax")


def test_under_tls_browsers_are_told_to_stay_there(cast, settings):
    settings.HTTPS, settings.SECURE_HSTS_SECONDS = True, 31536000
    assert Client().get("/").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_tls_they_are_not(cast):
    assert "Strict-Transport-Security" not in Client().get("/").headers


def test_behind_tls_a_form_sent_by_a_browser_is_taken(cast, settings):
    """Browsers say where a form was sent from; without knowing that TLS ends before us we would refuse every one."""
    settings.HTTPS = True
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    said = {"login": "keeper", "password": "a long password for keeper"}

    def send(origin):
        token = client.cookies["csrftoken"].value
        headers = {"host": "testserver", "origin": origin}
        return client.post("/accounts/login/", {**said, "csrfmiddlewaretoken": token}, headers=headers)

    assert send("https://elsewhere.example").status_code == 403
    assert send("http://testserver").status_code == 403
    assert send("https://testserver").headers["Location"] == "/desk/"


# --- a grade, as outside graders of a site give it ------------------------------------------------------------------


def points(answer, cookies):
    """A hundred, less what is missing and more for what goes beyond; after the list of Mozilla's Observatory, in our
    own words and weights. Under TLS."""
    told, said = policy(answer), answer.headers
    never = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}
    sources = told["script-src"] | told["style-src"] | told["default-src"]
    checks = [
        (not never & sources, 25), (told["default-src"] == {"'none'"}, 5), (told["frame-ancestors"] == {"'none'"}, 20),
        (told["base-uri"] == {"'none'"}, 5), (not told["form-action"] - {"'self'"}, 5),
        (int(said.get("Strict-Transport-Security", "max-age=0").split("=")[1].split(";")[0]) >= 15768000, 20),
        (said.get("X-Content-Type-Options") == "nosniff", 5),
        (said.get("Referrer-Policy") in ("no-referrer", "same-origin", "strict-origin"), 5),
        (said.get("Cross-Origin-Resource-Policy") == "same-origin", 5),
        (all(one["httponly"] and one["secure"] and one["samesite"] in ("Lax", "Strict") for one in cookies), 20),
        ("Access-Control-Allow-Origin" not in said, 5),
    ]  # fmt: skip
    return sum(weight for good, weight in checks if good)


def test_every_kind_of_public_page_has_full_marks_under_tls(here, settings):
    settings.HTTPS, settings.SECURE_HSTS_SECONDS = True, 31536000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    marks = {}
    for name, route, gaps in addresses():
        if name in FOR_ALL or route.startswith(("file/", "follow/", "accounts/login")):
            client = Client()
            answer = client.get(path_of(here, name, route, gaps), secure=True)
            marks[name] = points(answer, client.cookies.values())
    assert len(marks) >= 25
    assert {name: mark for name, mark in marks.items() if mark != 120} == {}
