"""The server divides into workers only after the house is built, and shares no connection with them."""

import gc
import subprocess
import sys

from config import serve


def test_what_is_built_before_the_division_asks_the_database_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        serve.build()
    assert gc.get_freeze_count() > 100_000
    gc.unfreeze()
    assert serve.built("config.wsgi:application") is serve.application


def test_no_worker_holds_a_library_it_does_not_need():
    """What is imported before the division stands in memory as long as the server runs."""
    heavy = ("celery", "duckdb", "ibis", "kombu", "numpy", "pandas", "pyarrow", "pypinyin", "pyspark", "scipy")
    found = "import sys; from config import serve; serve.build(); print(*sorted({*sys.modules} & {*sys.argv[1:]}))"
    said = subprocess.run(
        [sys.executable, "-c", found, *heavy], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    assert said == "\n"
