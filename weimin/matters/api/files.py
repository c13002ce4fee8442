"""Files of a matter by REST: added as a form of parts, read one by one through the gate of the desk."""

from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from ninja import File, Form, UploadedFile
from pydantic import Field

from weimin.county.actors import Actor
from weimin.county.permissions import for_programs

from .. import journey, queries, uploads
from ..models import Matter
from ..permissions import matter_for
from . import shapes
from .cursor import LARGEST_KEY
from .door import actor_of, perform_on
from .reading import note_read, router
from .telling import file_out

BYTES = {
    "responses": {
        200: {
            "description": "The file as it is kept: photographs are JPEG, encoded anew.",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.post("/{number}/files", response={201: shapes.FilesAdded}, summary="Add photos, recordings or PDFs, with words")
@for_programs
def add_files(
    request: HttpRequest,
    number: str,
    files: File[list[UploadedFile]],
    beside: Form[shapes.Beside],
) -> HttpResponse:
    """At most six files of 10 MB, judged by content. Right after taking a matter in, or at any later time."""
    matter_for(actor_of(request), number)  # before anything is kept on disk
    given: list[Any] = list(files)
    stored = uploads.store_all([(file, file.name or "") for file in given])

    def verb(matter: Matter, by: Actor, now: datetime) -> Matter:
        return journey.add_note(matter, **beside.model_dump(), uploads=stored, by=by, now=now)

    def told(matter: Matter) -> shapes.FilesAdded:
        digests = [upload.sha256 for upload in stored]
        kept = queries.files_of(matter, internal=True).filter(sha256__in=digests)
        return shapes.FilesAdded(
            number=matter.number,
            version=matter.version,
            files=[shapes.FileOut(**file_out(file)) for file in kept],
        )

    return perform_on(request, number, verb, out=told, status=201)


@router.get("/{number}/files/{pk}", summary="One file", openapi_extra=BYTES)
@for_programs
def one_file(request: HttpRequest, number: str, pk: Annotated[int, Field(ge=1, le=LARGEST_KEY)]) -> FileResponse:
    """Reading it is written down and shown to the resident."""
    actor = actor_of(request)
    with transaction.atomic():
        matter = matter_for(actor, number)
        file = queries.files_of(matter, internal=True).filter(pk=pk).first()
        if file is None or not uploads.path_of(file.sha256).exists():
            raise Http404
        note_read(matter, actor, _t("照片和文件"))
    path = uploads.path_of(file.sha256)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=file.name, content_type=file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
