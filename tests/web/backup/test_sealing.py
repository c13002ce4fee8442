"""What is sealed opens with the one key, and any change is noticed – by us, and as other age programs write it."""

import io

import pytest

from weimin.web.backup import bech32
from weimin.web.backup.broken import Broken
from weimin.web.backup.sealing import PIECE, Opening, Sealing, new_pair, private_in, public_of

# Written by this code and opened with another program of the format (pyrage 1.4.0): the form does not drift unseen.
PRIVATE = "AGE-SECRET-KEY-1VPYDXLUQ7NQMYRZLFANX0E6N0G635A7MWXZG527P6YJXWLUXA4AQRDF9UN"
PUBLIC = "age143ses77su5xu296875hgpg695uwawxf69kzr89vmln5x8ks6eekqvtem2j"
SEALED = bytes.fromhex(
    "6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392071726c446b54434272587230663343586453"
    "7a454b356a2f7a685069796a352f4933724a624c2f6e4556300a5178525769554b436630674667307966577036496a727939"
    "34694d3736474d343757784b5759715751396f0a2d2d2d205a75736b6c396c6b485548634e6c534a74516d6f616479325246"
    "4a6a77623262454b526a4b71626f4354410aad0a2e71933fd5dfc68d913f14ebd41defa3cd4def49ffd36120c2954139e2da"
    "71a331581d902a6ef65b4a83660f08"
)


def sealed(data, pair):
    out = io.BytesIO()
    sealing = Sealing(out, public=public_of(pair.public))
    sealing.write(data)
    sealing.close()
    return out.getvalue()


def opened(data, private):
    return io.BufferedReader(Opening(io.BytesIO(data), private=private_in(private))).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 300_000])
def test_what_was_sealed_comes_back(size):
    pair, data = new_pair(), bytes(range(251)) * (size // 251 + 1)
    assert opened(sealed(data[:size], pair), pair.private) == data[:size]


def test_the_form_is_that_of_the_age_programs():
    assert opened(SEALED, PRIVATE) == "为人民服务".encode()
    assert bech32.decode("age", PUBLIC) == public_of(PUBLIC)


def test_every_byte_counts():
    pair = new_pair()
    whole = sealed("为人民服务".encode(), pair)
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1
        with pytest.raises(Broken):
            opened(bytes(changed), pair.private)


def test_a_piece_taken_out_or_cut_off_is_noticed():
    pair = new_pair()
    whole = sealed(bytes(3 * PIECE), pair)
    head, step = len(whole) - 3 * (PIECE + 16), PIECE + 16
    for changed in (
        whole[: head + 2 * step],  # the last piece is gone
        whole[:head] + whole[head + step :],  # the first
        whole[:head] + whole[head + step : head + 2 * step] + whole[head : head + step] + whole[head + 2 * step :],
        whole[:-1],
        whole[:40],
    ):
        with pytest.raises(Broken):
            opened(changed, pair.private)


def test_another_key_opens_nothing():
    whole = sealed(b"x", new_pair())
    with pytest.raises(Broken, match="This private key does not open the archive"):
        opened(whole, new_pair().private)


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("", "does not begin with age1"),
        ("age1Qq", "mixed"),
        (PRIVATE, "does not begin with age1"),
        (PUBLIC[:-1] + "b", "a sign that does not belong"),
        (PUBLIC[:20] + PUBLIC[21:], "wrong or missing"),
    ],
)
def test_a_key_copied_wrongly_is_noticed(word, what):
    with pytest.raises(ValueError, match=what):
        public_of(word)


def test_a_file_without_a_key_is_told():
    with pytest.raises(Broken, match="holds no private key"):
        private_in("# nothing here\n")
