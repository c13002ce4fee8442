"""The people of the stories: officials at their desks, a resident with a receipt, a program with a key."""

import json
import re
from uuid import uuid4

from django.test import Client

from tests.cast import NOON
from tests.staff import enter
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.matters.models import Matter
from weimin.notices.models import Notice

ANSWERED = {
    "facts": "水管已修好，三十日上午恢复供水。", "reasons": "接头老化。", "rule": "《城市供水条例》第二十八条",
    "appeal_route": "30 日内向县信访局申请复查。",
}  # fmt: skip
SHOWN = {"title": "停水两天", "asked": "村民反映停水两天。", "done": "已更换接头，恢复供水。"}


class Desk:
    """An official who has signed in with a second factor."""

    def __init__(self, official):
        self.client = enter(Client(), official)

    def page(self, number, part=""):
        return self.client.get(f"/desk/matters/{number}/{part}")

    def act(self, number, slug, **said):
        version = Matter.objects.get(number=number).version
        answer = self.client.post(f"/desk/matters/{number}/{slug}/", {"version": version, **said})
        assert answer.status_code == 302, answer.context and answer.context["form"].errors
        return Matter.objects.get(number=number)

    def refused(self, number, slug, **said):
        """The sentences the page says instead of doing it."""
        version = Matter.objects.get(number=number).version
        answer = self.client.post(f"/desk/matters/{number}/{slug}/", {"version": version, **said})
        assert answer.status_code == 422
        return [str(sentence) for told in answer.context["form"].errors.values() for sentence in told]


class Resident:
    """Somebody with a phone: reads what was sent, and comes back with number and PIN."""

    def __init__(self, number):
        self.number, self.client = number, Client()

    def comes_back(self):
        first = Notice.objects.filter(about=f"matter:{self.number}").order_by("pk").first()
        pin = re.search(r"查询码 (\d{6})", first.body)[1]
        assert self.client.post("/follow/", {"number": self.number, "pin": pin}).url == f"/my/{self.number}/"
        return self

    def says(self, page, **said):
        answer = self.client.post(f"/my/{self.number}/{page}/", said)
        assert answer.status_code == 302, answer.context and answer.context["form"].errors
        return Matter.objects.get(number=self.number)

    def is_refused(self, page, **said):
        answer = self.client.post(f"/my/{self.number}/{page}/", said)
        assert answer.status_code == 200
        return [str(sentence) for told in answer.context["form"].errors.values() for sentence in told]

    def sees(self):
        return self.client.get(f"/my/{self.number}/").content.decode()


class Program:
    """The key of one post, for REST."""

    def __init__(self, cast, name):
        post = cast.acting(name, NOON).posts[0]
        _token, raw = issue_token(name=name, use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON)
        self.client, self.headers = Client(), {"Authorization": f"Bearer {raw}"}

    def post(self, path, key="", **body):
        headers = self.headers | {"Idempotency-Key": key or uuid4().hex}
        answer = self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()
