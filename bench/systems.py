"""What is compared: ours on either database, the floor, django-helpdesk; each with what is asked of it."""

import base64
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

from bench.cluster import Cluster, query
from bench.load import Target
from bench.servers import CSRF, HELPDESK_SITE, OURS, ROOT, Server, helpdesk_python, run, serve
from bench.words import bodies

# Granian and Django of the project's own environment serve ours and the floor.
PYTHON = Path(os.environ.get("WEIMIN_VENV", ROOT / ".venv")) / "bin" / "python"
BODIES = 4000
MATTER = (
    '{"text": "$TEXT", "title": "$TITLE", "kind": "road.lamp.out", "place": "990101100001", "channel": "PHONE", '
    '"name": "王桂芳", "phone": "$PHONE"}'
)
TICKET = '{"title": "$TITLE", "text": "$TEXT", "phone": "$PHONE"}'
HELP = (
    '{"queue": QUEUE, "title": "$TITLE", "description": "$TEXT", "submitter_email": "r@example.com", "status": 1, '
    '"priority": 3}'
)
JSON = {"Content-Type": "application/json"}
# A session as signing in makes one, without its second factor: what is measured is the page.
SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from weimin.county.models import Account
account = Account.objects.get(username="lead")
session = SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session.create()
print("SESSION", session.session_key)
"""


@dataclass
class System:
    """One that runs, what it is asked under which name, and where its data lies."""

    name: str
    server: Server
    targets: dict[str, Target]
    url: str = ""
    env: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    seconds_to_fill: float = 0.0


def manage(env: dict[str, str], *words: str, quiet: bool = True) -> str:
    return run([str(PYTHON), str(ROOT / "manage.py"), *words], env, quiet=quiet)


def _written(lines: Iterator[str] | list[str], home: Path, name: str) -> Path:
    path = home / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def grown(home: Path, *, url: str, matters: int, residents: int) -> dict[str, str]:
    """Ours, migrated and grown, unless it was grown so in this home before; the environment to call it with."""
    env = {
        "WEIMIN_HOME": str(home), "DATABASE_URL": url, "WEIMIN_SAMPLE": "0", "WEIMIN_RATE_LIMITS": "0",
        "WEIMIN_COUNTY": "990101",
    }  # fmt: skip
    manage(env, "prepare")
    size, mark = json.dumps({"matters": matters, "residents": residents}), home / "grown.json"
    if not mark.exists():
        manage(env, "grow", "--matters", str(matters), "--residents", str(residents), quiet=False)
        mark.write_text(size)
    if mark.read_text() != size:
        raise SystemExit(f"{home} holds a county of another size: {mark.read_text()}. Give another folder to --keep.")
    return env


@contextmanager
def ours(home: Path, cluster: Cluster | None, *, matters: int, residents: int, name: str = "ours") -> Iterator[System]:
    """With the database of the cluster, or without one on SQLite: one process then, as bin/run starts it."""
    url = ""
    if cluster:
        url = cluster.database("weimin") if (home / "grown.json").exists() else cluster.create("weimin")
    env = grown(home, url=url, matters=matters, residents=residents)
    said = manage(env, "shell", "-c", SESSION)
    session = next(line.split()[1] for line in said.splitlines() if line.startswith("SESSION "))
    if cluster:
        query(url, "VACUUM ANALYZE")
    demo = json.loads((home / "demo.json").read_text())
    numbers = _numbers(env)
    workers = 2 if cluster else 1
    with serve(OURS, PYTHON, env, ready="/health/ready", workers=workers) as server:
        clerk = {"Authorization": f"Bearer {demo['tokens']['TAKE_IN']}"}
        cost = {"pid": server.pid, "database_pid": cluster.pid if cluster else None, "dsn": url}
        api, cookies = f"{server.base}/api/v1/matters", {"Cookie": f"sessionid={session}"}
        file = _written(list(bodies(MATTER, n=BODIES, seed=1)), home, "bodies.txt")
        paths = _written([f"/api/v1/matters/{number}" for number in numbers], home, "paths.txt")
        pages = [f"/api/v1/matters?limit=50{more}" for more in _filters(server.base, clerk)]
        lists = _written(pages, home, "lists.txt")
        targets = {
            "intake": Target(f"{name}-intake", api, "POST", clerk | JSON, bodies=file, key=f"{name}-{uuid4()}", **cost),
            "list": Target(f"{name}-list", f"{api}?limit=50", headers=clerk, **cost),
            "pages": Target(f"{name}-pages", f"{api}?limit=50", headers=clerk, paths=lists, **cost),
            "detail": Target(f"{name}-detail", api, headers=clerk, paths=paths, **cost),
            "counts": Target(f"{name}-counts", f"{server.base}/desk/leader/", headers=cookies, **cost),
            "doing": Target(f"{name}-doing", f"{server.base}/doing/", **cost),
        }
        yield System(name, server, targets, url, env, cookies)


def _numbers(env: dict[str, str]) -> list[str]:
    code = (
        "from weimin.matters.models import Matter\n"
        "n = Matter.objects.count()\n"
        "for at in range(200):\n"
        "    after = Matter.objects.order_by('pk').filter(pk__gt=n * at // 200)\n"
        "    print('NUMBER', after.values_list('number', flat=True)[0])"
    )
    said = manage(env, "shell", "-c", code)
    return [line.split()[1] for line in said.splitlines() if line.startswith("NUMBER ")]


def _filters(base: str, headers: dict[str, str]) -> list[str]:
    """The first page, one far on, and some filters: a list is as quick on each."""
    page, after = "", ""
    for _turn in range(5):
        asked = Request(f"{base}/api/v1/matters?limit=200{after}", headers=headers)
        with urlopen(asked, timeout=300) as answer:
            page = json.loads(answer.read())["next"]
        if not page:
            break
        after = f"&after={page}"
    return ["", after, "&state=HANDLED", "&state=PUBLISHED", "&place=990101100", "&channel=WEB", "&office=SLJ"]


@contextmanager
def floor(cluster: Cluster, home: Path) -> Iterator[System]:
    url = cluster.create("floor")
    env = {"FLOOR_DSN": url}
    run([str(PYTHON), "-m", "bench.floor_app"], env)
    file = _written(list(bodies(TICKET, n=BODIES, seed=1)), home, "floor-bodies.txt")
    with serve("bench.floor_app:application", PYTHON, env, ready="/ready") as server:
        intake = Target(
            "floor-intake", f"{server.base}/tickets", "POST", dict(JSON), bodies=file, pid=server.pid,
            database_pid=cluster.pid, dsn=url,
        )  # fmt: skip
        yield System("floor", server, {"intake": intake}, url, env)


@contextmanager
def helpdesk(cluster: Cluster, home: Path, *, tickets: int) -> Iterator[System]:
    url, python = cluster.create("helpdesk"), helpdesk_python()
    env = {"HELPDESK_DSN": url, "HELPDESK_STATIC": str(home / "helpdesk")}
    print(f"Filling django-helpdesk with {tickets:,} tickets ...", file=sys.stderr)
    made = json.loads(run([str(python), "-m", HELPDESK_SITE, str(tickets)], env).splitlines()[-1])
    file = _written(list(bodies(HELP.replace("QUEUE", str(made["queue"])), n=BODIES, seed=1)), home, "help.txt")
    listed = {"filtering": {}, "filtering_null": {}, "sorting": "created", "sortreverse": True, "search_string": ""}
    words = base64.b64encode(json.dumps(listed).encode()).decode()
    paths = _written([f"/tickets/{1 + made['tickets'] * at // 200}/" for at in range(200)], home, "help-paths.txt")
    with serve(f"{HELPDESK_SITE}:application", python, env, ready="/login/") as server:
        session = {"Cookie": f"sessionid={made['session']}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        cost = {"pid": server.pid, "database_pid": cluster.pid, "dsn": url}
        base = server.base
        targets = {
            "intake": Target("helpdesk-intake", f"{base}/api/tickets/", "POST", session | JSON, bodies=file, **cost),
            "list": Target(
                "helpdesk-list", f"{base}/datatables_ticket_list/{words}?draw=1&start=0&length=50", headers=session,
                **cost,
            ),
            "detail": Target("helpdesk-detail", base, headers=session, paths=paths, **cost),
            "counts": Target("helpdesk-counts", f"{base}/dashboard/", headers=session, **cost),
        }  # fmt: skip
        yield System("helpdesk", server, targets, url, env)


def folder() -> "tempfile.TemporaryDirectory[str]":
    """For bodies, homes and static files; gone at the end."""
    return tempfile.TemporaryDirectory(prefix="weimin-bench-")
