"""A model as one file: a zip of a page of JSON, the grams as lines, and bare arrays. No code is in it or run from it.

`model.json` names the format, its version, and size and digest of every other member; what does not agree is refused.
"""

import hashlib
import json
import os
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from weimin.language.triage.model import Floats, Model, View
from weimin.language.triage.trouble import TriageTrouble
from weimin.language.triage.words import VIEWS

FORMAT, VERSION = "weimin triage model", 1
HEAD = "model.json"
# A model of a hundred thousand messages stays far below; a file that unpacks to more is an attack.
MOST_BYTES = 200_000_000
# Files are the same byte for byte however often they are written.
_BEGINNING = (1980, 1, 1, 0, 0, 0)


def save(model: Model, path: Path) -> None:
    """Write the model beside the path and put it in its place when it is whole."""
    members: dict[str, bytes] = {"offsets.f4": model.offsets.astype("<f4").tobytes()}
    for number, view in enumerate(model.views):
        members[f"{number}.grams"] = "\n".join(view.rows).encode()
        members[f"{number}.rarity.f4"] = view.rarity.astype("<f4").tobytes()
        members[f"{number}.weights.f2"] = view.weights.astype("<f2").tobytes()
    head = {
        "format": FORMAT,
        "version": VERSION,
        "labels": model.labels,
        "views": [view.name for view in model.views],
        "threshold": model.threshold,
        "training": model.training,
        "members": {name: _mark(held) for name, held in members.items()},
    }
    page = json.dumps(head, ensure_ascii=False, indent=1).encode()
    unfinished = path.with_name(path.name + ".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as file:
        for name, held in {HEAD: page, **members}.items():
            file.writestr(zipfile.ZipInfo(name, _BEGINNING), held, zipfile.ZIP_DEFLATED)
    os.replace(unfinished, path)


def load(path: Path) -> Model:
    """The model of the file; TriageTrouble ABSENT, FOREIGN, NEWER or DAMAGED."""
    try:
        held = path.read_bytes()
    except OSError as wrong:
        raise TriageTrouble("ABSENT", path=path, why=wrong.strerror or wrong) from None
    return opened(held, path)


def opened(held: bytes, path: object) -> Model:
    """The model of a file's bytes; `path` is what they are called in a TriageTrouble FOREIGN, NEWER or DAMAGED."""
    try:
        with zipfile.ZipFile(BytesIO(held)) as file:
            head, members = _members(file, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as wrong:
        code = "DAMAGED" if held.startswith(b"PK") else "FOREIGN"
        raise TriageTrouble(code, path=path, what=wrong) from None
    try:
        return _built(head, members)
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise TriageTrouble("DAMAGED", path=path, what=wrong) from None


def _members(file: zipfile.ZipFile, path: object) -> tuple[dict[str, Any], dict[str, bytes]]:
    if sum(one.file_size for one in file.infolist()) > MOST_BYTES or HEAD not in file.namelist():
        raise TriageTrouble("FOREIGN", path=path)
    try:
        head = json.loads(file.read(HEAD))
    except ValueError:
        raise TriageTrouble("FOREIGN", path=path) from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise TriageTrouble("FOREIGN", path=path)
    if head.get("version") != VERSION:
        raise TriageTrouble("NEWER", path=path, version=head.get("version"), ours=VERSION)
    marks = head.get("members")
    if not isinstance(marks, dict) or set(file.namelist()) != {HEAD, *marks}:
        raise TriageTrouble("DAMAGED", path=path, what="members")
    members = {name: file.read(name) for name in marks}
    for name, held in members.items():
        if _mark(held) != marks[name]:
            raise TriageTrouble("DAMAGED", path=path, what=name)
    return head, members


def _built(head: dict[str, Any], members: dict[str, bytes]) -> Model:
    labels, views = head["labels"], []
    for number, name in enumerate(head["views"]):
        if name not in VIEWS:
            raise ValueError(name)
        lines = members[f"{number}.grams"].decode()
        grams = lines.split("\n") if lines else []
        rarity = np.frombuffer(members[f"{number}.rarity.f4"], "<f4")
        weights = np.frombuffer(members[f"{number}.weights.f2"], "<f2").reshape(len(grams), len(labels))
        views.append(View(name, {gram: row for row, gram in enumerate(grams)}, _row(rarity, len(grams)), weights))
    offsets = _row(np.frombuffer(members["offsets.f4"], "<f4"), len(labels))
    return Model(labels, views, offsets, float(head["threshold"]), head["training"])


def _row(numbers: Floats, length: int) -> Floats:
    if len(numbers) != length:
        raise ValueError(f"{len(numbers)} != {length}")
    return numbers


def _mark(held: bytes) -> dict[str, Any]:
    return {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()}
