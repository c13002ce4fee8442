"""The board by township, village and kind; and as a map whose table says everything, with small numbers left untold."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.browser.small_county import publish
from tests.cast import NOON
from weimin.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def titles(client, **asked) -> list[str]:
    return [story.title for story in client.get("/board/", asked).context["stories"]]


def test_stories_are_found_by_township_village_and_kind(client, cast):
    publish(cast, "WATER-OUT", "qingshi", "青石没水")
    publish(cast, "ROADS-HOLE", "dawan", "大湾有坑")
    publish(cast, "WATER-OUT", "qingxi", "清溪没水")
    assert titles(client) == ["清溪没水", "大湾有坑", "青石没水"]
    assert titles(client, township="990101101") == ["大湾有坑", "青石没水"]
    assert titles(client, township="990101101", village="990101101202") == ["大湾有坑"]
    assert titles(client, kind="WATER") == ["清溪没水", "青石没水"]
    assert titles(client, kind="WATER-OUT", township="990101102") == ["清溪没水"]
    # a village of another township is no filter within this one
    assert titles(client, township="990101102", village="990101101202") == ["清溪没水"]


def test_villages_are_offered_once_a_township_is_chosen(client, cast):
    assert 'name="village"' not in client.get("/board/").content.decode()
    shown = client.get("/board/?township=990101101")
    assert [place.name_zh for place in shown.context["villages"]] == ["青石村", "大湾村"]


def test_an_empty_filter_says_how_to_get_out(client, cast):
    publish(cast, "WATER-OUT", "qingshi", "青石没水")
    page = client.get("/board/?kind=ROADS").content.decode()
    assert "这里没有这样的事" in page and '<a href="/board/">看全部</a>' in page


def test_the_map_counts_and_does_not_tell_one_from_two(client, cast):
    for n in range(3):
        publish(cast, "WATER-OUT", "qingshi", f"停水{n}")
    publish(cast, "WATER-OUT", "dawan", "停水")
    publish(cast, "WATER-OUT", "qingxi", "停水")

    def told(address):
        return {row.place.name_zh: row.n for row in client.get(address).context["rows"]}

    assert told("/board/map/") == {"青石镇": 4, "清溪镇": None}
    assert told("/board/map/?township=990101101") == {"青石村": 3, "大湾村": None}
    assert told("/board/map/?kind=ROADS") == {"青石镇": 0, "清溪镇": 0}
    page = client.get("/board/map/").content.decode()
    assert "少于 3 件" in page and 'data-place="990101102" data-n="few" data-short="&lt;3"' in page


def test_the_map_costs_the_same_for_one_and_for_three(client, cast):
    publish(cast, "WATER-OUT", "qingshi", "一")
    with CaptureQueriesContext(connection) as one:
        client.get("/board/map/?township=990101101")
    publish(cast, "WATER-OUT", "dawan", "二")
    publish(cast, "ROADS-HOLE", "qingshi", "三")
    with CaptureQueriesContext(connection) as three:
        client.get("/board/map/?township=990101101")
    assert len(three) == len(one)


def test_places_are_given_as_geojson_and_no_finer_than_a_village(client, cast):
    square = {"type": "Polygon", "coordinates": [[[107, 34], [108, 34], [108, 35], [107, 34]]]}
    town, village, group = (cast.places[name] for name in ("qingshi_town", "qingshi", "group"))
    town.outline = square
    town.save()
    for place in (village, group):
        place.lat, place.long = "34.500000", "107.500000"
        place.save()
    answer = client.get("/board/places.json")
    assert answer["Content-Type"] == "application/geo+json" and "max-age=3600" in answer["Cache-Control"]
    assert answer.json() == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": "990101101", "level": "TOWNSHIP", "name": "青石镇"},
                "geometry": square,
            },
            {
                "type": "Feature",
                "properties": {"code": "990101101201", "level": "VILLAGE", "name": "青石村"},
                "geometry": {"type": "Point", "coordinates": [107.5, 34.5]},
            },
        ],
    }
