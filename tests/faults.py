"""What databases and disks do when they fail: COMMIT that breaks as on Citus, keys without a name, no room left."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import IntegrityError, InternalError, OperationalError, connection


@contextmanager
def commit_breaks(*, kept: bool) -> Iterator[None]:
    """The first COMMIT inside fails, once; what was done is kept all the same, or not."""
    real = connection._commit

    def broken() -> None:
        connection._commit = real
        if kept:
            real()
        raise InternalError("XX000: the connection to a worker was lost")

    connection._commit = broken
    try:
        yield
    finally:
        connection._commit = real


@contextmanager
def nameless_keys() -> Iterator[None]:
    """A violated constraint is told without its name."""

    def hide(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        try:
            return execute(sql, params, many, context)
        except IntegrityError:
            raise IntegrityError("a constraint was violated") from None

    with connection.execute_wrapper(hide):
        yield


@contextmanager
def database_full() -> Iterator[None]:
    """Whatever writes is told by this database, in its own word, that no room is left."""

    def refuse(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not any(word in str(sql) for word in ("INSERT INTO ", "UPDATE ")):
            return execute(sql, params, many, context)
        raise OperationalError("no room") from _full()

    with connection.execute_wrapper(refuse):
        yield


def _full() -> Exception:
    if connection.vendor == "postgresql":
        return psycopg.errors.DiskFull("could not extend file")
    told = sqlite3.OperationalError("database or disk is full")
    told.sqlite_errorcode = sqlite3.SQLITE_FULL
    return told


def no_space(*_args: Any) -> None:
    """In the place of a call that writes to the disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
