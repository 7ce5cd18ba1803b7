"""The overeenkomst of a bestuur as a PDF, before and after it was signed, and its privacybijsluiter (A3, A5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from agreements.documents.texts import blocks, fill
from agreements.documents.typesetting import typeset
from services.wording import moment_in_words


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What is in the overeenkomst of a bestuur.

    `kind` is the code of the kind of agreement. `body` and `annex_service` are Markdown (see `texts`); the fields of
    `body` are filled in when the PDF is made. `schools` are pairs of BRIN and name, in the order in which they are
    shown. `signed_at` is None as long as nobody signed; the names may be empty until then.
    """

    title: str
    kind: str
    version: int
    board_name: str
    board_number: str
    schools: Sequence[tuple[str, str]]
    body: str
    annex_service: str
    annex_categories: Sequence[str]
    signatory_name: str = ""
    signatory_function: str = ""
    signed_at: datetime | None = None

    def values(self) -> dict[str, str]:
        """What is filled in for each field of the text (`texts.PLACEHOLDERS`)."""
        return {
            "bestuur": self.board_name,
            "bestuursnummer": self.board_number,
            "aantal_scholen": "1 school" if len(self.schools) == 1 else f"{len(self.schools)} scholen",
            "datum": _day_in_words(self.signed_at) if self.signed_at else "[dag van ondertekening]",
            "ondertekenaar": self.signatory_name or "[naam van de tekenbevoegde]",
            "functie": self.signatory_function or "[functie van de tekenbevoegde]",
        }


def contract_pdf(contract: Contract) -> bytes:
    """The agreement as PDF/UA-1: parties, articles, signature, the schools and the privacybijsluiter.

    The same contract gives the same bytes. Raises `Refused` when a text has characters that cannot be shown.
    """
    signed_at = contract.signed_at
    return typeset(
        {
            "form": "contract",
            "title": _line(contract.title),
            "name": f"{_line(contract.title)} – {_line(contract.board_name)}",
            "edition": _edition(contract.kind, contract.version),
            "footer": f"{_edition(contract.kind, contract.version)}, bestuursnummer {contract.board_number}",
            "board": {"name": _line(contract.board_name), "number": contract.board_number},
            "schools": [{"brin": brin, "name": _line(name)} for brin, name in contract.schools],
            "body": blocks(fill(contract.body, contract.values())),
            "annex": _annex(contract.annex_service, contract.annex_categories),
            "signature": signed_at
            and {
                "name": _line(contract.signatory_name),
                "function": _line(contract.signatory_function),
                "day": _day_in_words(signed_at),
                "moment": moment_in_words(signed_at),
            },
        },
        at=signed_at,
    )


def privacy_annex_pdf(
    *, title: str, kind: str, version: int, annex_service: str, annex_categories: Sequence[str]
) -> bytes:
    """The privacybijsluiter of a version by itself, as PDF/UA-1 (A5); `title` is that of the agreement.

    Raises `Refused` when a text has characters that cannot be shown.
    """
    return typeset(
        {
            "form": "annex",
            "title": "Privacybijsluiter",
            "name": f"Privacybijsluiter bij {_line(title)}",
            "edition": _edition(kind, version),
            "footer": _edition(kind, version),
            "agreement": _line(title),
            "annex": _annex(annex_service, annex_categories),
        }
    )


def _annex(service: str, categories: Sequence[str]) -> dict:
    return {"service": blocks(service), "categories": [_line(category) for category in categories]}


def _edition(kind: str, version: int) -> str:
    return f"{kind}, versie {version}"


def _day_in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def _line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())
