"""Sessions, sealed: a draft that nobody has sent yet holds a name and a telephone."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.utils import timezone

from .sealed import KeyTrouble
from .sealed.sign_ins import is_sealed, open_session, seal_session

# As far as a clock may be wrong; beyond it, who signed in under it signs in anew. To less no draft is lost.
WRONG_BY = timedelta(hours=1)

log = logging.getLogger(__name__)


class SessionStore(PlainStore):
    """Django's, in its own table; what stands there opens under its own key only."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return seal_session(self.serializer().dumps(session_dict), key=str(self.session_key))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Empty, as Django's, where it does not open: whoever it was signs in anew."""
        if isinstance(session_data, bytes) or not is_sealed(session_data):
            return dict(super().decode(session_data))  # of before sessions were sealed
        try:
            return dict(self.serializer().loads(open_session(session_data, key=str(self.session_key))))
        except KeyTrouble as trouble:
            log.warning("a session does not open: %s", trouble)
            return {}

    def _get_session_from_db(self) -> Any:
        """None where it would last longer than one that begins now: it was begun by a clock that was ahead."""
        found = super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
        most = timedelta(seconds=settings.SESSION_COOKIE_AGE) + WRONG_BY
        now = timezone.now()  # noqa: TID251 -- the clock by which Django dates its sessions
        if found is not None and found.expire_date > now + most:
            self._session_key = None
            return None
        return found
