"""Keys as words that can be copied by hand: Bech32 (BIP 173), in which a slip of one sign is noticed."""

SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK = 6


def encode(prefix: str, data: bytes) -> str:
    """The bytes behind a prefix, in small letters."""
    values = _regroup(list(data), 8, 5, pad=True)
    check = _polymod(_expand(prefix) + values + [0] * _CHECK) ^ 1
    values += [(check >> 5 * (_CHECK - 1 - at)) & 31 for at in range(_CHECK)]
    return prefix + "1" + "".join(SIGNS[value] for value in values)


def decode(prefix: str, word: str) -> bytes:
    """The bytes of a word; ValueError if it has another prefix or was copied wrongly."""
    if word not in (word.lower(), word.upper()):
        raise ValueError("small and capital letters are mixed")
    head, _one, tail = word.strip().lower().rpartition("1")
    if head != prefix or len(tail) < _CHECK or set(tail) - set(SIGNS):
        raise ValueError(f"it does not begin with {prefix}1, or holds a sign that does not belong")
    values = [SIGNS.index(sign) for sign in tail]
    if _polymod(_expand(prefix) + values) != 1:
        raise ValueError("a sign is wrong or missing")
    return bytes(_regroup(values[:-_CHECK], 5, 8, pad=False))


def _expand(prefix: str) -> list[int]:
    return [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, part in enumerate(_GENERATOR):
            check ^= part if (top >> at) & 1 else 0
    return check


def _regroup(values: list[int], size: int, goal: int, *, pad: bool) -> list[int]:
    held = bits = 0
    out = []
    for value in values:
        held, bits = held << size | value, bits + size
        while bits >= goal:
            bits -= goal
            out.append(held >> bits & (1 << goal) - 1)
    if pad and bits:
        out.append(held << goal - bits & (1 << goal) - 1)
    elif not pad and (bits >= size or held & (1 << bits) - 1):
        raise ValueError("it ends in the middle")
    return out
