"""What the stories share: a moving clock, and people.py, which is read when the models are there."""

from datetime import timedelta
from importlib import import_module

import pytest


@pytest.fixture
def people():
    return import_module("tests.journeys.people")


@pytest.fixture
def passing(monkeypatch, settings):
    """`passing(hours=3)` lets time go by for everybody, and says what time it is then."""
    settings.RATE_LIMITS = False
    moment = [import_module("tests.cast").NOON]
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: moment[0])

    def go(**span):
        moment[0] += timedelta(**span)
        return moment[0]

    return go


@pytest.fixture
def desk(cast, passing, people):
    """`desk("li").act(number, "classify", kind=…)` does it on the page of the act, as a browser would."""
    seats = {}

    def sit_down(name):
        if name not in seats:
            seats[name] = people.Desk(cast.officials[name])
        return seats[name]

    return sit_down


@pytest.fixture
def program(cast, passing, people):
    return lambda name: people.Program(cast, name)


@pytest.fixture
def resident(people):
    return people.Resident
