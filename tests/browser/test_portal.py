"""What the portal adds with a live browser: me too, the map, the recorder, photos on their way; and what it weighs."""

import gzip
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.people import DESK, PHONE
from tests.browser.small_county import build
from tests.conftest import CHROMIUM
from weimin.matters.models import Attachment, Event, Matter
from weimin.matters.states import Act, State

LIGHT = 150 * 1024  # over the wire, first view, nothing kept from before
LIST = "input[role=combobox]"
NEXT = "form[data-draft] button[type=submit]"

CAN_BE_HEARD = """sound => new Promise(done => {
    sound.addEventListener("loadedmetadata", () => done(true));
    sound.addEventListener("error", () => done(false));
    sound.preload = "metadata";
    sound.load();
})"""


def on_the_map(cast) -> None:
    """Villages with positions and a township with an outline, as a real county has them."""
    for name, long, lat in [("qingshi", 107.5, 34.5), ("dawan", 107.6, 34.6), ("qingxi", 107.7, 34.3)]:
        place = cast.places[name]
        place.lat, place.long = lat, long
        place.save()
    for name, west in [("qingshi_town", 107.4), ("qingxi_town", 107.66)]:
        place = cast.places[name]
        ring = [[west, 34.2], [west + 0.26, 34.2], [west + 0.26, 34.7], [west, 34.7], [west, 34.2]]
        place.outline = {"type": "Polygon", "coordinates": [ring]}
        place.save()


def as_far_as_where(page) -> None:
    page.goto("/file/")
    page.locator("[name=text]").fill("村里停水两天了。")
    page.locator(NEXT).click()
    page.get_by_role("link", name="供水").click()
    page.get_by_role("button", name="停水", exact=True).click()
    page.wait_for_url("**/file/where/")


def as_far_as_check(page) -> None:
    page.locator(NEXT).click()
    page.locator("[name=name]").fill("王桂芳")
    page.locator("[name=phone]").fill("13900000001")
    page.locator(NEXT).click()
    page.wait_for_url("**/file/check/")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_me_too_from_the_phone_to_one_click_at_the_desk(at, county, keep, faults, javascript):
    main = county.matter(State.HANDLED, text="井台边的阀门坏了。", name="李桂兰")
    page = at(PHONE, javascript=javascript)
    as_far_as_where(page)
    if javascript:
        page.locator(LIST).fill("青石村")
        page.get_by_role("option", name="青石村", exact=True).click()
    else:
        page.locator("select[name=place]").select_option("990101101201")
    as_far_as_check(page)
    shown = page.locator("main").inner_text()
    assert "青石村有 1 件类似的事正在办（停水）" in shown and "阀门" not in shown and "李桂兰" not in shown
    if javascript:
        assert faults(page) == []
        keep(page, "file-4-me-too-360")
    page.get_by_label("我也是这件事").check()
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/receipt/")
    mine = Matter.objects.latest("pk")
    assert Event.objects.get(matter=mine, act=Act.RECEIVE).data["same_as"] == main.number
    desk = at(DESK, as_="li")
    desk.goto(f"/desk/matters/{mine.number}/")
    keep(desk, "desk-same-1280")
    desk.get_by_role("button", name=f"核对过了，并入 {main.number}").click()
    desk.wait_for_url(f"**/desk/matters/{mine.number}/")
    mine = Matter.objects.get(pk=mine.pk)
    assert (mine.state, mine.merged_into) == (State.MERGED, main)


def test_a_village_is_chosen_on_the_map_and_the_list_shows_it(at, county, keep):
    on_the_map(county)
    page = at(PHONE)
    as_far_as_where(page)
    assert page.locator(".leaflet-container").count() == 0  # nothing is fetched before it is asked for
    page.get_by_role("button", name="在地图上选").click()
    page.locator("#place_map path.map-village").nth(1).wait_for()
    box = page.locator("#place_map path.map-village").nth(1).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 6, box["y"] + box["height"] / 2 + 6)  # beside it: fingers are wide
    assert page.get_by_text("选了 大湾村。").is_visible()
    assert page.locator(LIST).input_value() == "大湾村"
    keep(page, "file-2-map-360")
    as_far_as_check(page)
    assert "大湾村" in page.locator("#letter").inner_text()


def test_without_signal_the_list_does_it(at, county):
    page = at(PHONE)
    as_far_as_where(page)
    page.route("**/places.json", lambda route: route.fulfill(status=200, body="<html>", content_type="text/html"))
    page.get_by_role("button", name="在地图上选").click()
    page.get_by_text("地图没有打开，可能信号不好。请在上面的列表里选村。").wait_for()
    page.locator(LIST).fill("青石村")
    page.get_by_role("option", name="青石村", exact=True).click()
    as_far_as_check(page)
    assert "青石村" in page.locator("#letter").inner_text()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_map_of_the_board_draws_its_table(at, county, keep, faults, width):
    build(county)
    on_the_map(county)
    page = at(width)
    page.goto("/board/map/")
    page.locator("path.map-area").nth(1).wait_for()
    assert page.locator(".leaflet-tooltip").all_text_contents() == ["青石镇 <3", "清溪镇 <3"]
    assert page.locator("#counts tbody tr").count() == 2
    assert faults(page) == []
    keep(page, f"board-map-{width}")
    page.locator("path.map-area").first.click(position={"x": 5, "y": 5}, force=True)
    page.wait_for_url("**/board/?township=990101101")


