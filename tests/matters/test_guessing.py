"""What a model takes a waiting matter for: the clerk is asked with the best three, and decides."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.cast import NOON
from tests.staff import enter
from weimin.catalogue.models import TriageModel
from weimin.catalogue.queries import model_in_force
from weimin.catalogue.services import put_in_force, withdraw_model
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.language.triage.keeping import save
from weimin.language.triage.training import train
from weimin.language.triage.trouble import TriageTrouble
from weimin.ledger.models import Entry
from weimin.matters.guessing import guess_waiting
from weimin.matters.models import Guess

SAID = {
    "WATER-OUT": ["村里停水两天了", "自来水又停了，做饭没水", "水管不出水，停水没通知"],
    "ROADS-HOLE": ["路上有个大坑", "公路坑洼，车轮陷进坑里", "桥头路面塌了一个坑"],
    "WATER": ["水质发黄有异味", "水质浑浊不敢喝", "水质有铁锈，烧开有沉淀"],
}
WHERE = ["大湾村", "镇上", "学校旁边", "我家门口"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of thirty-six messages about no water, holes and bad water."""
    rows = [(["", f"{where}{text}"], kind) for kind, texts in SAID.items() for text in texts for where in WHERE]
    path = tmp_path_factory.mktemp("models") / "county.triage"
    save(train([text for text, _kind in rows], [kind for _text, kind in rows]), path)
    return path


@pytest.fixture
def in_force(cast, trained):
    return put_in_force(trained.read_bytes(), name="county.triage", by=cast.keeper, now=NOON)


def test_waiting_matters_are_guessed_once_and_settled_ones_never(cast, in_force):
    water, hole = cast.matter(text="三组停水了，水管不出水"), cast.matter(text="桥上有坑")
    cast.matter("CLASSIFIED", text="停水")
    assert (guess_waiting(now=NOON), guess_waiting(now=NOON)) == (2, 0)
    best = {guess.matter_id: guess.kinds[0][0] for guess in Guess.objects.all()}
    assert best == {water.pk: "WATER-OUT", hole.pk: "ROADS-HOLE"}
    assert any("停水" in word for word in water.guess.words)
    assert sum(share for _kind, share in water.guess.kinds) == pytest.approx(1, abs=0.002)


def test_without_a_model_nothing_is_guessed(cast):
    cast.matter(text="停水")
    assert guess_waiting(now=NOON) == 0
    assert not Guess.objects.exists()


def test_the_clerk_sees_three_and_one_button_settles_it(cast, in_force, client, monkeypatch):
    matter = cast.matter(text="三组停水了，水管不出水")
    guess_waiting(now=NOON)
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=1))
    enter(client, cast.hotline.official)
    address = f"/desk/matters/{matter.number}/classify/"
    html = client.get(address).content.decode()
    assert [f'name="kind" value="{code}"' in html for code in SAID] == [True, True, True]
    assert "像是哪一类" in html and "由您决定" in html
    sent = {"version": matter.version, "kind": ["ROADS-HOLE", matter.kind.code], "place": matter.place.code,
            "request": matter.request}  # fmt: skip
    assert client.post(address, sent).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.kind.code) == ("CLASSIFIED", "ROADS-HOLE")


def test_another_model_guesses_anew_and_a_withdrawn_one_is_not_shown(cast, in_force, trained, client, monkeypatch):
    matter = cast.matter(text="三组停水了")
    guess_waiting(now=NOON)
    second = put_in_force(trained.read_bytes(), name="county.triage", by=cast.keeper, now=NOON)
    assert guess_waiting(now=NOON) == 1
    assert Guess.objects.get().model == second
    withdraw_model(second, reason="把停水都认成水质。", by=cast.keeper, now=NOON)
    assert model_in_force() == in_force
    monkeypatch.setattr(clock, "now", lambda: NOON)
    enter(client, cast.hotline.official)
    assert "像是哪一类" not in client.get(f"/desk/matters/{matter.number}/classify/").content.decode()
    assert guess_waiting(now=NOON) == 1
    assert Guess.objects.get().model == in_force


def test_whose_duty_it_is_not_changes_nothing(cast, trained):
    entries = Entry.objects.count()
    with pytest.raises(Refused):
        put_in_force(trained.read_bytes(), name="county.triage", by=cast.sun, now=NOON)
    with pytest.raises(TriageTrouble):
        put_in_force(b"PK\x03\x04 nonsense", name="county.triage", by=cast.keeper, now=NOON)
    assert (TriageModel.objects.count(), Entry.objects.count()) == (0, entries)


def test_a_model_of_other_labels_is_refused_by_name(cast, tmp_path):
    rows = [(["", f"{where}{text}"], kind) for kind, texts in SAID.items() for text in texts for where in WHERE]
    save(train([text for text, _kind in rows], [f"别县-{kind}" for _text, kind in rows]), tmp_path / "other.triage")
    with pytest.raises(Refused, match="别县-ROADS-HOLE、别县-WATER、别县-WATER-OUT"):
        put_in_force((tmp_path / "other.triage").read_bytes(), name="other", by=cast.keeper, now=NOON)


def test_by_command_in_and_out_again(cast, trained, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    post = cast.keeper.posts[0].code
    call_command("triage_promote", model=trained, post=post)
    assert "guesses from now on: 3 kinds" in capsys.readouterr().out
    call_command("triage_promote", withdraw="认错了。", post=post)
    assert "is withdrawn; nothing is guessed." in capsys.readouterr().out
    (tmp_path / "text").write_text("not a model")
    with pytest.raises(CommandError, match="no triage model"):
        call_command("triage_promote", model=tmp_path / "text", post=post)
    with pytest.raises(CommandError, match="No model is in force"):
        call_command("triage_promote", withdraw="x", post=post)
