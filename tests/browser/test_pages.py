"""Every page on a phone and at a desk, in Chinese and English: nobody is kept out, nothing hangs over the edge.

With bin/pictures each is also kept as a picture, to be looked at by people.
"""

import pytest

from tests.browser.people import DESK, LOOKS, PHONE
from tests.browser.small_county import PIN, build, give_names, give_services
from tests.cast import NOON
from tests.catalogue.knowing import keep as keep_an_article
from tests.web.test_settings_partners import keep as keep_partner
from weimin.matters.journey import forward_matter
from weimin.matters.letters.taking import set_aside
from weimin.matters.models import Partner, Referral
from weimin.notices.models import Notice

WORDS = {
    "zh-hans": "井盖坏了，孩子上学要从那里过，请来修一修。",
    "en": "A manhole cover is broken by the school.",
}

# How a page looks does not depend on the database; that it answers on both is asked in tests/web/test_matrix.py.
pytestmark = pytest.mark.sqlite


@pytest.fixture
def look(keep, faults):
    """Opens, keeps and judges pages. What is wrong is collected, so that each test tells all of it at its end."""
    wrong = []

    def at_page(page, name, address="", *, width, language):
        if address:
            page.goto(address)
        page.traffic.settle()
        keep(page, f"{name}-{width}-{language}")
        wrong.extend(faults(page))
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            wrong.append(f"{page.url} hangs {over} px over the edge at {width}")

    at_page.wrong = wrong
    return at_page


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_what_anyone_sees(at, county, look, width, language):
    shown, page = build(county), at(width, language=language)
    look(page, "services-none", "/services/", width=width, language=language)
    give_services(county)
    for name, address in [
        ("home", "/"),
        ("board", "/board/"),
        ("board-empty", "/board/?kind=ROADS&township=990101102"),
        ("board-map-closed", "/board/map/"),  # the cast has no outlines: the table stands alone
        ("published", f"/board/{shown.published.number}/"),
        ("doing", "/doing/"),
        ("doing-office", "/doing/WATER/"),
        ("services", "/services/"),
        ("service", "/services/990101-MZ-001/"),
        ("follow", "/follow/"),
        ("sign-in", "/accounts/login/"),
        ("api-docs", "/api/v1/docs"),
    ]:
        look(page, name, address, width=width, language=language)
    assert look.wrong == []


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_filing(at, county, look, width, language):
    give_names(county)
    page = at(width, language=language)
    see = {"width": width, "language": language}
    look(page, "file-1-what", "/file/", **see)
    page.locator("[name=text]").fill(WORDS[language])
    page.locator("form[data-draft] button[type=submit]").click()
    look(page, "file-1-kind", "/file/kind/?under=WATER", **see)
    page.locator("button[value=WATER-OUT]").click()
    page.wait_for_url("**/file/where/")
    look(page, "file-2-where", **see)
    page.locator("input[role=combobox]").fill("青石" if language == "zh-hans" else "Qingshi")
    page.get_by_role("option").nth(1).click()
    page.locator("form[data-draft] button[type=submit]").click()
    page.wait_for_url("**/file/reach/")
    page.locator("form[data-draft] button[type=submit]").click()
    look(page, "file-3-reach-mistake", **see)
    page.locator("[name=name]").fill("王桂芳")
    page.locator("[name=phone]").fill("13900000001")
    page.locator("form[data-draft] button[type=submit]").click()
    page.wait_for_url("**/file/check/")
    look(page, "file-4-check", **see)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/receipt/")
    look(page, "receipt", **see)
    assert look.wrong == []


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_my_matter(at, county, look, width, language):
    matter, page = build(county).answered, at(width, language=language)
    see = {"width": width, "language": language}
    page.goto(f"/follow/?number={matter.number}")
    page.locator("[name=pin]").fill(PIN)
    page.locator("main form button[type=submit]:not([name])").first.click()
    page.wait_for_url(f"**/my/{matter.number}/")
    look(page, "my", **see)
    for act in ("add", "rate", "reopen", "appeal"):
        look(page, f"my-{act}", f"/my/{matter.number}/{act}/", **see)
    assert look.wrong == []


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_the_desk(at, county, look, width, language):
    shown = build(county)
    desks = {who: at(width, language=language, as_=who) for who in ("li", "sun", "leader", "zhang", "publisher")}
    for who, name, address in [
        ("li", "desk-today", "/desk/"),
        ("li", "desk-queue", "/desk/matters/?queue=all"),
        ("li", "desk-letters", "/desk/matters/letters/"),
        ("li", "desk-new", "/desk/matters/new/"),
        ("li", "desk-matter", f"/desk/matters/{shown.classified.number}/"),
        ("li", "desk-classify", f"/desk/matters/{shown.received.number}/classify/"),
        ("li", "desk-dispatch", f"/desk/matters/{shown.classified.number}/dispatch/"),
        ("sun", "desk-handled", f"/desk/matters/{shown.handled.number}/"),
        ("sun", "desk-answer", f"/desk/matters/{shown.handled.number}/answer/"),
        ("publisher", "desk-publish", f"/desk/matters/{shown.rated.number}/publish/"),
        ("leader", "desk-leader", "/desk/leader/"),
        ("zhang", "desk-hand-over", "/desk/matters/hand-over/"),
    ]:
        look(desks[who], name, address, width=width, language=language)
    assert look.wrong == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_at_night(at, county, look, width):
    shown = build(county)
    see = {"width": width, "language": "zh-hans"}
    look(at(width, scheme="dark"), "night-home", "/", **see)
    look(at(width, scheme="dark", as_="li"), "night-desk", "/desk/", **see)
    look(at(width, scheme="dark", as_="li"), "night-matter", f"/desk/matters/{shown.classified.number}/", **see)
    assert look.wrong == []


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_the_knowledge_base(at, county, look, width, language):
    article = keep_an_article(county)
    see = {"width": width, "language": language}
    page = at(width, language=language)
    look(page, "knowledge", "/knowledge/", **see)
    look(page, "knowledge-none", "/knowledge/?q=xyz", **see)
    look(page, "article", f"/knowledge/{article.code}/", **see)
    look(page, "file-1-begun", "/file/?kind=WATER-OUT&request=ENQUIRY", **see)
    page = at(width, language=language, as_="sun")
    one = f"{article.code}/"
    for name, address in [("", ""), ("-new", "new/"), ("-article", one), ("-confirm", f"{one}confirm/"),
                          ("-retire", f"{one}retire/")]:  # fmt: skip
        look(page, f"desk-knowledge{name}", f"/desk/knowledge/{address}", **see)
    assert look.wrong == []


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_what_people_carry_and_other_systems(at, county, look, width, language):
    give_names(county)
    partner, _code = keep_partner(county)
    matter = county.matter("HANDLED", kind=county.kinds["ROADS-HOLE"], phone="0990-1234567")
    notice = Notice.objects.filter(channel="VOICE").first()
    forward_matter(matter, partner=partner, service_code="POTHOLE", words="桥上有坑。", by=county.sun, now=NOON)
    Referral.objects.update(stage="UNCERTAIN", trouble="no answer (RemoteDisconnected)")
    Partner.objects.update(trouble="no connection (ConnectionRefusedError)", unknown_codes=["ELEPHANT"], tried_at=NOON)
    set_aside("imap:office@county.example:1:7", sender="", why="来信太大。", now=NOON)
    see = {"width": width, "language": language}
    page = at(width, language=language, as_="li")
    for name, address in [("to-tell", "to-tell/"), ("tell", f"to-tell/{notice.pk}/"), ("letters", "letters/")]:
        look(page, f"desk-{name}", f"/desk/matters/{address}", **see)
    page = at(width, language=language, as_="sun")
    look(page, "desk-matter-elsewhere", f"/desk/matters/{matter.number}/", **see)
    look(page, "desk-forward", f"/desk/matters/{matter.number}/forward/", **see)
    page = at(width, language=language, as_="keeper")
    for name, address in [("partners", ""), ("partner", f"{partner.pk}/"), ("partner-new", "new/")]:
        look(page, f"settings-{name}", f"/desk/settings/partners/{address}", **see)
    assert look.wrong == []
