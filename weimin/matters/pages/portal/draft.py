"""A matter being written: kept in the session between pages, so that nothing is lost and no JavaScript is needed."""

import secrets
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind
from weimin.catalogue.queries import kind_by_code
from weimin.county.models import Place
from weimin.county.queries import place_by_code
from weimin.households.models import Resident
from weimin.kernel.refusal import Refused
from weimin.matters.journey import Draft
from weimin.matters.states import Channel, Identity, Request
from weimin.matters.uploads import DRAFT, MOST_FILES, Upload


class SessionDraft:
    """The draft of this session. `key` is sent once with the last page: a second click with it makes nothing new."""

    def __init__(self, request: HttpRequest) -> None:
        self._session = request.session
        self.kept: dict[str, Any] = request.session.get(DRAFT) or {"key": secrets.token_urlsafe(18), "files": []}

    def keep(self, **values: Any) -> None:
        self.kept.update(values)
        self._session[DRAFT] = self.kept

    def forget(self) -> None:
        self._session.pop(DRAFT, None)

    @property
    def key(self) -> str:
        return str(self.kept["key"])

    @property
    def kind(self) -> Kind | None:
        return kind_by_code(self.kept.get("kind", ""))

    @property
    def place(self) -> Place | None:
        return place_by_code(self.kept.get("place", ""))

    @property
    def uploads(self) -> tuple[Upload, ...]:
        return tuple(Upload(**kept) for kept in self.kept["files"])

    def add_files(self, uploads: tuple[Upload, ...]) -> None:
        """Each file once. Refused TOO_MANY_FILES past the limit: nothing is left out in silence."""
        known = {kept["sha256"] for kept in self.kept["files"]}
        fresh = [asdict(upload) for upload in uploads if upload.sha256 not in known]
        if len(known) + len(fresh) > MOST_FILES:
            raise Refused(
                "TOO_MANY_FILES",
                _("连同已收好的，一件事最多 6 个文件。请先去掉几个，其余的可以以后补充。"),
                field="files",
            )
        self.keep(files=self.kept["files"] + fresh)

    def drop_files(self, digests: list[str]) -> None:
        self.keep(files=[kept for kept in self.kept["files"] if kept["sha256"] not in digests])

    def step_missing(self) -> str:
        """The name of the first page that is not filled in; empty when the draft is whole."""
        if not self.kept.get("text"):
            return "matters:file"
        if self.kind is None:
            return "matters:file_kind"
        if self.place is None:
            return "matters:file_where"
        if not self.kept.get("identity"):
            return "matters:file_reach"
        return ""

    def whole(self) -> Draft:
        """As the verb takes it. Only when no step is missing."""
        kept, kind, place = self.kept, self.kind, self.place
        assert kind is not None and place is not None
        return Draft(
            text=kept["text"],
            kind=kind,
            place=place,
            channel=Channel.WEB,
            request=Request(kept["request"]),
            identity=Identity(kept["identity"]),
            address=kept.get("address", ""),
            details=kept.get("details", {}),
            name=kept.get("name", ""),
            phone=kept.get("phone", ""),
            email=kept.get("email", ""),
            contact_address=kept.get("contact_address", ""),
            reach_by=kept.get("reach_by") or Resident.Reach.PHONE,
            language="en" if get_language() == "en" else "zh-hans",
            uploads=self.uploads,
            same_as=kept.get("same_as", ""),
        )
