"""The ways in, each with what is right to send, so that a test says only what is wrong: see test_bad_input.py."""

import csv
import json
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import translation
from PIL import Image

from tests.cast import NOON
from tests.staff import enter
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken, Holding
from weimin.county.services import issue_token
from weimin.ledger.models import Entry
from weimin.matters import numbering
from weimin.matters.models import Attachment, Event, Matter
from weimin.notices.models import Notice

WORDS = {"text": "停水两天", "kind": "WATER-OUT", "place": "990101101201"}
PIN = "123456"
BROKEN = b"\xb9\xfe"  # GBK where UTF-8 is asked for


def counts():
    """What bad input must not change."""
    return [model.objects.count() for model in (Matter, Event, Entry, Notice, Attachment)]


def photo(width=40, height=30):
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return SimpleUploadedFile("漏水.png", out.getvalue(), content_type="image/png")


def huge():
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4" + b"0" * 10 * 1024 * 1024, content_type="application/pdf")


def false():
    return SimpleUploadedFile("a.png", b"MZ this is no photo", content_type="image/png")


def form_body(fields):
    """A form as a browser writes it, but with bytes that need not be UTF-8."""
    parts = []
    for name, value in fields.items():
        raw = value if isinstance(value, bytes) else str(value).encode()
        parts.append(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + raw + b"\r\n")
    return b"".join(parts) + b"--x--\r\n"


