"""A letter becomes a matter, or a note on its own; machines and strangers do not get in."""

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOON
from tests.matters.writing import letter, photo
from weimin.county.actors import RESIDENT
from weimin.households.models import Resident
from weimin.matters import journey
from weimin.matters.letters.reading import own_words, read
from weimin.matters.letters.taking import take_letter
from weimin.matters.models import Attachment, Event, Incoming, MailFolder, Matter
from weimin.matters.states import Channel, State
from weimin.notices.carriers.mail import letter_of
from weimin.notices.models import Notice
from weimin.notices.states import Delivery

OURS = {"office@county.example"}
Fate = Incoming.Fate


@pytest.fixture(autouse=True)
def _from(settings, tmp_path):
    settings.MAIL_FROM = "office@county.example"
    settings.UPLOADS = tmp_path


def take(cast, raw):
    return take_letter(read(raw), kind=cast.kinds["ROADS"], ours=OURS, now=NOON)


def by_mail(cast, email="wang@home.example"):
    """Aunt Wang's matter, told to her by e-mail; and the id of the letter we sent."""
    draft = cast.draft(phone="", email=email, reach_by=Resident.Reach.EMAIL)
    matter = journey.receive_matter(draft, by=RESIDENT, now=NOON).matter
    sent = letter_of(Notice.objects.get(about=f"matter:{matter.number}"), NOON)
    return matter, read(sent).message_id


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["gb2312", "gbk", "gb18030", "utf-8", "x-unknown", ""])
def test_chinese_letters_are_read_whatever_they_are_called(named):
    """䶮 is in gb18030 and not in gb2312, as names often are."""
    code = "utf-8" if named == "utf-8" else "gb18030"
    head = f"Content-Type: text/plain; charset={named}\r\n" if named else ""
    raw = (f"From: a@b.example\r\n{head}Content-Transfer-Encoding: 8bit\r\n\r\n").encode()
    assert read(raw + "王䶮家停水".encode(code)).text == "王䶮家停水"


def test_a_subject_is_read_from_encoded_words_and_from_bare_bytes():
    bare = "From: a@b.example\r\nSubject: 停水了怎么办\r\n\r\nx".encode("gb18030")
    worded = b"From: =?gb2312?B?zfW58Le8?= <a@b.example>\r\nSubject: =?gb2312?B?zaPLrg==?=\r\n\r\nx"
    assert (read(bare).subject, read(worded).subject, read(worded).name) == (
        "停水了怎么办", "停水", "王桂芳",
    )  # fmt: skip


def test_a_page_becomes_its_words_and_nothing_else():
    hidden = "<head><title>t</title></head><style>p{}</style><script>alert(1)</script>"
    page = f"{hidden}<p>路灯<b>坏</b>了</p>{hidden}<div>三天 &lt;了&gt;</div>"
    assert read(letter(html=page)).text == "路灯坏了\n三天 <了>"


def test_a_reply_is_read_without_what_it_quotes():
    assert own_words("修好了，谢谢。\n\n------------------ 原始邮件 ------------------\n旧话") == "修好了，谢谢。"
    assert own_words("Thanks.\nOn Tue, 29 Sep 2026, Office wrote:\n> old") == "Thanks."


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\xff" * 50, b"From: <\r\n\r\n", b"Subject: =?x?q?\xff?=\r\n\r\n",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n",
        b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"From: a@b.example\r\nContent-Disposition: attachment; filename*=utf-8''%ff%\r\n\r\nx",
    ],
)  # fmt: skip
def test_broken_letters_are_read_as_far_as_they_go(raw):
    assert read(raw).message_id.startswith("sha256:")


# --- what becomes of it ----------------------------------------------------------------------------------------------


def test_a_letter_becomes_a_matter_of_its_sender(cast):
    taken = take(cast, letter("大湾村村口的路灯坏了三天。", files=[("灯.png", photo(), "image/png")]))
    matter = taken.matter
    assert (taken.fate, matter.state, matter.channel) == (Fate.MATTER, State.RECEIVED, Channel.EMAIL)
    assert (matter.title, matter.text) == ("路灯坏了", "大湾村村口的路灯坏了三天。")
    assert (matter.place, matter.owner) == (cast.places["dawan"], cast.posts["QS-01"])
    assert (matter.resident.name, matter.resident.email) == ("王桂芳", "wang@home.example")
    assert Attachment.objects.get().name == "灯.png"
    told = Notice.objects.get()
    assert (told.channel, told.address) == ("EMAIL", "wang@home.example")


def test_without_a_place_named_it_is_the_countys(cast):
    assert take(cast, letter()).matter.place == cast.places["county"]
    two = take(cast, letter("大湾村和清溪村之间的路坏了", message_id="<two@home.example>"))
    assert two.matter.place == cast.places["county"]


def test_the_same_letter_twice_is_one_matter(cast):
    assert take(cast, letter()).fate == Fate.MATTER
    assert take(cast, letter()) is None
    assert (Matter.objects.count(), Incoming.objects.count()) == (1, 1)


def test_letters_without_an_id_are_known_by_their_bytes(cast):
    take(cast, letter(message_id=""))
    assert take(cast, letter(message_id="")) is None


