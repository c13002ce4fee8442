"""PostgreSQL's own programs go to the same server as we do, also where two are named."""

import os

from django.conf import settings

from config.environment import Environment, database
from weimin.web.backup.snapshot import _address

TWO = "postgresql://weimin:geheim@/county?host=one,two&port=5432,5433&target_session_attrs=read-write&sslmode=require"


def test_the_one_of_two_that_may_be_written_to(monkeypatch):
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(settings.DATABASES, "default", database(Environment(DATABASE_URL=TWO)))
    own = {name: value for name, value in _address().items() if name.startswith("PG") and name != "PGDATABASE"}
    assert own == {
        "PGHOST": "one,two", "PGPORT": "5432,5433", "PGUSER": "weimin", "PGPASSWORD": "geheim", "PGSSLMODE": "require",
        "PGTARGETSESSIONATTRS": "read-write",
    }  # fmt: skip


def test_two_addresses_reach_the_driver_as_they_are():
    made = database(Environment(DATABASE_URL=TWO))
    assert (made["HOST"], made["PORT"]) == ("", "")
    assert made["OPTIONS"] == {
        "host": "one,two", "port": "5432,5433", "target_session_attrs": "read-write", "sslmode": "require",
    }  # fmt: skip
