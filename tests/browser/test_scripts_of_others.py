"""Words that would run in a browser (R16): ten of them in every free text, on every page that shows one, in Chromium.

Nothing runs, and nothing is stopped by the content policy alone: where a word became part of a page, the browser would
complain of it, and `at` lets no complaint pass. Counts stand in docs/reliability.md.
"""

import pytest

from tests.cast import LONG_AGO, NOON, REPLY
from tests.catalogue.knowing import keep as keep_article
from weimin.catalogue.models import AnswerTemplate, Article, Kind, Service, TimeRule, Urgency
from weimin.county.actors import IMPORT, RESIDENT
from weimin.county.models import Holding, Leave, Office, Official, Place, Post
from weimin.county.services import issue_token
from weimin.county.shared.models import CountyEntry
from weimin.kernel.kept import forget_all
from weimin.matters import journey, numbering
from weimin.matters.models import Matter, SavedView
from weimin.matters.states import Grade, Resolved, State

PIN = "123456"
PAYLOADS = [
    "<script>hurt(0)</script>", "<img src=x onerror=hurt(1)>", '"><svg onload=hurt(2)>', "';hurt(3);'",
    "javascript:hurt(4)", "</textarea><script>hurt(5)</script>", "{{constructor.constructor('hurt(6)')()}}",
    "<a href=javascript:hurt(7)>x</a>", "</title><script>hurt(8)</script>",
    "<iframe srcdoc='<script>parent.hurt(9)</script>'>",
]  # fmt: skip
ALL = " ".join(PAYLOADS)
WATCH = "window.hurts = []; window.hurt = (n) => window.hurts.push(n); window.alert = window.hurt;"
# Elements that only our own templates may make: a word of somebody would show here even if it did not run.
FOREIGN = """() => [...document.querySelectorAll('script, iframe, svg[onload], img[onerror], a, form')].filter((one) =>
    (one.tagName == 'SCRIPT' && !one.src && !one.nonce && one.type != 'application/json') || one.tagName == 'IFRAME'
    || one.hasAttribute('onload') || one.hasAttribute('onerror')
    || /^\\s*(javascript|data):/i.test(one.getAttribute('href') || one.getAttribute('action') || ''))
    .map((one) => one.outerHTML)"""


def rename(model, *fields):
    """Row by row another of the ten, in every name that a page can show."""
    for at, row in enumerate(model.objects.order_by("pk")):
        model.objects.filter(pk=row.pk).update(**{
            field: PAYLOADS[(at + n) % 10][: model._meta.get_field(field).max_length] for n, field in enumerate(fields)
        })  # fmt: skip


def hostile(cast):
    """Everything that anybody may write, written by somebody who means harm. Told by the verbs, where there is one."""
    handled = []
    for at, short in enumerate(PAYLOADS):
        who = {} if at == 1 else {"name": short, "address": short[:60]}  # published: who it was is asked away first
        matter = cast.matter(State.HANDLED, text=f"{short} {ALL}", **who)
        journey.add_note(matter, words=ALL, by=RESIDENT, now=NOON)
        journey.contact_resident(
            matter, at=NOON, channel="PHONE", outcome="REACHED", words=PAYLOADS[at - 1], by=cast.sun, now=NOON
        )
        Matter.objects.filter(pk=matter.pk).update_by_verb(
            pin_digest=numbering.pin_digest(matter.number, PIN), title=short
        )
        handled.append(matter)
    shown = {field: ALL[:290] for field in ("facts", "reasons", "rule", "appeal_route", "promise")}
    answered, published = handled[0], handled[1]
    for matter in (answered, published):
        reply = journey.Reply(**{**vars(REPLY), **shown, "promise_due_on": NOON.date()})
        journey.answer_matter(matter, reply=reply, by=cast.sun, now=NOON)
    journey.rate_matter(published, grade=Grade.SATISFIED, resolved=Resolved.YES, words=ALL[:290], by=RESIDENT, now=NOON)
    journey.publish_matter(published, title=PAYLOADS[0], asked=ALL, done=ALL, by=cast.publisher, now=NOON)
    article = keep_article(cast)
    words = dict.fromkeys(("answer_zh", "answer_en"), ALL) | dict.fromkeys(("title_zh", "title_en"), PAYLOADS[1])
    Article.objects.filter(pk=article.pk).update(code="WATER-OUT", **words)
    told = ("name_zh", "name_en", "theme_zh", "theme_en", "basis", "fee_zh", "fee_en", "where_zh", "where_en",
            "hours_zh", "hours_en", "phone", "complain_zh", "complain_en", "remedy_zh", "remedy_en")  # fmt: skip
    service = {name: PAYLOADS[2][: Service._meta.get_field(name).max_length] for name in told}
    Service.objects.create(
        code="WATER-NEW", type="PUBLIC", office=cast.offices["WATER"], visits=0, valid_from=LONG_AGO,
        legal_amount=5, legal_unit="W", promised_amount=3, promised_unit="W", **service,
    )  # fmt: skip
    AnswerTemplate.objects.create(kind=cast.kinds["WATER"], name_zh=PAYLOADS[3], facts=ALL, reasons=ALL, rule=ALL[:290])
    SavedView.objects.create(official=cast.officials["li"], name=PAYLOADS[4][:40], query='queue=all"><script>hurt(9)')
    Leave.objects.create(official=cast.officials["sun"], from_on="2026-11-02", to_on="2026-11-03")
    issue_token(name=PAYLOADS[5], use="OPEN311", post=None, duties=[], by=IMPORT, now=NOON)
    for model in (Kind, Urgency, TimeRule, Office, Place, Post, Official):
        rename(model, "name_zh", "name_en")
    CountyEntry.objects.update(name_zh=PAYLOADS[0], name_en=PAYLOADS[1], phone=PAYLOADS[2][:20])
    forget_all()
    assert Holding.objects.exists()
    return handled


