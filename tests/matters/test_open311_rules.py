"""GeoReport v2, line by line, where docs/open311.md points to; the plain way stands in test_open311.py."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from lxml import etree

from tests.cast import NOON
from tests.matters.test_open311 import ROOT, error_of, key, words  # noqa: F401 -- a fixture is found by its name
from weimin.catalogue.models import Question
from weimin.county.actors import IMPORT
from weimin.county.models import ApiToken
from weimin.county.services import issue_token
from weimin.ledger.models import Entry
from weimin.matters.models import Event, Matter
from weimin.matters.states import State

FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON)
    cache.clear()  # another test's key had the same row number


def ask(cast, code="homes", datatype="string", **more):
    return Question.objects.create(
        kind=cast.kinds["WATER-OUT"], code=code, text_zh=code, text_en=code, datatype=datatype, **more
    )


def pick(*keys):
    return [{"key": word, "zh": f"{word}户", "en": word} for word in keys]


def test_a_definition_has_every_field_in_xml_and_json(cast, client):
    ask(cast, datatype="singlevaluelist", required=True, values=pick("few", "many"))
    top = etree.fromstring(client.get(f"{ROOT}/services/WATER-OUT.xml").content)
    assert (top.tag, [child.tag for child in top]) == ("service_definition", ["service_code", "attributes"])
    (attribute,) = top.find("attributes")
    assert [child.tag for child in attribute] == [
        "variable", "code", "datatype", "required", "datatype_description", "order", "description", "values",
    ]  # fmt: skip
    assert [(v.findtext("key"), v.findtext("name")) for v in attribute.find("values")] == [
        ("few", "few户"), ("many", "many户"),
    ]  # fmt: skip
    found = client.get(f"{ROOT}/services/WATER-OUT.json").json()
    assert (found["service_code"], found["attributes"][0]["variable"], found["attributes"][0]["required"]) == (
        "WATER-OUT", True, True,
    )  # fmt: skip
    answer = client.get(f"{ROOT}/services/NOTHING.xml")
    assert (answer.status_code, error_of(answer)[0][0]) == (404, "404")


def test_a_request_has_every_field_in_the_named_order(cast, client):
    matter = cast.matter(State.HANDLED)
    answer = client.get(f"{ROOT}/requests/{matter.number}.xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    (row,) = etree.fromstring(answer.content)
    assert [child.tag for child in row] == FIELDS
    assert {name: row.findtext(name) for name in ("status", "agency_responsible", "requested_datetime")} == {
        "status": "open", "agency_responsible": "县水利局", "requested_datetime": "2026-09-29T12:00:00+08:00",
    }  # fmt: skip
    assert list(client.get(f"{ROOT}/requests/{matter.number}.json").json()[0]) == FIELDS
    assert client.get(f"{ROOT}/requests/QS-2609-999999-9.json").status_code == 404


def test_every_mistake_is_told_in_one_answer_with_its_own_code(cast, key, client):  # noqa: F811
    ask(cast, required=True)
    wrong = {
        "api_key": key, "service_code": "WATER-OUT", "address_id": "999", "lat": "abc", "phone": "1" * 31,
        "media_url": "javascript:alert(1)", "attribute[colour]": "red",
    }  # fmt: skip
    before = Entry.objects.count()
    answer = client.post(f"{ROOT}/requests.xml", wrong)
    assert (answer.status_code, error_of(answer)) == (400, [
        ("400", "lat 和 long 要一起给，都是数字。"),
        ("404", "没有这个 address_id；请用地点代码。"),
        ("400", "这个 service_code 没有问 attribute[colour]。"),
        ("400", "缺少必填项 attribute[homes]。"),
        ("400", "phone：最多 30 个字，现在有 31 个字，请缩短一些。"),
        ("400", "media_url 要是 http 或 https 开头的网址。"),
    ])  # fmt: skip
    english = client.post(f"{ROOT}/requests.json", {"api_key": key}, headers={"Accept-Language": "en"}).json()
    assert [row["code"] for row in english] == [400, 400]
    assert english[0]["description"] == "No service_code was given."
    assert (Matter.objects.count(), Entry.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("datatype", "sent", "kept"),
    [
        ("string", "昨天", "昨天"), ("string", "字" * 201, None), ("text", "字" * 1000, "字" * 1000),
        ("number", "12", "12"), ("number", "-1.5", "-1.5"), ("number", "一打", None), ("number", "NaN", None),
        ("datetime", "2026-09-29", "2026-09-29"), ("datetime", "2026-09-29T08:00:00Z", "2026-09-29T08:00:00Z"),
        ("datetime", "2026-09-31", None), ("datetime", "2026-09-29T08:00:00", None),
        ("singlevaluelist", "few", "few"), ("singlevaluelist", "none", None),
        ("singlevaluelist", ["few", "many"], None),
        ("multivaluelist", ["few", "many"], ["few", "many"]), ("multivaluelist", ["few", "none"], None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("brackets", ["", "[]"])
def test_each_datatype_takes_what_fits_it(cast, key, client, datatype, sent, kept, brackets):  # noqa: F811
    ask(cast, datatype=datatype, values=pick("few", "many") if datatype.endswith("list") else [])
    answer = client.post(f"{ROOT}/requests.json", words(key) | {f"attribute[homes]{brackets}": sent})
    assert answer.status_code == (400 if kept is None else 200)
    assert [matter.details for matter in Matter.objects.all()] == ([] if kept is None else [{"homes": kept}])


def test_an_empty_parameter_counts_as_absent(cast, key, client):  # noqa: F811
    ask(cast)
    empty = dict.fromkeys(
        ["lat", "long", "address_id", "phone", "email", "media_url", "jurisdiction_id", "response", "description",
         "attribute[homes]", "attribute[colour]"], ""
    )  # fmt: skip
    (made,) = client.post(f"{ROOT}/requests.json", words(key) | empty).json()
    matter = Matter.objects.get()
    assert (made["service_request_id"], matter.text, matter.details) == (matter.number, "停水", {})
    query = "start_date=&end_date=&status=&service_code=&service_request_id=&page=&page_size=&jurisdiction_id="
    assert len(client.get(f"{ROOT}/requests.json?{query}").json()) == 1


def test_a_jurisdiction_is_the_countys_code_or_absent(cast, key, client):  # noqa: F811
    assert client.post(f"{ROOT}/requests.json", words(key, jurisdiction_id="990101")).status_code == 200
    for path in ("services.xml", "services/WATER-OUT.xml", "requests.xml", "tokens/x.xml", "servicerequestupdates.xml"):
        answer = client.get(f"{ROOT}/{path}?jurisdiction_id=elsewhere")
        assert (answer.status_code, error_of(answer)[0][0]) == (404, "404")


def test_media_are_named_and_never_fetched(cast, key, client):  # noqa: F811
    url = "https://photos.example/1.jpg"
    client.post(f"{ROOT}/requests.json", words(key, media_url=url))
    matter = Matter.objects.get()
    assert (matter.details, matter.attachments.count()) == ({"media_url": url}, 0)
    assert client.get(f"{ROOT}/requests/{matter.number}.json").json()[0]["media_url"] == ""


def test_ids_override_every_other_filter(cast, client):
    numbers = [cast.matter().number for _n in range(3)]
    query = f"service_request_id={numbers[2]}, {numbers[0]}&status=closed&start_date=2030-01-01T00:00:00Z"
    found = client.get(f"{ROOT}/requests.json?{query}").json()
    assert [row["service_request_id"] for row in found] == [numbers[2], numbers[0]]


def test_lists_end_at_ninety_days(cast, client, monkeypatch):
    early, late = (cast.matter(now=NOON + timedelta(days=days)).number for days in (0, 90))
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: NOON + timedelta(days=90, hours=1))

    def listed(query):
        return [row["service_request_id"] for row in client.get(f"{ROOT}/requests.json?{query}").json()]

    assert listed("") == [late]
    assert listed("start_date=2026-09-29T11:00:00%2B08:00") == [early]
    assert listed("start_date=2026-09-29T11:00:00%2B08:00&end_date=2027-09-29T00:00:00Z") == [early]
    assert listed("start_date=2026-09-29T13:00:00%2B08:00") == [late]
    assert listed("end_date=2026-12-28T12:00:00%2B08:00&status=open, closed") == [late, early]


def test_lists_end_at_a_thousand_rows_and_go_on_by_pages(cast, client, monkeypatch):
    monkeypatch.setattr("weimin.matters.api.open311.requests.MOST_ROWS", 2)
    numbers = [cast.matter(now=NOON - timedelta(minutes=n)).number for n in range(3)]
    pages = [client.get(f"{ROOT}/requests.json?page={n}").json() for n in (1, 2, 3)]
    assert [[row["service_request_id"] for row in rows] for rows in pages] == [numbers[:2], numbers[2:], []]
    for query in ("page=0", "page=x", "page_size=0", "page_size=3"):
        assert client.get(f"{ROOT}/requests.json?{query}").status_code == 400


def test_a_key_opens_this_interface_and_no_other_does(cast, key, client):  # noqa: F811
    post = cast.posts["QS-01"]
    _token, rest = issue_token(
        name="镇里", use=ApiToken.Use.REST, post=post, duties=post.duties, by=IMPORT, now=NOON
    )  # fmt: skip
    assert client.post(f"{ROOT}/requests.xml", words(rest)).status_code == 403
    assert client.get("/api/v1/matters", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert client.post(f"{ROOT}/requests.xml?api_key={key}", words("")).status_code == 200
    ApiToken.objects.filter(use="OPEN311").update(expires_at=NOON)
    assert error_of(client.post(f"{ROOT}/requests.xml", words(key))) == [
        ("403", "密钥无效、已到期或已吊销，请向县里重新申请。")
    ]


def test_a_key_that_asks_too_often_is_told_and_nothing_is_taken(cast, key, client):  # noqa: F811
    ApiToken.objects.update(per_minute=1)
    first, second = (client.post(f"{ROOT}/requests.xml", words(key)) for _n in range(2))
    assert (first.status_code, second.status_code, Matter.objects.count()) == (200, 403, 1)
    assert error_of(second) == [("403", "请求太多了，请过一分钟再试。")]


def test_updates_are_paged_and_need_number_and_words(cast, key, client, monkeypatch):  # noqa: F811
    path = f"{ROOT}/servicerequestupdates.json"
    (made,) = client.post(f"{ROOT}/requests.json", words(key)).json()
    number = made["service_request_id"]
    sent = {"api_key": key, "service_request_id": number, "media_url": "https://photos.example/2.jpg"}
    (row,) = client.post(path, sent).json()
    added = Event.objects.get(pk=row["update_id"])
    assert (added.matter.number, added.words) == (number, "https://photos.example/2.jpg")
    client.post(path, sent | {"description": "又停了"})
    fields = ["update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"]
    rows = [client.get(f"{path}?page={page}&page_size=1").json() for page in (1, 2, 3)]
    assert [[row["update_id"] for row in page] for page in rows] == [[str(added.pk)], [str(added.pk + 1)], []]
    assert list(rows[0][0]) == fields
    assert [row["code"] for row in client.post(path, {"api_key": key}).json()] == [400, 400]
    other = cast.matter().number  # came by the portal: nobody else adds to it
    assert client.post(path, sent | {"service_request_id": other}).status_code == 404
    assert client.post(path, sent | {"api_key": ""}).status_code == 403


def test_broken_utf_8_is_told(cast, key, client):  # noqa: F811
    body = f"api_key={key}&service_code=WATER-OUT&address_string=x&description=".encode() + b"%B9%FE"  # GBK
    answer = client.post(f"{ROOT}/requests.xml", body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, error_of(answer)) == (400, [("400", "文字的编码不完整，请用 UTF-8 重发。")])
    assert Matter.objects.count() == 0


def test_a_wrong_method_is_a_400_as_the_text_knows_no_405(cast, client):
    assert error_of(client.put(f"{ROOT}/requests.xml")) == [("400", "这个地址只接受 GET, POST。")]
