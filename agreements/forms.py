"""What people of a board fill in about agreements. What must be there is for the actions to say, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms

from journal.acts import Problem

LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class FieldProblem:
    """A mistake in a form, and the field it is about (`href`; empty when it is about none)."""

    text: str
    href: str = ""


class _Form(forms.Form):
    """A form whose mistakes an action names; `fields_of` says which kind of problem belongs to which field."""

    fields_of: dict[str, str] = {}

    def take(self, problems: Iterable[Problem]) -> list[FieldProblem]:
        """Put each problem that the action named beside its field; returns all, for the summary above the form."""
        told = []
        for problem in problems:
            field = self.fields_of.get(problem.kind)
            if field:
                self.add_error(field, problem.text)
            told.append(FieldProblem(problem.text, f"#{self[field].id_for_label}" if field else ""))
        return told

    def mistakes(self) -> list[FieldProblem]:
        """What the form itself cannot read."""
        return [
            FieldProblem(error, f"#{self[name].id_for_label}")
            for name, errors in self.errors.items()
            for error in errors
        ]


def _text(**options) -> forms.CharField:
    return forms.CharField(required=False, max_length=LONGEST_TEXT, **options)


class SignForm(_Form):
    """Name, function and consent of who signs (A3); `document` is the SHA-256 of the PDF that was shown."""

    fields_of = {
        "name_missing": "naam",
        "function_missing": "functie",
        "too_long": "naam",
        "consent_missing": "akkoord",
    }

    naam = _text()
    functie = _text()
    akkoord = forms.BooleanField(required=False)
    document = forms.CharField(required=False, max_length=64)


class DeclineForm(_Form):
    """Why a signatory does not sign."""

    fields_of = {"reason_missing": "reden"}

    reden = _text(widget=forms.Textarea)


class RequestForm(_Form):
    """What the board wants to say with its request."""

    opmerking = _text(widget=forms.Textarea)
