"""Copies of what is read at every request."""

import pytest

from weimin.kernel import kept
from weimin.kernel.chosen import current
from weimin.kernel.kept import Kept, KeptRows


def counting():
    asked = []

    def read():
        asked.append(current.get())
        return len(asked)

    return asked, read


def test_it_reads_once_and_anew_when_the_time_is_over(monkeypatch):
    asked, read = counting()
    one, moment = Kept(read, seconds=5), [0.0]
    monkeypatch.setattr(kept, "monotonic", lambda: moment[0])
    assert [one(), one()] == [1, 1]
    moment[0] = 5.0
    assert one() == 1
    moment[0] = 5.1
    assert (one(), len(asked)) == (2, 2)


def test_while_one_reads_anew_nobody_waits_and_nobody_reads_too(monkeypatch):
    moment, told = [0.0], []

    def read():
        told.append(one() if told else None)  # somebody else asks in the middle of the second reading
        return len(told)

    one = Kept(read, seconds=5)
    monkeypatch.setattr(kept, "monotonic", lambda: moment[0])
    one()
    moment[0] = 6.0
    assert (one(), one(), told) == (2, 2, [None, 1])


def test_each_county_has_its_own_copy():
    asked, read = counting()
    one = Kept(read, seconds=5)
    for schema in ("county_990101", "county_990102", "county_990101"):
        token = current.set(schema)
        one()
        current.reset(token)
    assert asked == ["county_990101", "county_990102"]


def test_what_is_forgotten_is_read_again():
    (_asked, read), (_more, read_more) = counting(), counting()
    one, other = Kept(read, seconds=5), Kept(read_more, seconds=5)
    assert (one(), other()) == (1, 1)
    one.forget()
    assert (one(), other()) == (2, 1)
    kept.forget_all()
    assert (one(), other()) == (3, 2)


def test_a_row_that_is_not_there_yet_is_read_with_all_the_others():
    rows, asked = {1: "one"}, []

    def read():
        asked.append(len(rows))
        return dict(rows)

    kept_rows = KeptRows(read, seconds=5)
    assert (kept_rows.row(1), kept_rows.row(1), asked) == ("one", "one", [1])
    rows[2] = "two"
    assert (kept_rows.row(2), asked) == ("two", [1, 2])
    with pytest.raises(KeyError):
        kept_rows.row(3)
