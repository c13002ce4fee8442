"""Numbers that lead to one person, in folded text: identity cards, bank cards, telephones, accounts of QQ and WeChat.

Identity numbers by GB 11643-1999 (check digit after ISO 7064 MOD 11-2) and the 15 digits used before; bank cards by
ISO/IEC 7812 (Luhn). They are found also with spaces or dashes between the digits, and with digits written 一三八.
"""

import re
from collections.abc import Iterator
from datetime import date

Span = tuple[int, int]

_GAP = r"[ \t\-—–_.·,]?"
_HAN = "零〇洞一幺壹二两贰三叁四肆五伍六陆七柒八捌九玖"
_WRITTEN = str.maketrans(_HAN, "00011122233445566778899")
_ROW = re.compile(f"[{_HAN}]{{7,}}")
_CARD = re.compile(rf"(?<![\da-z])[1-9](?:{_GAP}\d){{16}}{_GAP}[\dx](?![\da-z])")
_OLD_CARD = re.compile(r"(?<![\da-z])[1-9]\d{14}(?![\da-z])")
_OWED = re.compile(r"(?:身份证|证件)[^\d\n]{0,8}$")
_BANK = re.compile(rf"(?<![\da-z])\d(?:{_GAP}\d){{14,18}}(?![\da-z])")
_BANK_WORD = re.compile(r"(?:卡号|账号|帐号|账户|帐户|银行|存折|打款|转账|转帐|汇款|一卡通)[^\n]{0,16}$")
# card beginnings: UnionPay 60 and 62, Visa 4, Mastercard 51-55, JCB 35, American Express 34 and 37, domestic 9
_ISSUERS = re.compile(r"6[02]|4|5[1-5]|3[457]|9[0-9]{2}")
_MOBILE = re.compile(rf"(?<![\d])(?:\+?(?:00)?86[ -]?)?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(
    r"(?<![\d])\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-—–]?[2-8]\d{2}[ \-]?\d{4,5}(?:[ \-—–转]{1,3}\d{1,5})?(?![\d])"
)
_LOCAL = re.compile(
    r"(?:电话|手机|座机|联系方式|致电|拨打|tel)(?:号码?|是|为)?[^\da-z\n]{0,6}([2-8]\d{2,3}[ \-]?\d{4})(?!\d)"
)
_ACCOUNT = re.compile(
    r"(?:qq|扣扣|微信|wechat|weixin|vx|支付宝)(?!群|公众)(?:号码?|账号|帐号|是|为)*[^\da-z\n@一-龥]{0,4}([a-z\d][\w\-]{4,19})",
    re.ASCII,
)
_MAIL = re.compile(r"[a-z\d][\w.+\-]*@[a-z\d\-]+(?:\.[a-z\d\-]+)+", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10x98765432"


def identities(text: str) -> list[Span]:
    """Numbers of 18 signs whose place, birthday and check digit fit – the last may be wrong where 身份证 stands before
    it: people mistype – and of 15 digits with a birthday."""
    plain = _digits(text)
    return [*_cards(plain), *(found.span() for found in _OLD_CARD.finditer(plain) if _born(f"19{found[0][6:12]}"))]


def _cards(text: str) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        number = re.sub(r"[^\dx]", "", found[0])
        if not _born(number[6:14]):
            continue
        if number[17] == _check(number) or _OWED.search(before(text, found.start())):
            yield found.span()


def _check(number: str) -> str:
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False)) % 11]


def _born(day: str) -> bool:
    """Whether yyyymmdd is a day on which one who lives today may have been born."""
    try:
        return 1900 <= date(int(day[:4]), int(day[4:6]), int(day[6:])).year <= 2099
    except ValueError:
        return False


def banks(text: str) -> list[Span]:
    """15 to 19 digits with a right check digit that begin as cards do, or that stand after 卡号, 账号 and the like."""
    plain = _digits(text)
    return [
        found.span()
        for found in _BANK.finditer(plain)
        if (_ISSUERS.match(found[0]) and _luhn(found[0])) or _BANK_WORD.search(before(plain, found.start()))
    ]


def _luhn(written: str) -> bool:
    digits = [int(sign) for sign in reversed(written) if sign.isdigit()]
    return len(digits) >= 15 and (sum(digits[::2]) + sum(sum(divmod(2 * one, 10)) for one in digits[1::2])) % 10 == 0


def phones(text: str) -> list[Span]:
    """Mobile and fixed telephones; numbers of a service (400, 800, 95xxx, 12345) are nobody's own."""
    plain = _digits(text)
    return [
        *(found.span() for found in _MOBILE.finditer(plain)),
        *(found.span() for found in _LANDLINE.finditer(plain)),
        *(found.span(1) for found in _LOCAL.finditer(plain)),
    ]


def accounts(text: str) -> list[Span]:
    return [*(found.span() for found in _MAIL.finditer(text)), *(found.span(1) for found in _ACCOUNT.finditer(text))]


def before(text: str, start: int) -> str:
    """The two dozen signs that stand before it: what makes a number or a word somebody's."""
    return text[max(0, start - 24) : start]


def _digits(text: str) -> str:
    """一三八〇〇… as 13800…, where seven or more stand in a row: shorter ones are words."""
    return _ROW.sub(lambda row: row[0].translate(_WRITTEN), text)
