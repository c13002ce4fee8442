"""For supervisors and load balancers: is the process alive, and may it be sent people?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from weimin.county.context import UnknownCounty, current_code
from weimin.county.permissions import open_to_all
from weimin.county.sampling import was_astray
from weimin.county.schemas import pending_migrations

_migrated: set[str] = set()  # counties found complete; the files of a running process do not change


@open_to_all
def live(request: HttpRequest) -> HttpResponse:
    return _say("alive")


@open_to_all
def ready(request: HttpRequest) -> HttpResponse:
    code = current_code()
    if was_astray():
        return _say("This process met another county than it chose: mend the pooler, then start it again.", status=503)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = [] if code in _migrated else pending_migrations()
    except (DatabaseError, UnknownCounty) as wrong:
        return _say(f"The database does not answer for county {code}: {wrong}", status=503)
    if waiting:
        return _say(f"{len(waiting)} migrations wait: run bin/weimin county migrate.", status=503)
    _migrated.add(code)
    return _say("ready")


def _say(sentence: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(
        sentence.strip() + "\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