def test_a_file_that_may_not_be_kept_loses_no_words(cast):
    taken = take(cast, letter(files=[("名单.docx", b"PK\x03\x04nothing", "application/zip")]))
    assert "附件“名单.docx”没有收下" in taken.matter.text
    assert Attachment.objects.count() == 0


def test_a_long_letter_says_that_there_is_more(cast):
    assert take(cast, letter("路" * 5000)).matter.text == "路" * 3800 + "……（来信较长，其余请看原信）"


@pytest.mark.parametrize(
    "marks",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<news.example>"},
        {"Return_Path": "<>"}, {"sender": "MAILER-DAEMON@home.example"}, {"sender": "Office@County.example"},
        {"X_Autoreply": "yes"},
    ],
)  # fmt: skip
def test_what_a_machine_wrote_or_we_ourselves_is_passed_over(cast, marks):
    taken = take(cast, letter(**marks))
    assert (taken.fate, taken.matter, Matter.objects.count(), Notice.objects.count()) == (Fate.IGNORED, None, 0, 0)


def test_our_own_letters_come_back_to_nothing(cast):
    """What we send carries Auto-Submitted, so two counties that write to each other do so once."""
    by_mail(cast)
    sent = letter_of(Notice.objects.get(), NOON).replace(b"office@county.example", b"other@county.example")
    assert take(cast, sent).fate == Fate.IGNORED


# --- threads ---------------------------------------------------------------------------------------------------------


def test_a_reply_to_our_letter_is_a_note_of_the_resident(cast):
    matter, sent = by_mail(cast)
    taken = take(cast, letter("还是没水。\n\n> 旧话", subject="Re: 您好", In_Reply_To=f"<{sent}>"))
    assert (taken.fate, taken.matter) == (Fate.REPLY, matter)
    event = Event.objects.get(matter=matter, act="NOTE")
    assert (event.words, event.by_kind, event.internal) == ("还是没水。", "resident", False)


def test_a_number_in_the_subject_from_the_residents_address_is_a_note(cast):
    matter, _sent = by_mail(cast)
    taken = take(cast, letter("还是没水。", subject=f"关于 {matter.number}"))
    assert (taken.fate, taken.matter) == (Fate.REPLY, matter)


@pytest.mark.parametrize("by", ["number", "reply"])
def test_a_stranger_does_not_get_in_and_the_clerk_is_told(cast, by):
    matter, sent = by_mail(cast)
    how = {"subject": matter.number} if by == "number" else {"In_Reply_To": f"<{sent}>"}
    taken = take(cast, letter("我要撤回", sender="thief@far.example", **how))
    assert taken.fate == Fate.STRANGER
    event = Event.objects.get(matter=matter, act="NOTE")
    assert (event.internal, event.by_kind) == (True, "clock")
    assert event.words == "来信提到这件事，但来信邮箱 thief@far.example 不是反映人留的，请先核实身份：\n我要撤回"
    assert [notice for notice in Notice.objects.all() if notice.address == "thief@far.example"] == []


def test_a_made_up_id_is_no_thread(cast):
    matter, sent = by_mail(cast)
    made_up = sent.replace(sent.split(".")[2].split("@")[0], "0" * 20)
    assert take(cast, letter(In_Reply_To=f"<{made_up}>")).matter != matter


def test_a_number_nobody_has_begins_a_new_matter(cast):
    assert take(cast, letter(subject="QS-2609-000999-9")).fate == Fate.MATTER


def test_a_matter_without_an_address_is_nobodys_by_mail(cast):
    matter = cast.matter()
    assert take(cast, letter(subject=matter.number)).fate == Fate.STRANGER


def test_an_answer_to_a_withdrawn_matter_begins_a_new_one(cast):
    matter, sent = by_mail(cast)
    journey.withdraw_matter(matter, by=RESIDENT, now=NOON)
    taken = take(cast, letter(In_Reply_To=f"<{sent}>"))
    assert (taken.fate, taken.matter != matter) == (Fate.MATTER, True)


def test_a_letter_of_ours_that_came_back_is_told(cast):
    matter, sent = by_mail(cast)
    notice = Notice.objects.get(about=f"matter:{matter.number}")
    Notice.objects.filter(pk=notice.pk).update(state=Delivery.SENT, sent_at=NOON)
    raw = (
        "From: MAILER-DAEMON@home.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{sent}>\r\n--b--\r\n"
    ).encode()
    assert take(cast, raw).fate == Fate.IGNORED
    notice.refresh_from_db()
    assert (notice.state, notice.trouble) == (Delivery.FAILED, "邮件被退回")


# --- what the database refuses ---------------------------------------------------------------------------------------


def test_a_fate_fits_its_matter(cast):
    matter = cast.matter()
    for fate, about in [(Fate.MATTER, None), (Fate.ASIDE, matter)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Incoming.objects.create(message_id=f"{fate}", fate=fate, matter=about, at=NOON)


def test_a_mailbox_is_read_forwards(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        MailFolder.objects.create(name="office/INBOX", validity=1, uid=-1)
