"""Every field of every model bears exactly one privacy word; nothing is public by default."""

import pytest
from django.apps import apps

MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] == "weimin"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_field_has_exactly_one_word(model):
    words = {word: getattr(model.Privacy, word) for word in ("open", "personal", "secret")}
    fields = sorted(field.name for field in [*model._meta.concrete_fields, *model._meta.many_to_many])
    assert sorted(name for names in words.values() for name in names) == fields


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_words_are_the_models_own(model):
    assert "Privacy" in vars(model)
    assert {word for word in vars(model.Privacy) if not word.startswith("_")} == {"open", "personal", "secret"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_what_may_be_guessed_is_not_an_int_that_runs_out(model):
    assert model._meta.pk.get_internal_type() not in {"AutoField", "SmallAutoField"}
