"""Every state can be reached by verbs, and what stands there is whole."""

import pytest

from weimin.ledger.models import Entry
from weimin.matters.models import Event
from weimin.matters.states import CLOSED_STATES, State

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State.values)
def test_a_matter_reaches_every_state_with_one_entry_an_act(cast, state):
    before = Entry.objects.count()
    matter = cast.bring(state)
    matter.refresh_from_db()
    assert matter.state == state
    assert (matter.owner is None) == (state in CLOSED_STATES) == (matter.clock == "")
    assert Entry.objects.count() - before == Event.objects.count()
