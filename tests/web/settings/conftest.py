"""Qian Li, who keeps the rules, at the desk at noon. Read before Django's models are: hence the late imports."""

from importlib import import_module

import pytest
from django.conf import settings


@pytest.fixture
def sign_in(cast, client, monkeypatch):
    monkeypatch.setattr("weimin.kernel.clock.now", lambda: import_module("tests.cast").NOON)

    def enter(name):
        session = import_module("tests.browser.people").session_of(cast.officials[name])
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        return client

    return enter


@pytest.fixture
def keeper(sign_in):
    return sign_in("keeper")


@pytest.fixture
def change(keeper):
    """`change(address, limit_0=…)` previews a change and saves exactly that; returns (preview, answer)."""

    def do(address, **words):
        seen = keeper.post(address, {**words, "preview": "1"})
        answer = keeper.post(address, {**words, "save": "1", "seen": seen.context["seen"]})
        return seen, answer

    return do
