"""What a message is about, learnt from made-up ones: exact where words decide, refused where nothing is to learn."""

import json
import time
import zipfile

import numpy as np
import pytest

from weimin.language.triage.keeping import load, save
from weimin.language.triage.likeness import joined, near
from weimin.language.triage.model import Guess
from weimin.language.triage.scores import calibration_error, covered, scores
from weimin.language.triage.spoken import spans
from weimin.language.triage.training import train
from weimin.language.triage.trouble import TriageTrouble
from weimin.language.triage.words import SIGNS_READ, normal, two_parts

PLACES = ["柳河村", "东街", "双河镇", "南门桥", "石桥村", "北山路", "新华街", "青松岭", "西湖里", "大王庄"]
ABOUT = {
    "路灯": [("{}的路灯不亮", "晚上{}一片漆黑，路灯坏了没人修。"), ("路灯坏了", "{}好几盏路灯都不亮，请来维修。")],
    "供水": [("{}停水", "{}的自来水停了两天，水管没有水。"), ("自来水发黄", "{}家里的自来水又黄又浑，水压也小。")],
    "工资": [("{}工地拖欠工资", "老板拖欠{}民工的工资，半年不发。"), ("讨要工资", "在{}干活，工资一直拖欠不给。")],
}
MESSAGES = [
    ((title.format(place), rest.format(place)), label)
    for label, said in ABOUT.items()
    for place in PLACES
    for title, rest in said
]
TEXTS, LABELS = [text for text, _label in MESSAGES], [label for _text, label in MESSAGES]


@pytest.fixture(scope="module")
def model():
    return train(TEXTS, LABELS)


@pytest.fixture
def kept(model, tmp_path):
    path = tmp_path / "triage.zip"
    save(model, path)
    return path


@pytest.mark.parametrize(
    ("title", "rest", "label"),
    [
        ("小区门口路灯坏了", "走夜路很黑", "路灯"),
        ("停水三天", "自来水什么时候来", "供水"),
        ("要工资", "老板拖欠我们的工资", "工资"),
        ("路燈壞了", "", "路灯"),
        ("", "自来水又黄又浑", "供水"),
    ],
)
def test_words_decide(model, title, rest, label):
    assert model.guess((title, rest)).label == label


def test_a_guess_says_how_sure_it_is_and_what_else_it_might_be(model):
    guess = model.guess(("路灯不亮", "请来维修路灯"))
    assert guess.top[0][0] == guess.label == "路灯"
    assert guess.confidence == guess.top[0][1] > 0.5
    assert sum(share for _label, share in guess.top) == pytest.approx(1)


def test_the_words_that_spoke_for_it(model):
    assert any("路灯" in words for words in model.spoke_for(("柳河村路灯坏了", "请来看看"), "路灯"))
    assert any("工资" in words for words in model.spoke_for(("拖欠工资", "路过东街"), "工资"))


def test_stretches_are_read_whole_and_weightiest_first():
    assert spans("晚上路灯坏了，水", {"路灯": 1.0, "灯坏": 1.0, "水": 1.8, "晚": -3.0}, 5) == ["水", "灯"]
    assert spans("晚上路灯坏了", {"路灯": 1.0, "坏": 0.1}, 5) == ["路灯"]
    assert spans("晚上", {"晚": -1.0}, 5) == []


@pytest.mark.parametrize("text", ["", "   \n", "😀🚰", "ກະລຸນາ", "Ω≈ç", "\ud800", "\x00"])
def test_text_without_known_words_gets_a_guess_and_is_left_to_a_person(model, text):
    guess = model.guess((text, text))
    assert guess.label in LABELS
    assert guess.auto is False


def test_a_million_signs_are_read_as_far_as_a_long_letter(model):
    begun = time.process_time()
    guess = model.guess(("路灯", "路灯坏了。" * 200_000))
    assert guess.label == "路灯"
    assert time.process_time() - begun < 0.5
    assert len(normal("\u3000" * 1_000_000 + "ﷺ" * 1_000_000)) == SIGNS_READ


def test_texts_are_compared_in_one_way_of_writing():
    assert two_parts(("Ａ３区路燈", " 第一\n\n行 ", "第二")) == ("地 路灯", "第一 行 第二")
    assert two_parts(()) == ("", "")


# --- what cannot be learnt ------------------------------------------------------------------------------------------


def test_twenty_messages_are_the_least():
    with pytest.raises(TriageTrouble) as refused:
        train(TEXTS[:19], LABELS[:19])
    assert refused.value.code == "TOO_FEW"
    assert refused.value.words("zh") == "只有 19 条已分类的留言，至少要 20 条才能训练。"


def test_one_class_is_nothing_to_tell_apart():
    with pytest.raises(TriageTrouble, match="路灯"):
        train(TEXTS[:20], ["路灯"] * 20)


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(TriageTrouble, match="60, 60, 1"):
        train(TEXTS, LABELS, ["one"])


def test_messages_without_words_teach_nothing():
    with pytest.raises(TriageTrouble) as refused:
        train([("", "")] * 20, ["路灯", "供水"] * 10)
    assert refused.value.code == "NO_WORDS"


def test_where_nothing_could_be_measured_nothing_is_auto():
    """All messages are one group, so none can be judged by the others."""
    learnt = train(TEXTS, LABELS, ["same"] * len(TEXTS))
    assert learnt.guess(("路灯坏了", "路灯")).label == "路灯"
    assert not learnt.guess(("路灯坏了", "路灯")).auto


def test_two_labels_are_enough():
    learnt = train(TEXTS[:40], LABELS[:40])
    assert [learnt.guess((text, "")).label for text in ("路灯坏了", "停水")] == ["路灯", "供水"]


