"""Reading the PDF of an overeenkomst that was signed on paper (A6)."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject
from pyhanko.pdf_utils.reader import PdfFileReader

from journal.acts import Problem, Refused

_MEGABYTE = 1_000_000
# What makes a reader do something, or carries other files, has no place in a signed text.
_ACTIVE_ACTIONS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm")
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"}
# The tags can be very many, and hold nothing that acts.
_NOT_FOLLOWED = {"/StructTreeRoot", "/Parent", "/P"}

_NO_PDF = "Dit bestand is geen PDF of het is beschadigd. Scan de overeenkomst opnieuw en sla haar op als PDF."


def read_uploaded_pdf(upload: UploadedFile) -> bytes:
    """The content of an uploaded PDF of at most `OSR_UPLOAD_MEGABYTES`.

    Raises `Refused` when it is larger (before it is read), when it is no PDF or a damaged one, when it has a password,
    no pages, or anything in it that acts or carries other files.
    """
    limit = settings.OSR_UPLOAD_MEGABYTES * _MEGABYTE
    if upload.size > limit:
        raise _refused(
            "too_large",
            f"Het bestand is {_megabytes(upload.size)} MB. Het mag hoogstens {settings.OSR_UPLOAD_MEGABYTES} MB zijn. "
            "Scan de overeenkomst in zwart-wit of met een lagere kwaliteit.",
        )
    content = upload.read()
    if not content.strip():
        raise _refused("not_a_pdf", "Het bestand is leeg. Kies het bestand met de getekende overeenkomst.")
    # Of a file from outside nothing is certain, not even which error reading it gives.
    try:
        problem = _problem(PdfFileReader(BytesIO(content), strict=False))
    except Exception as error:
        raise _refused("not_a_pdf", _NO_PDF) from error
    if problem:
        raise Refused([problem])
    return content


def _problem(reader: PdfFileReader) -> Problem | None:
    if reader.encrypted:
        return Problem(
            "encrypted",
            "Dit bestand is beveiligd met een wachtwoord. Sla de overeenkomst op zonder wachtwoord en kies haar "
            "opnieuw.",
        )
    if not _has_page(reader):
        return Problem("no_pages", "In dit bestand staan geen bladzijden. Scan de overeenkomst opnieuw.")
    if _is_active(reader.root):
        return Problem(
            "active_content",
            "In dit bestand zit een programma of een ander bestand. Druk de overeenkomst af naar een nieuwe PDF "
            "en kies die.",
        )
    return None


def _has_page(reader: PdfFileReader) -> bool:
    if not reader.root["/Pages"]["/Kids"]:
        return False
    page, _ = reader.find_page_for_modification(0)
    return page.get_object()["/Type"] == "/Page"


def _is_active(root: PdfObject) -> bool:
    seen, waiting = set(), [root]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.reference in seen:
                continue
            seen.add(thing.reference)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            if thing.get("/S") in _ACTIVE_ACTIONS or not _ACTIVE_KEYS.isdisjoint(thing):
                return True
            waiting += [thing.raw_get(key) for key in thing if key not in _NOT_FOLLOWED]
        elif isinstance(thing, ArrayObject):
            waiting += [thing.raw_get(index) for index in range(len(thing))]
    return False


def _megabytes(size: int) -> int:
    return -(-size // _MEGABYTE)


def _refused(kind: str, text: str) -> Refused:
    return Refused([Problem(kind, text)])