class Way:
    """One channel, spoken to in one language. Each `send` answers with (status, what is said)."""

    def __init__(self, cast, client, language, tmp_path):
        self.cast, self.client, self.language, self.folder = cast, client, language, tmp_path
        client.cookies["django_language"] = language
        self.before = counts()

    def post(self, path, fields, **headers):
        if any(isinstance(value, bytes) for value in fields.values()):
            return self.client.post(
                path, form_body(fields), content_type="multipart/form-data; boundary=x", headers=headers
            )
        return self.client.post(path, fields, headers=headers)

    # the portal: page by page, and what a resident does with a receipt

    def portal(self, page="file", **fields):
        for step in ("file", "file/kind", "file/where"):
            if step == page:
                break
            self.client.post(f"/{step}/", {**WORDS, "request": "HELP"})
        return self.page(self.post(f"/{page}/", {**WORDS, "request": "HELP", **fields}))

    def receipt(self, act, state="ANSWERED", **fields):
        matter = self.cast.matter(state)
        Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, PIN))
        self.client.post("/follow/", {"number": matter.number, "pin": PIN})
        self.before = counts()
        return self.page(self.post(f"/my/{matter.number}/{act}/", fields))

    def pin(self, pin, times=1):
        matter = self.cast.matter()
        Matter.objects.filter(pk=matter.pk).update_by_verb(pin_digest=numbering.pin_digest(matter.number, PIN))
        self.before = counts()
        answers = [self.client.post("/follow/", {"number": matter.number, "pin": pin}) for _n in range(times)]
        return self.page(answers[-1])

    def page(self, answer):
        """What the page says is wrong: at its fields, or above them."""
        context = answer.context or {}
        form = context.get("form")
        said = [str(text) for texts in form.errors.values() for text in texts] if form is not None else []
        said += [context["trouble"]] if context.get("trouble") else []
        return answer.status_code, unescape(" ".join(said))

    # the desk

    def enter(self, name):
        enter(self.client, self.cast.officials[name])

    def entry(self, **fields):
        self.enter("li")
        right = {"once": "k", "channel": "PHONE", "identity": "ANONYMOUS", "request": "HELP", "reach_by": "PHONE"}
        return self.page(self.post("/desk/matters/new/", {**WORDS, **right, **fields}))

    def act(self, verb, state="HANDLED", name="sun", **fields):
        matter = self.cast.matter(state)
        self.enter(name)
        self.before = counts()
        return self.page(self.post(f"/desk/matters/{matter.number}/{verb}/", {"version": matter.version, **fields}))

    def ended_post(self):
        """The page was open when the post ended."""
        number = self.cast.matter("HANDLED").number
        self.enter("sun")
        Holding.objects.filter(official=self.cast.officials["sun"]).update(to_on=NOON.date() - timedelta(days=1))
        self.before = counts()
        answer = self.client.post(f"/desk/matters/{number}/note/", {"version": 4, "words": "话"})
        return answer.status_code, unescape(str(answer.context["exception"]))

    # programs

    def key(self, name, use=ApiToken.Use.REST):
        post = self.cast.acting(name, NOON).posts[0] if use == ApiToken.Use.REST else None
        duties = post.duties if post else []
        key = issue_token(name=name, use=use, post=post, duties=duties, by=IMPORT, now=NOON)[1]
        self.before = counts()
        return key

    def rest(self, path="/matters", name="li", idempotency="k", body=None, **fields):
        headers = {"Authorization": f"Bearer {self.key(name)}", "Idempotency-Key": idempotency}
        sent = body if body is not None else json.dumps({**WORDS, "phone": "1", **fields}).encode()
        return self.problem(
            self.client.post(f"/api/v1{path}", sent, content_type="application/json", headers=self.asked(headers))
        )

    def crossed(self):
        """Another matter under a key that has its answer."""
        headers = {"Authorization": f"Bearer {self.key('li')}", "Idempotency-Key": "k"}
        for text in ("停水两天", "路灯不亮"):
            self.before = counts()
            sent = json.dumps({**WORDS, "text": text})
            answer = self.client.post(
                "/api/v1/matters", sent, content_type="application/json", headers=self.asked(headers)
            )
        return self.problem(answer)

    def ended_key(self):
        """The key outlives the post it stands for by not one request."""
        key = self.key("li")
        Holding.objects.filter(official=self.cast.officials["li"]).update(to_on=NOON.date() - timedelta(days=1))
        return self.problem(self.client.get("/api/v1/matters", headers=self.asked({"Authorization": f"Bearer {key}"})))

    def verb(self, verb, state="HANDLED", name="sun", **fields):
        number = self.cast.matter(state).number
        return self.rest(f"/matters/{number}/{verb}", name, body=json.dumps(fields).encode())

    def file(self, file):
        number = self.cast.matter("HANDLED").number
        headers = {"Authorization": f"Bearer {self.key('sun')}", "Idempotency-Key": "k"}
        return self.problem(
            self.client.post(f"/api/v1/matters/{number}/files", {"files": [file]}, headers=self.asked(headers))
        )

    def asked(self, headers):
        return headers | {"Accept-Language": self.language}

    def problem(self, answer):
        body = answer.json()
        assert body.get("status") == answer.status_code, body
        return answer.status_code, " ".join([body["code"], *(e["detail"] for e in body.get("errors", [body]))])

    def open311(self, path="requests", query="", **fields):
        key = self.key("p", ApiToken.Use.OPEN311)
        right = {"api_key": key, "service_code": "WATER-OUT", "description": "停水两天", "address_string": "村东头"}
        if query:
            answer = self.client.get(f"/open311/v2/{path}.json?{query}", headers=self.asked({}))
        else:
            answer = self.post(f"/open311/v2/{path}.json", right | fields, **self.asked({}))
        return answer.status_code, " ".join(f"{row['code']} {row['description']}" for row in answer.json())

    # earlier records

    def table(self, raw=None, **fields):
        row = {"id": "1", "what": "停水两天", "class": "供水", "where": "青石村", "opened": "2026/1/6"} | fields
        path, out = self.folder / "old.csv", StringIO()
        csv.writer(out).writerows([row.keys(), row.values()])
        path.write_bytes(raw or out.getvalue().encode("utf-8", "surrogatepass"))
        mapping = "outside_id=id,text=what,kind=class,place=where,received_at=opened"
        with translation.override(self.language):
            call_command("import_matters", str(path), "--map", mapping, "--json", stdout=StringIO())
        with (self.folder / "old.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
            return 0, " ".join(rejected["reason"] for rejected in csv.DictReader(file))
