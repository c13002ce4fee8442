"""What REST v1 tells of a matter, its clock, its files and its timeline; shapes.py describes the same for programs."""

from typing import Any

from ..clocks import why_this_date
from ..models import Attachment, Event, Matter


def matter_out(matter: Matter) -> dict[str, Any]:
    return {
        "number": matter.number,
        "version": matter.version,
        "state": matter.state,
        "state_name": matter.get_state_display(),
        "request": matter.request,
        "channel": matter.channel,
        "kind": matter.kind.code,
        "urgency": matter.urgency.code,
        "place": matter.place_code,
        "title": matter.title,
        "received_at": matter.received_at,
        "changed_at": matter.changed_at,
        "answered_at": matter.answered_at,
        "closed_at": matter.closed_at,
        "due_at": matter.clock_due_at,
        "owner": matter.owner.code if matter.owner else None,
        "lead": matter.lead.code if matter.lead else None,
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
        "post": event.post.code if event.post else None,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "words": event.words,
        "data": event.data,
        "internal": event.internal,
    }