@pytest.fixture
def speaker(county, chromium, live_server):
    """`speaker(allowed)` is somebody who may, or may not, use the microphone."""
    opened = []

    def somebody(*, allowed):
        browser = chromium.browser_type.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--use-fake-device-for-media-stream",
                *(["--use-fake-ui-for-media-stream"] if allowed else []),
            ],
        )  # fmt: skip
        opened.append(browser)
        context = browser.new_context(base_url=live_server.url, viewport={"width": PHONE, "height": 740})
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": live_server.url}])
        return context.new_page()

    yield somebody
    for browser in opened:
        browser.close()


def test_a_voice_note_is_recorded_heard_taken_back_and_kept(speaker, keep):
    page = speaker(allowed=True)
    page.goto("/file/")
    page.get_by_role("button", name="开始录").click()
    page.get_by_text("正在录：0:01，最长 3:00").wait_for()
    page.get_by_role("button", name="录完了").click()
    page.get_by_text("可以先听一听").wait_for()
    assert page.locator("[data-recorder-audio]").evaluate("sound => sound.src.startsWith('blob:')")
    keep(page, "file-1-voice-360")
    page.get_by_role("button", name="去掉，重录").click()
    assert page.locator("[name=voice]").evaluate("box => box.files.length") == 0
    page.get_by_role("button", name="开始录").click()
    page.get_by_text("正在录：0:01").wait_for()
    page.get_by_role("button", name="录完了").click()
    page.get_by_text("可以先听一听").wait_for()
    page.locator(NEXT).click()
    page.wait_for_url("**/file/kind/")
    page.get_by_role("link", name="供水").click()
    page.get_by_role("button", name="停水", exact=True).click()
    page.locator(LIST).fill("青石村")
    page.get_by_role("option", name="青石村", exact=True).click()
    as_far_as_check(page)
    assert "反映人录了一段话，请听录音。" in page.locator("#letter").inner_text()
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/receipt/")
    file = Attachment.objects.get()
    assert file.is_sound and file.size > 1000
    page.get_by_role("link", name="看进度").click()
    page.locator(".photos audio").wait_for()
    assert page.locator(".photos audio").evaluate(CAN_BE_HEARD)


def test_when_the_browser_refuses_the_page_says_what_to_do(speaker):
    page = speaker(allowed=False)
    page.goto("/file/")
    page.get_by_role("button", name="开始录").click()
    page.get_by_text("浏览器没有允许用麦克风。").wait_for()
    assert page.locator("[name=voice]").is_visible()


def test_a_long_note_stops_by_itself(speaker):
    page = speaker(allowed=True)
    page.goto("/file/")
    page.clock.install()
    page.get_by_role("button", name="开始录").click()
    page.get_by_role("button", name="录完了").wait_for()
    page.clock.run_for(181_000)
    page.get_by_text("到 3:00 了，先停在这里。").wait_for()
    assert page.get_by_role("button", name="录完了").count() == 0


def test_photos_on_their_way_show_a_bar_and_a_broken_line_loses_nothing(at, county, tmp_path, keep):
    photo = tmp_path / "井.jpg"
    photo.write_bytes(small_jpeg())
    page = at(PHONE)
    as_far_as_where(page)
    page.locator(LIST).fill("青石村")
    page.get_by_role("option", name="青石村", exact=True).click()
    page.locator("[name=address]").fill("桥头水井旁")
    page.locator("[name=files]").set_input_files(photo)
    held = []
    page.route("**/file/where/", lambda route: held.append(route))
    page.locator(NEXT).click()
    page.get_by_text("正在传照片和录音").wait_for()
    assert page.get_by_role("progressbar").is_visible()
    keep(page, "file-2-sending-360")
    page.get_by_role("button", name="先不传了").click()
    page.get_by_text("没有再传。您写的和选的照片都还在。").wait_for()
    assert page.locator("[name=address]").input_value() == "桥头水井旁"
    assert page.locator("[data-photos-list] img").count() == 1
    page.unroute("**/file/where/")
    page.locator(NEXT).click()
    page.wait_for_url("**/file/reach/")
    page.go_back()
    page.wait_for_url("**/file/where/")
    page.get_by_text("已收好的文件").wait_for()
    assert page.locator("[name=address]").input_value() == "桥头水井旁"


def test_a_photo_that_is_none_is_told_on_the_same_page(at, county, tmp_path):
    false = tmp_path / "假.jpg"
    false.write_bytes(b"MZ this is no photo")
    page = at(PHONE)
    as_far_as_where(page)
    page.locator(LIST).fill("青石村")
    page.get_by_role("option", name="青石村", exact=True).click()
    page.locator("[name=files]").set_input_files(false)
    page.locator(NEXT).click()
    page.get_by_text("还有 1 处要改").wait_for()
    assert page.locator(LIST).input_value() == "青石村"


def small_jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 300), "#8a9a7b").save(out, "JPEG")
    return out.getvalue()


def test_a_first_view_weighs_less_than_150_kb(at, county):
    """Counted as it would come over the wire: pages as they are, static files as the server compresses them."""
    build(county)
    on_the_map(county)
    over = {}
    for address in ("/", "/file/", "/board/", "/board/map/", "/doing/", "/doing/WATER/", "/services/", "/follow/"):
        page, sent = at(PHONE), []
        page.on("response", lambda answer, sent=sent: sent.append(wire(answer)))
        page.goto(address)
        page.traffic.settle()
        if sum(sent) > LIGHT:
            over[address] = sum(sent)
    assert over == {}


def wire(answer) -> int:
    body = answer.body() if answer.status == 200 else b""
    return len(gzip.compress(body)) if "/static/" in answer.url else len(body)
