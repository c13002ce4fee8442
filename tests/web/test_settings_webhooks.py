"""Webhooks on the desk: added with a secret shown once, watched, sent again, switched off."""

import re

from tests.cast import NOON
from tests.web.test_settings_posts import SETTINGS, page, rows, sign_in, told
from tests.webhooks.subscribing import subscribe
from weimin.ledger.models import Entry
from weimin.matters.states import State
from weimin.webhooks.models import Delivery, Endpoint
from weimin.webhooks.states import Progress, What

__all__ = ["sign_in"]
WANTED = {
    "name": "县大数据中心",
    "url": "https://receiver.example/hook",
    "events": ["matter.received", "matter.answered"],
}
HOOKS = f"{SETTINGS}/webhooks/"


def entries():
    return list(Entry.objects.filter(what__startswith="webhooks.").order_by("id").values_list("what", flat=True))


def test_an_address_is_added_and_its_secret_shown_once(cast, sign_in):
    client = sign_in("keeper")
    shown = page(client.post(f"{HOOKS}new/", WANTED))
    secret = re.search(r'id="secret"[^>]*>([^<]+)<', shown)[1]
    endpoint = Endpoint.objects.get()
    assert (endpoint.secret, endpoint.made_by) == (secret, cast.officials["keeper"])
    html = page(client.get(HOOKS))
    assert rows(html) == [
        ["县大数据中心", "https://receiver.example/hook", "2", "在用", "0", "0", "—", "钱理"],
    ]  # fmt: skip
    one = page(client.get(f"{HOOKS}{endpoint.pk}/"))
    assert "收到反映、答复" in one
    assert [secret in text for text in (html, one)] == [False, False]
    assert entries() == ["webhooks.add_endpoint"]


def test_what_is_wrong_stands_at_its_field(cast, sign_in):
    client = sign_in("keeper")
    inside = page(client.post(f"{HOOKS}new/", {**WANTED, "url": "https://10.0.0.8/hook"}), 422)
    assert "这个地址在内部网络里，不能直接访问。" in inside
    plain = page(client.post(f"{HOOKS}new/", {**WANTED, "url": "http://receiver.example/"}), 422)
    assert "请用 https 地址" in plain
    assert "events" in client.post(f"{HOOKS}new/", {**WANTED, "events": []}).context["form"].errors
    assert Endpoint.objects.count() == 0


def test_address_and_secret_are_changed(cast, sign_in):
    endpoint, old = subscribe(cast)
    client = sign_in("keeper")
    base = f"{HOOKS}{endpoint.pk}/"
    assert told(client.post(f"{base}change/", {**WANTED, "url": "https://new.example/"}, follow=True)) == ["已保存。"]
    shown = page(client.post(f"{base}secret/"))
    assert "旧密钥用到 10 月 1 日（周四） 12:00" in shown
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.old_secret, endpoint.secret != old) == ("https://new.example/", old, True)
    assert entries() == ["webhooks.add_endpoint", "webhooks.change_endpoint", "webhooks.rotate_secret"]


def test_tries_and_answers_are_listed_and_dead_letters_sent_again(cast, sign_in):
    endpoint, _secret = subscribe(cast, events=[What.RECEIVED])
    matter = cast.matter()
    tries = [["2026-09-29T12:00:01+08:00", "503"], ["2026-09-29T12:00:40+08:00", "no answer (TimeoutError)"]]
    Delivery.objects.update(state=Progress.DEAD, tries=tries, attempts=2)
    client, base = sign_in("keeper"), f"{HOOKS}{endpoint.pk}/"
    assert rows(page(client.get(f"{base}?state=DEAD")))[0] == [
        "2026-09-29 12:00", "收到反映", matter.number, "死信",
        "2026-09-29 12:00 503 2026-09-29 12:00 no answer (TimeoutError)", "—", f"重新推送 evt_990101_{matter.number}_1",
    ]  # fmt: skip
    assert rows(page(client.get(f"{base}?state=DELIVERED")))[0][0] != "2026-09-29 12:00"
    assert told(client.post(f"{base}replay/", follow=True)) == ["1 条已排队，重新推送。"]
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == (Progress.QUEUED, [])
    again = client.post(f"{base}replay/{Delivery.objects.get().pk}/", follow=True)
    assert told(again) == ["没有可以重新推送的：都已在等待送达。"]
    assert client.post(f"{base}replay/0/").status_code == 404


def test_a_test_is_sent_and_the_address_switched_off_and_on(cast, sign_in):
    endpoint, _secret = subscribe(cast)
    client, base = sign_in("keeper"), f"{HOOKS}{endpoint.pk}/"
    client.post(f"{base}test/", follow=True)
    assert Delivery.objects.get().what == "webhook.test"
    assert told(client.post(f"{base}off/", follow=True)) == ["已停用，不再推送。"]
    assert told(client.post(f"{base}off/", follow=True)) == ["这个地址已经停用。"]
    assert rows(page(client.get(HOOKS)))[0][3:6] == ["人工停用", "0", "1"]
    client.post(f"{base}on/")
    endpoint.refresh_from_db()
    assert endpoint.off_at is None
    assert entries()[1:] == ["webhooks.send_test", "webhooks.switch_off", "webhooks.switch_on"]


def test_fifty_stand_on_a_page_and_older_ones_behind_it(cast, sign_in):
    endpoint, _secret = subscribe(cast, events=[What.CLOSED])
    Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, message_id=f"evt_{n:02}", what=What.CLOSED, body="{}", at=NOON, next_at=NOON)
        for n in range(51)
    )
    client, base = sign_in("keeper"), f"{HOOKS}{endpoint.pk}/"
    first = client.get(base)
    assert len(first.context["rows"]) == 50
    older = client.get(base, {"older": first.context["older"]})
    assert [row.message_id for row, *_rest in older.context["rows"]] == ["evt_00"]


def test_an_auditor_looks_and_touches_nothing(cast, sign_in):
    endpoint, _secret = subscribe(cast)
    cast.matter(State.RECEIVED)
    client, base = sign_in("auditor"), f"{HOOKS}{endpoint.pk}/"
    html = page(client.get(base))
    assert "更换签名密钥" not in html and "重新推送</button>" not in html
    assert client.post(f"{base}off/").status_code == 403
