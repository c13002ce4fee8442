"""Naming files that already lie on disk."""

from datetime import datetime

from weimin.county.actors import Actor

from ..models import Attachment, Matter
from ..uploads import Upload


def attach(matter: Matter, *, uploads: tuple[Upload, ...], event_id: int, by: Actor, now: datetime) -> None:
    """Rows for files that already lie on disk, fsynced: the caller stored them before it opened the transaction."""
    if not uploads:
        return
    Attachment.objects.bulk_create(
        [
            Attachment(
                matter=matter,
                event_id=event_id,
                sha256=upload.sha256,
                media_type=upload.media_type,
                size=upload.size,
                width=upload.width,
                height=upload.height,
                name=upload.name,
                by_kind=by.kind,
                at=now,
            )
            for upload in uploads
        ],
        ignore_conflicts=True,  # the same photo sent twice is one photo
    )
