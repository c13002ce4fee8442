"""Citus as it fails, on any database: COMMIT breaks with XX000, kept or not; no constraint is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, InternalError, connection


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
