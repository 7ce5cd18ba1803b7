"""Overeenkomsten as documents: from a template's text to a PDF that is sealed and can be verified (A3-A6).

Nothing here knows a table. What goes wrong is told as `Refused`, in Dutch, all at once.
"""

from agreements.documents.contracts import Contract, contract_pdf, privacy_annex_pdf
from agreements.documents.seals import SealCheck, seal, verify
from agreements.documents.texts import OBLIGATORY, PLACEHOLDERS, fill, missing_fields
from agreements.documents.uploads import read_uploaded_pdf

__all__ = [
    "OBLIGATORY",
    "PLACEHOLDERS",
    "Contract",
    "SealCheck",
    "contract_pdf",
    "fill",
    "missing_fields",
    "privacy_annex_pdf",
    "read_uploaded_pdf",
    "seal",
    "verify",
]
