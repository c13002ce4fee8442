#!/usr/bin/env python3
"""The one command door: `bin/weimin COMMAND [--county CODE]` ends here."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.management import execute_from_command_line

from weimin.county.context import NoCounty, UnknownCounty, use_county


def county_of(arguments: list[str]) -> tuple[str, list[str]]:
    """The county asked for by `--county CODE` (or the settings'), and the arguments without it."""
    rest, code = list(arguments), settings.COUNTY
    for at, word in enumerate(arguments):
        if word == "--county" and at + 1 < len(arguments):
            code = arguments[at + 1]
            del rest[at : at + 2]
        elif word.startswith("--county="):
            code = word.removeprefix("--county=")
            del rest[at]
        else:
            continue
        break
    return code, rest


def main() -> None:
    code, arguments = county_of(sys.argv)
    try:
        with use_county(code):
            execute_from_command_line(arguments)
    except (NoCounty, UnknownCounty) as wrong:
        raise SystemExit(str(wrong)) from None


if __name__ == "__main__":
    main()
