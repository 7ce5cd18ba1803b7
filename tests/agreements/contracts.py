"""An overeenkomst as tests need it, and what a reader sees of its PDF."""

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from agreements.documents import Contract

# In Amsterdam half past ten.
SIGNED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SCHOOLS = [("99QQ", "De Regenboog"), ("99AB", "Het Kompas")]
BODY = """# Artikel 1. Waar het over gaat

{bestuur} ({bestuursnummer}) legt **mandaten** vast voor {aantal_scholen}, *voor elke dienst*.

# Artikel 2. Wat het bestuur doet

1. Het bestuur wijst een OSR-beheerder aan.
2. Het bestuur geeft mandaten:
   - voor leerlingadministratie;
   - voor toetsen.

Op {datum} getekend door {ondertekenaar}, {functie}.
"""


def a_contract(**changes) -> Contract:
    """An overeenkomst that nobody signed yet, but for `changes`."""
    return Contract(
        **{
            "title": "Overeenkomst Onderwijs Serviceregister",
            "kind": "OSR",
            "version": 2,
            "board_name": "Stichting De Regenboog",
            "board_number": "01234",
            "schools": SCHOOLS,
            "body": BODY,
            "annex_service": "Het register zegt of een systeem een mandaat heeft.",
            "annex_categories": ["Naam van de OSR-beheerder", "Zakelijk e-mailadres"],
        }
        | changes
    )


def a_signed_contract(**changes) -> Contract:
    signature = {
        "signatory_name": "Anna de Vries",
        "signatory_function": "Voorzitter college van bestuur",
        "signed_at": SIGNED_AT,
    }
    return a_contract(**signature | changes)


def text_of(pdf: bytes) -> str:
    """All that can be read on its pages, with one space between words."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
