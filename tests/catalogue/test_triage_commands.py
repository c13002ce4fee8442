"""The triage commands: from a table of labelled messages to guesses and figures, without a county's tables."""

import csv
import gzip
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.language.test_triage import MESSAGES

COLUMNS = ["编号", "题", "文", "类"]
TEXT = "题,文"


def table(path, rows):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8-sig", newline="") as file:
        written = csv.writer(file)
        written.writerow(COLUMNS)
        written.writerows(rows)
    return path


@pytest.fixture
def model(tmp_path):
    rows = [(number, title, f"{rest}\n谢谢", label) for number, ((title, rest), label) in enumerate(MESSAGES)]
    data = table(tmp_path / "labelled.csv.gz", [*rows, (99, "没有分类", "", "")])
    out = tmp_path / "county.triage"
    told = StringIO()
    call_command("triage_train", data=data, text=TEXT, label="类", group="编号", out=out, stdout=told)
    assert "3 labels" in told.getvalue() and "'messages': 60" in told.getvalue()
    return out


def predicted(model, data, **more):
    out = data.with_suffix(".jsonl")
    call_command("triage_predict", model=model, data=data, text=TEXT, out=out, **more)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_line_for_each_message(model, tmp_path):
    data = table(
        tmp_path / "new.csv",
        [("甲", "路灯坏了", "路灯\n不亮", ""), ("乙", "", "", ""), ("丙", "停水" * 300_000, "", "")],
    )
    lines = predicted(model, data, id="编号")
    assert [line["id"] for line in lines] == ["甲", "乙", "丙"]
    assert [lines[0]["label"], lines[1]["auto"], lines[2]["label"]] == ["路灯", False, "供水"]
    assert set(lines[0]) == {"id", "label", "confidence", "top", "auto"}
    assert lines[0]["top"][0] == [lines[0]["label"], lines[0]["confidence"]]
    assert [line["id"] for line in predicted(model, data)] == ["1", "2", "3"]


def test_figures_as_json_and_as_words(model, tmp_path):
    data = table(
        tmp_path / "unseen.csv", [(1, "路灯坏了", "", "路灯"), (2, "停水", "自来水", "供水"), (3, "停水", "", "工资")]
    )
    told = {}
    for as_json in (True, False):
        out = StringIO()
        call_command("triage_evaluate", model=model, data=data, text=TEXT, label="类", json=as_json, stdout=out)
        told[as_json] = out.getvalue()
    found = json.loads(told[True])
    assert found["accuracy"]["value"] == pytest.approx(2 / 3)
    assert found["classes"]["路灯"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 1}
    assert "accuracy           0.6667 ± 0.2722" in told[False]


def refused(command, **options):
    with pytest.raises(CommandError) as wrong:
        call_command(command, **options)
    assert wrong.value.returncode == 2
    return str(wrong.value)


def test_what_is_wrong_with_a_table_is_said_in_both_languages(tmp_path):
    options = {"text": TEXT, "label": "类", "out": tmp_path / "out"}
    data = table(tmp_path / "few.csv", [(1, "路灯", "", "路灯")])
    assert "only 1 labelled" in refused("triage_train", data=data, **options)
    assert "没有这些列：类型" in refused("triage_train", data=data, **options | {"label": "类型"})
    assert "cannot be read" in refused("triage_train", data=tmp_path / "none.csv", **options)
    data.write_bytes("题,文,类\n路灯,坏了,路灯\n".encode("gb18030"))
    assert "UTF-8" in refused("triage_train", data=data, **options)
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"words" * 1000)[:20])
    assert "不是完整的 CSV 表格" in refused("triage_train", data=tmp_path / "cut.csv.gz", **options)
    assert not (tmp_path / "out").exists()


def test_what_is_wrong_with_a_model_is_said(model, tmp_path):
    data = table(tmp_path / "none.csv", [])
    assert "not one message" in refused("triage_evaluate", model=model, data=data, text=TEXT, label="类")
    assert "no triage model" in refused("triage_evaluate", model=data, data=data, text=TEXT, label="类")
    out = tmp_path / "no" / "folder"
    assert "No such file" in refused("triage_predict", model=model, data=data, text=TEXT, out=out)


@pytest.mark.data
def test_real_messages_left_out_of_training(tmp_path):
    """Trained on four fifths of the public messages, whole groups left out; the floors are the figures of
    docs/triage.md less two standard errors of one fifth."""
    csv.field_size_limit(10**8)
    with gzip.open(Path(os.environ["WEIMIN_DATA"]) / "messages" / "labelled.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["is_representative"] == "1"]
    groups = sorted({row["dup_group"] for row in rows})
    unseen = set(groups[::5])
    columns = ["dup_group", "留言主题", "留言详情", "一级标签"]
    parts = [
        table(
            tmp_path / name,
            [[row[column] for column in columns] for row in rows if (row["dup_group"] in unseen) is left],
        )
        for name, left in (("train.csv.gz", False), ("unseen.csv.gz", True))
    ]
    model, told = tmp_path / "county.triage", StringIO()
    call_command("triage_train", data=parts[0], text=TEXT, label="类", group="编号", out=model, stdout=StringIO())
    call_command("triage_evaluate", model=model, data=parts[1], text=TEXT, label="类", json=True, stdout=told)
    found = json.loads(told.getvalue())
    assert found["macro_f1"]["value"] >= 0.917 - 0.015
    assert found["calibration_error"]["value"] <= 0.03 + 0.005
    assert found["auto"]["accuracy"]["value"] >= 0.97 - 0.01
    assert found["auto"]["coverage"]["value"] >= 0.79 - 0.03
    assert model.stat().st_size <= 20_000_000
