"""Documents as files to read and to keep."""

import structlog
from django.http import HttpResponse

from agreements.contents import digest_of
from agreements.models import Document

logger = structlog.get_logger(__name__)


def as_pdf(content: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """A PDF with the file name `name`: to keep, or to read in the page when `inline`."""
    disposition = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def intact(document: Document) -> bytes | None:
    """The document as it was signed; None, with a line in the log, when its bytes are not what they were (A3)."""
    content = bytes(document.content)
    if digest_of(content) == document.sha256:
        return content
    logger.error("document.damaged", document=document.pk, sha256=document.sha256, found=digest_of(content))
    return None