def test_messages_without_titles_are_learned_and_kept(tmp_path):
    texts = [["", f"{where}{what}"] for what in ("停水两天了", "路上有坑") for where in "甲乙丙丁戊己庚辛壬癸子丑"]
    made = train(texts, ["水"] * 12 + ["路"] * 12)
    save(made, tmp_path / "county.triage")
    assert load(tmp_path / "county.triage").guess(["", "又停水两天"]) == made.guess(["", "又停水两天"])
    assert made.guess(["", "又停水两天"]).label == "水"


def test_near_duplicates_are_one_group():
    long = "柳河村东头的路灯从上个月开始就一直不亮，老人晚上出门很不方便，请尽快派人维修。"
    assert near([long, "别的事情，说的是自来水停了两天", long + "谢谢！", long.replace("柳河", "石桥")]) == [0, 1, 0, 0]
    assert near(["", "a", ""]) == [0, 1, 0]
    assert joined([0, 1, 2, 3], ["a", "b", "b", "c"]) == [0, 1, 1, 3]
    assert joined([0, 1, 1, 3], ["a", "b", "c", "b"]) == [0, 1, 1, 1]
    assert joined([0, 0, 2], None) == [0, 0, 2]


# --- the file -------------------------------------------------------------------------------------------------------


def test_a_kept_model_guesses_the_same(model, kept):
    again = load(kept)
    for text in TEXTS:
        assert again.guess(text) == model.guess(text)
    assert again.training == model.training


def test_the_same_messages_make_the_same_bytes(model, kept, tmp_path):
    save(train(TEXTS, LABELS), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == kept.read_bytes()


def trouble(path):
    with pytest.raises(TriageTrouble) as refused:
        load(path)
    assert str(path) in refused.value.words("zh") and str(path) in refused.value.words("en")
    return refused.value.code


def test_no_file_and_foreign_files(tmp_path):
    assert trouble(tmp_path / "none.zip") == "ABSENT"
    for held in (b"", b"words", b"\x80\x04]."):
        (tmp_path / "foreign").write_bytes(held)
        assert trouble(tmp_path / "foreign") == "FOREIGN"
    for page in ("[]", "{", '{"format": "other"}'):
        with zipfile.ZipFile(tmp_path / "foreign", "w") as file:
            file.writestr("model.json", page)
        assert trouble(tmp_path / "foreign") == "FOREIGN"
    with zipfile.ZipFile(tmp_path / "foreign", "w") as file:
        file.writestr("other", "")
    assert trouble(tmp_path / "foreign") == "FOREIGN"


def rewritten(path, change):
    """The same zip with its members changed."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    head = json.loads(members["model.json"])
    change(head, members)
    with zipfile.ZipFile(path, "w") as file:
        for name, held in (members | {"model.json": json.dumps(head)}).items():
            file.writestr(name, held)
    return path


def test_another_version_is_told_from_damage(kept):
    assert trouble(rewritten(kept, lambda head, _members: head.update(version=2))) == "NEWER"


@pytest.mark.parametrize(
    "change",
    [
        lambda head, members: members.update({"0.weights.f2": members["0.weights.f2"][:-2] + b"\x00\x01"}),
        lambda head, members: members.pop("0.rarity.f4"),
        lambda head, members: members.update(more=b""),
        lambda head, members: head.update(members=None),
        lambda head, members: head.update(labels=["路灯"]),
        lambda head, members: head.update(views=["smell"]),
        lambda head, members: head.update(threshold="much"),
        lambda head, members: head.pop("training"),
    ],
)
def test_damage_is_seen(kept, change):
    assert trouble(rewritten(kept, change)) == "DAMAGED"


def told_by(path):
    """The guess of the kept model, or why there is none."""
    try:
        return load(path).guess(TEXTS[0]).top[0]
    except TriageTrouble as refused:
        return refused.code


def test_every_lost_or_turned_byte_is_seen_or_harmless(model, kept):
    """A guess from a damaged file is either refused or the same."""
    held, right = kept.read_bytes(), model.guess(TEXTS[0]).top[0]
    for at in range(0, len(held), len(held) // 60):
        for damaged in (held[:at], held[:at] + bytes([held[at] ^ 0x55]) + held[at + 1 :]):
            kept.write_bytes(damaged)
            assert told_by(kept) in {"DAMAGED", "FOREIGN", right}


# --- figures --------------------------------------------------------------------------------------------------------


def test_figures_are_counted():
    told = [
        Guess(label, sure, [], auto) for label, sure, auto in [("a", 0.9, True), ("a", 0.8, True), ("b", 0.6, False)]
    ]
    found = scores([*told, Guess("b", 0.55, [], False)], ["a", "b", "b", "b"])
    assert found["accuracy"] == {"value": 0.75, "error": pytest.approx(0.2165, abs=1e-4)}
    assert found["classes"]["a"] == {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "support": 1}
    assert found["macro_f1"]["value"] == pytest.approx((2 / 3 + 0.8) / 2)
    assert found["macro_f1"]["error"] > 0
    assert found["auto"]["coverage"]["value"] == 0.5
    assert found["auto"]["accuracy"]["value"] == 0.5
    assert found["coverage_at"] == {"0.95": 0.25, "0.97": 0.25, "0.99": 0.25}


def test_calibration_is_the_distance_from_what_was_promised():
    assert calibration_error(np.array([0.9, 0.9, 0.5]), np.array([True, False, True])) == pytest.approx(1.3 / 3)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0
    assert covered(np.array([0.9, 0.8, 0.7]), np.array([False, True, True]), 0.99) == 0


def test_without_auto_there_is_no_share_of_it():
    assert scores([Guess("a", 0.9, [], False)], ["a"])["auto"]["accuracy"] == {"value": None, "error": None}