def pages(handled):
    """Who opens what."""
    one, board, last = handled[0].number, handled[1].number, handled[-1].number
    desk, settings = "/desk/matters/", "/desk/settings/"
    acts = [f"{desk}{last}/{act}/" for act in ("answer", "note", "contact", "return", "pause", "ask-help")]
    return {
        None: ["/", "/doing/", "/doing/WATER/", "/board/", f"/board/{board}/", "/board/map/", "/services/",
               "/services/WATER-NEW/", "/knowledge/", "/knowledge/WATER-OUT/", "/api/v1/docs", "/file/", "/follow/",
               f"/board/?q={PAYLOADS[1]}", f"/knowledge/?q={PAYLOADS[2]}", f"/follow/?number={PAYLOADS[2]}"],
        "sun": ["/desk/", f"{desk}?queue=office", *(f"{desk}{matter.number}/" for matter in handled), *acts],
        "hotline": [f"{desk}?queue=all", f"{desk}?queue=all&q={PAYLOADS[2]}", f"{desk}new/", f"{desk}{one}/"],
        "leader": ["/desk/", "/desk/leader/", f"{desk}hand-over/"],
        "keeper": ["/desk/", "/desk/knowledge/", *(f"{settings}{name}/" for name in (
            "kinds", "rules", "urgencies", "routes", "templates", "posts", "officials", "offices", "keys", "calendar",
            "kinds/WATER-OUT", "posts/WATER-02", "offices/WATER", "rules/RETURN"))],
    }  # fmt: skip


def shut(page, path):
    """What of somebody else's ran, or became part of the page."""
    answer = page.goto(path, wait_until="load")
    assert answer.status == 200, (path, answer.status)
    return page.evaluate("window.hurts"), page.evaluate(FOREIGN)


# the words are the same in either language; on PostgreSQL they are asked in the county's own
@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.sqlite)])
def test_nothing_of_anybody_runs_on_any_page(county, at, language):
    handled, seen, wrong = hostile(county), 0, []
    for who, paths in pages(handled).items():
        page = at(1280, as_=who, language=language)
        page.add_init_script(WATCH)
        for path in paths:
            found = shut(page, path)
            wrong += [(path, found)] if any(found) else []
            seen += 1
    page = at(360, language=language)
    page.add_init_script(WATCH)
    for matter in handled[:3]:
        page.goto("/follow/")
        page.fill("[name=number]", matter.number)
        page.fill("[name=pin]", PIN)
        page.press("[name=pin]", "Enter")
        page.wait_for_url(f"**/my/{matter.number}/")
        for part in ("", "receipt/", "add/"):
            found = shut(page, f"/my/{matter.number}/{part}")
            wrong += [(part, found)] if any(found) else []
            seen += 1
    assert wrong == []
    assert seen == 66


def test_the_watch_sees_what_runs(chromium):
    """The control: where nothing escapes and no policy stands, these words run and are seen."""
    page = chromium.new_page()
    page.add_init_script(WATCH)
    page.goto("about:blank")
    page.set_content(f"<p>{ALL}</p>")
    page.wait_for_function("window.hurts.length >= 4")
    assert {0, 1, 2} < set(page.evaluate("window.hurts"))
    assert len(page.evaluate(FOREIGN)) == 4
    page.close()
