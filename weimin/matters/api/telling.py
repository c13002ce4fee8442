"""What REST v1 tells of a matter, its clock, its files and its timeline; shapes.py describes the same for programs."""

from typing import Any

from weimin.catalogue.queries import kinds_by_key, urgencies_by_key
from weimin.county.queries import offices_by_key, posts_by_key

from ..clocks import why_this_date
from ..lines import data_in, words_in
from ..models import Attachment, Event, Matter

# The columns that `matter_out` reads; lists fetch no others.
TOLD = (
    "number", "version", "state", "request", "channel", "kind_id", "urgency_id", "place_code", "title", "received_at",
    "changed_at", "answered_at", "closed_at", "clock_due_at", "owner_id", "lead_id", "returns", "reopened",
    "merged_into__number",
)  # fmt: skip


def matter_out(matter: Matter) -> dict[str, Any]:
    return {
        "number": matter.number,
        "version": matter.version,
        "state": matter.state,
        "state_name": matter.get_state_display(),
        "request": matter.request,
        "channel": matter.channel,
        "kind": kinds_by_key.row(matter.kind_id).code,
        "urgency": urgencies_by_key.row(matter.urgency_id).code,
        "place": matter.place_code,
        "title": matter.title,
        "received_at": matter.received_at,
        "changed_at": matter.changed_at,
        "answered_at": matter.answered_at,
        "closed_at": matter.closed_at,
        "due_at": matter.clock_due_at,
        "owner": posts_by_key.row(matter.owner_id).code if matter.owner_id else None,
        "lead": offices_by_key.row(matter.lead_id).code if matter.lead_id else None,
        "returns": matter.returns,
        "reopened": matter.reopened,
        "merged_into": matter.merged_into.number if matter.merged_into else None,
    }


def clock_out(matter: Matter) -> dict[str, Any] | None:
    if not matter.clock:
        return None
    return {
        "clock": matter.clock,
        "started_at": matter.clock_started_at,
        "limit": matter.clock_limit,
        "extension": matter.clock_extension,
        "due_at": matter.clock_due_at,
        "provisional": matter.clock_provisional,
        "explanation": {"zh": why_this_date(matter, "zh-hans"), "en": why_this_date(matter, "en")},
    }


def file_out(file: Attachment) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "sha256": file.sha256,
        "by": file.by_kind,
        "at": file.at,
        "internal": file.event is not None and file.event.internal,
    }


def event_out(event: Event) -> dict[str, Any]:
    return {
        "act": event.act,
        "at": event.at,
        "by": event.by_kind,
        "post": posts_by_key.row(event.post_id).code if event.post_id else None,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "words": words_in(event),
        "data": data_in(event),
        "internal": event.internal,
    }
