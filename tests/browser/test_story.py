"""The story the house is built for, in a real browser: from a photo taken by the road to an answer anyone may read."""

import csv
import gzip
import os
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.browser.people import DESK, PHONE
from weimin.matters.models import Attachment, Matter
from weimin.matters.states import State

WORDS = "我家停水两天了，老人孩子没法做饭，请尽快来修。"


@pytest.fixture
def photo(tmp_path):
    """A pump beside a puddle, more or less."""
    path = tmp_path / "漏水.jpg"
    image = Image.new("RGB", (1200, 900), "#8a9a7b")
    draw = ImageDraw.Draw(image)
    draw.rectangle((500, 200, 620, 700), fill="#5b6770")
    draw.ellipse((300, 640, 900, 820), fill="#6d8fae")
    image.save(path)
    return path


def file_it(page, photo, words, *, with_javascript):
    """Four short pages, as Aunt Wang goes through them; returns number and PIN."""
    page.goto("/")
    page.locator("main a[href='/file/']").first.click()
    page.locator("[name=text]").fill(words)
    page.locator("form[data-draft] button[type=submit]").click()
    page.get_by_role("link", name="供水").click()
    page.get_by_role("button", name="停水", exact=True).click()
    if with_javascript:
        page.locator("input[role=combobox]").fill("青石村")
        page.get_by_role("option", name="青石村", exact=True).click()
    else:
        page.locator("select[name=place]").select_option("990101101201")
    page.locator("[name=address]").fill("桥头水井旁")
    page.locator("[name=files]").set_input_files(photo)
    page.locator("form[data-draft] button[type=submit]").click()
    page.locator("[name=name]").fill("王桂芳")
    page.locator("[name=phone]").fill("13900000001")
    page.locator("form[data-draft] button[type=submit]").click()
    assert words in page.locator("#letter").inner_text()
    page.get_by_role("button", name="发送").click()
    number, pin = page.locator("p.number").all_inner_texts()
    return number, pin


def act(page, number, slug, **fields):
    """One act at the desk: its link on the matter, its form, its button."""
    page.goto(f"/desk/matters/{number}/")
    page.locator(f"main a[href='{slug}/']").click()
    for field, value in fields.items():
        page.locator(f"[name={field}]").fill(value)
    page.locator("form[novalidate] .actions button:not([name=preview])").click()
    page.wait_for_url(f"**/desk/matters/{number}/")


def rate(page, number, pin, words):
    page.goto("/follow/")
    page.locator("[name=number]").fill(number)
    page.locator("[name=pin]").fill(pin)
    page.locator("main form button[type=submit]:not([name])").first.click()
    assert "主管道接头老化" in page.locator("main").inner_text()
    page.locator(f"main a[href$='/my/{number}/rate/']").click()
    page.locator("[name=resolved][value=YES]").check()
    page.locator("[name=grade][value='5']").check()
    page.locator("[name=words]").fill(words)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(f"**/my/{number}/")


def walk(at, photo, words, *, javascript):
    """From the road to the board, each in their own browser."""
    number, pin = file_it(at(PHONE, javascript=javascript), photo, words, with_javascript=javascript)
    assert Attachment.objects.get().media_type == "image/jpeg"

    clerk = at(DESK, as_="li")
    act(clerk, number, "classify")
    clerk.locator("main a[href='dispatch/']").click()
    clerk.get_by_role("button", name="派给县水利局").click()
    clerk.wait_for_url(f"**/desk/matters/{number}/")
    handler = at(DESK, as_="sun")
    act(handler, number, "accept")
    act(
        handler, number, "answer", facts="水管已修好，恢复供水。", reasons="主管道接头老化漏水。",
        rule="《城市供水条例》第二十八条", appeal_route="30 日内可向县信访局申请复查。",
    )  # fmt: skip
    rate(at(PHONE, javascript=javascript), number, pin, "修得快")
    act(at(DESK, as_="publisher"), number, "publish", title="青石村停水两天", asked="反映停水两天。", done="已换接头。")

    anyone = at(PHONE, javascript=javascript)
    anyone.goto("/board/")
    anyone.get_by_role("link", name="青石村停水两天").click()
    shown = anyone.locator("main").inner_text()
    assert "已换接头。" in shown and "王桂芳" not in shown and words not in shown
    matter = Matter.objects.get()
    assert (matter.text, matter.state) == (words, State.PUBLISHED)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_from_a_photo_on_a_phone_to_the_board(at, photo, javascript):
    walk(at, photo, WORDS, javascript=javascript)


@pytest.mark.data
def test_a_real_message_about_water_goes_the_same_way(at, photo):
    path = Path(os.environ["WEIMIN_DATA"]) / "messages" / "labelled.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        told = next(row["留言详情"] for row in csv.DictReader(file) if "停水" in row["留言主题"])
    walk(at, photo, " ".join(told.split()), javascript=True)
