"""A county with a photo, a waiting message and a sign-in; and empty houses to restore it into."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.contrib.sessions.models import Session
from django.core.management import call_command
from PIL import Image
from psycopg import sql

from tests import harness
from tests.cast import NOON
from weimin.county.actors import RESIDENT
from weimin.matters import journey, uploads
from weimin.matters.states import State
from weimin.web.backup.sealing import Pair, new_pair


@dataclass
class Told:
    """What the county at noon looks like from outside."""

    number: str
    pin: str
    photo: str
    size: int


def a_county(cast, settings, home) -> Told:
    """Committed, because a backup sees what others see."""
    settings.UPLOADS, settings.WEIMIN_HOME = home / "uploads", home
    picture = BytesIO()
    Image.new("RGB", (40, 30), "blue").save(picture, "PNG")
    picture.seek(0)
    photo = uploads.store(picture, name="漏水.png")
    cast.matter(State.ANSWERED)
    receipt = journey.receive_matter(cast.draft(uploads=(photo,)), by=RESIDENT, now=NOON)
    Session.objects.create(session_key="of-li-min", session_data="", expire_date=NOON)
    return Told(receipt.matter.number, receipt.pin, photo.sha256, photo.size)


def a_pair(file: Path) -> tuple[Pair, Path]:
    pair = new_pair()
    file.write_text(f"# not on the server\n{pair.private}\n")
    return pair, file


def back_up(archives: Path, *arguments) -> tuple[Path, str]:
    said = StringIO()
    call_command("backup", str(archives), *arguments, stdout=said)
    return Path(said.getvalue().splitlines()[0]), said.getvalue()


@contextmanager
def empty_house(home: Path) -> Iterator[dict[str, str]]:
    """Its secret is made anew by the first start, as on a new machine."""
    home.mkdir()
    environment = {**os.environ, "WEIMIN_HOME": str(home), "WEIMIN_COUNTY": harness.A}
    given = os.environ["DATABASE_URL"]
    if not given:
        yield environment
        return
    name = sql.Identifier(f"{urlsplit(given).path.lstrip('/')}_new")
    with harness._server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
    yield {**environment, "DATABASE_URL": urlunsplit(urlsplit(given)._replace(path=f"/{name._obj[0]}"))}
    with harness._server() as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def run(environment: dict[str, str], *arguments) -> tuple[int, str]:
    command = [sys.executable, str(harness.ROOT / "manage.py"), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
