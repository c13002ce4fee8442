"""The bar: redrawn for people, one line a tenth for logs."""

import io

import pytest

from weimin.kernel.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_into_a_file_one_line_is_written_at_every_tenth():
    stream = io.StringIO()
    with Progress(200, "Importing", stream) as progress:
        for _ in range(200):
            progress.step()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert " 20/200  10% " in lines[0]
    assert " 200/200 100% " in lines[-1]
    assert "\r" not in stream.getvalue()


def test_on_a_terminal_one_line_is_redrawn_and_stays():
    stream = Terminal()
    with Progress(2, "Importing", stream) as progress:
        progress.step()
        progress.step()
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith("left\033[K\n")
    assert "2/2 100%" in stream.getvalue()


def test_after_a_failure_it_still_says_how_far_we_came():
    stream = Terminal()

    def failing() -> None:
        with Progress(4, "Importing", stream) as progress:
            progress.step()
            raise LookupError("row 2")

    with pytest.raises(LookupError):
        failing()
    assert "1/4  25%" in stream.getvalue().splitlines()[-1]


@pytest.mark.parametrize("total", [0, 3])
def test_nothing_to_do_and_more_than_told_do_no_harm(total):
    stream = io.StringIO()
    with Progress(total, "Importing", stream) as progress:
        progress.step(5)
    assert stream.getvalue().count("\n") == 1
