"""The keys with which residents' data are sealed: look, rotate, seal anew, retire."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.actors import IMPORT
from weimin.county.sealed import resealing
from weimin.county.sealed.files import path_of, ring
from weimin.county.sealed.ring import KeyTrouble
from weimin.county.services import retire_data_key, rotate_data_key
from weimin.kernel import clock
from weimin.kernel.chosen import current_code
from weimin.kernel.progress import Progress
from weimin.kernel.refusal import Refused


class Command(BaseCommand):
    help = (
        "list: the keys of one county (--county CODE) and the rows that need each. rotate: make a new one; the old "
        "ones still open. reseal: seal every row with the newest. retire KEY: end an old one that no row needs."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["list", "rotate", "reseal", "retire"])
        parser.add_argument("key", nargs="?", default="", help="for retire: the key, as list names it")
        parser.add_argument("--json", action="store_true", help="for list: print JSON")

    def handle(self, *, act: str, key: str, **options: Any) -> None:
        try:
            {
                "list": lambda: self._list(as_json=options["json"]),
                "rotate": self._rotate,
                "reseal": self._reseal,
                "retire": lambda: self._retire(key),
            }[act]()
        except (KeyTrouble, Refused, OSError) as wrong:
            raise CommandError(str(wrong)) from None

    def _list(self, *, as_json: bool) -> None:
        keys = {key.id: key for key in ring().keys}
        rows = [
            {
                "key": key_id,
                "made_at": keys[key_id].made_at if key_id in keys else None,
                "newest": key_id == ring().newest.id,
                "here": key_id in keys,
                "rows": count,
            }
            for key_id, count in resealing.count_by_key()
        ]
        if as_json:
            self.stdout.write(
                json.dumps({"county": current_code(), "file": str(path_of(current_code())), "keys": rows})
            )
            return
        for row in rows:
            word = "newest" if row["newest"] else "old" if row["here"] else "MISSING: its rows cannot be opened"
            self.stdout.write(f"{row['key']}  made {row['made_at'] or '?'}  {row['rows']:,} rows  {word}")

    def _rotate(self) -> None:
        key = rotate_data_key(by=IMPORT, now=clock.now())
        self.stdout.write(
            f"Key {key.id} is the newest now, in {path_of(current_code())}. Copy that file to where you keep the keys. "
            "Then: bin/weimin data_keys reseal"
        )

    def _reseal(self) -> None:
        newest = ring().newest
        with Progress(resealing.count_behind(), "Sealing anew") as progress:
            done = resealing.reseal(progress.step)
        old = [key.id for key in ring().keys if key.id != newest.id]
        self.stdout.write(f"{done:,} rows were sealed anew; all are sealed with {newest.id}.")
        for key_id in old:
            self.stdout.write(f"No row needs {key_id} any more: bin/weimin data_keys retire {key_id}")

    def _retire(self, key_id: str) -> None:
        retire_data_key(key_id, by=IMPORT, now=clock.now())
        self.stdout.write(f"Key {key_id} is gone from this machine. Backups taken before still need it, and hold it.")
