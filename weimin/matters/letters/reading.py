"""A letter as bytes → what a person wrote. Whatever the bytes are, the answer is text or a sentence; nothing else."""

import email
import hashlib
import re
from dataclasses import dataclass
from email.header import Header, decode_header
from email.message import Message
from email.utils import parseaddr
from html.parser import HTMLParser

_GB = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "hz"}  # each is part of the last
_MOST_PARTS = 60
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff]")
_ADDRESS = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9.-]{1,180}")
_IDS = re.compile(r"<([^<>\s]{1,240})>")
_QUOTED_FROM_HERE = re.compile(
    r"^\s*(>.*|-{2,}\s*(原始邮件|原邮件|转发邮件|Original Message).*|On .{5,200} wrote:|在.{5,200}写道[：:])\s*$",
    re.IGNORECASE,
)
_BULK = {"bulk", "junk", "list", "auto_reply"}
_NOBODY = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)


@dataclass(frozen=True)
class File:
    name: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """What a person wrote, decoded; `speaks_of` are the ids of the letters it answers."""

    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    speaks_of: tuple[str, ...]
    files: tuple[File, ...]
    automatic: str  # why no person wrote it; empty for a person's
    bounced: bool = False


def read(raw: bytes) -> Letter:
    """Always an answer: what cannot be decoded is left out, never guessed into something else."""
    message = email.message_from_bytes(raw)
    name, address = parseaddr(_header(message, "From"))
    text, files = _body(message)
    report = message.get_content_type() == "multipart/report"
    return Letter(
        message_id=_first_id(message) or "sha256:" + hashlib.sha256(raw).hexdigest(),
        sender=address.lower() if _ADDRESS.fullmatch(address) else "",
        name=name[:60],
        subject=" ".join(_header(message, "Subject").split()),
        text=text,
        speaks_of=_answers(message, raw if report else b""),
        files=files,
        automatic=_automatic(message, address),
        bounced=report and b"action: failed" in raw.lower(),
    )


def own_words(text: str) -> str:
    """A reply without the letter it quotes beneath."""
    kept = []
    for line in text.splitlines():
        if _QUOTED_FROM_HERE.match(line):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def _automatic(message: Message, address: str) -> str:
    """By the marks that machines set on what they send (RFC 3834 and common use)."""
    said = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if said not in ("", "no"):
        return f"Auto-Submitted: {said}"
    if _header(message, "Precedence").strip().lower() in _BULK:
        return "Precedence"
    for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"):
        if name in message:
            return name
    if message.get_content_type() == "multipart/report":
        return "multipart/report"
    if _header(message, "Return-Path").strip() == "<>":
        return "Return-Path"
    return "From" if _NOBODY.match(address) else ""


def _first_id(message: Message) -> str:
    found = _IDS.search(_header(message, "Message-ID"))
    return found[1] if found else ""


def _answers(message: Message, reported: bytes) -> tuple[str, ...]:
    told = f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}"
    if reported:
        told += " " + " ".join(re.findall(r"(?im)^message-id:\s*(<[^<>\s]+>)", reported.decode("ascii", "replace")))
    return tuple(dict.fromkeys(_IDS.findall(told[-20_000:])))


def _header(message: Message, name: str) -> str:
    value = message.get(name, "")
    try:
        parts = decode_header(value if isinstance(value, Header) else str(value))
    except (ValueError, email.errors.HeaderParseError):
        parts = [(str(value), None)]
    words = "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts)
    return _UNSEEN.sub("", words.replace("\r", " ").replace("\n", " "))


def _decoded(data: bytes, charset: str | None) -> str:
    """As it says; where it says nothing true, as Chinese letters are usually written."""
    named = (charset or "").strip().lower()
    for code in (_GB.get(named, named), "utf-8", "gb18030"):
        try:
            return data.decode(code)
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _body(message: Message) -> tuple[str, tuple[File, ...]]:
    plain, html, files = [], [], []
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            continue
        name, kind = _header_of_file(part), part.get_content_type()
        if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            files.append(File(name or "file", data))
        elif kind == "text/html":
            html.append(_text_of(_decoded(data, part.get_content_charset())))
        else:
            plain.append(_decoded(data, part.get_content_charset()))
    text = "\n\n".join(part for part in plain if part.strip()) or "\n\n".join(html)
    return _tidy(text), tuple(files)


def _header_of_file(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError):
        return "file"
    return _UNSEEN.sub("", "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in decode_header(name)
    ))  # fmt: skip


def _tidy(text: str) -> str:
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


class _Words(HTMLParser):
    """The words of a page: no markup survives, and what is not shown is not read."""

    _BREAKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "table"})
    _HIDDEN = frozenset({"script", "style", "head", "title", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in self._HIDDEN
        if tag in self._BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in self._HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(" ".join(data.split()) if "\n" in data else data)


def _text_of(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.words)
