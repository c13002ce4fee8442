"""The secret of the installation, which signs sign-ins, codes and marks: look, rotate, retire."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from weimin.county.secret_file import Secret, read
from weimin.kernel import clock
from weimin.kernel.refusal import Refused
from weimin.web.queries import hanging_matters, secret_file
from weimin.web.services import retire_secret, rotate_secret

RESTART = (
    "systemctl restart weimin weimin-work, and weimin-celery where it runs "
    "(or docker compose restart, or stop bin/run and start it)"
)


class Command(BaseCommand):
    help = (
        "list: the secrets of this installation, by name. rotate: make a new one; what the old ones signed is still "
        "known. retire NAME: end an old one. For residents' data see data_keys."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["list", "rotate", "retire"])
        parser.add_argument("name", nargs="?", default="", help="for retire: the secret, as list names it")
        parser.add_argument("--at-once", action="store_true", help="for retire: though everybody must sign in anew")
        parser.add_argument("--json", action="store_true", help="for list: print JSON")

    def handle(self, *, act: str, name: str, **options: Any) -> None:
        try:
            {
                "list": lambda: self._list(as_json=options["json"]),
                "rotate": self._rotate,
                "retire": lambda: self._retire(name, at_once=options["at_once"]),
            }[act]()
        except (Refused, OSError, ValueError) as wrong:
            raise CommandError(str(wrong)) from None

    def _list(self, *, as_json: bool) -> None:
        newest, *old = self._there()
        rows = [{"secret": one.id, "made_at": one.made_at or None, "newest": one is newest} for one in (newest, *old)]
        hanging = hanging_matters()
        if as_json:
            self.stdout.write(json.dumps({"secrets": rows, "open_matters_on_old_ones": hanging}))
            return
        for row in rows:
            self.stdout.write(f"{row['secret']}  made {row['made_at'] or '?'}  {'newest' if row['newest'] else 'old'}")
        self.stdout.write(f"{hanging:,} open matters have a PIN that hangs on them.")

    def _there(self) -> list[Secret]:
        try:
            return read(secret_file())
        except Refused:  # given in the environment, without dates
            return [Secret(word) for word in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]

    def _rotate(self) -> None:
        fresh = rotate_secret(now=clock.now())
        self.stdout.write(
            f"Secret {fresh.id} is the newest now, in {secret_file()}. Copy that file to the other machines of this "
            f"installation, then restart everything: {RESTART}. Nobody is signed out. After 12 hours: "
            "bin/weimin secrets retire NAME"
        )

    def _retire(self, name: str, *, at_once: bool) -> None:
        retire_secret(name, at_once=at_once, now=clock.now())
        self.stdout.write(f"Secret {name} is gone from {secret_file()}. Restart everything: {RESTART}.")
