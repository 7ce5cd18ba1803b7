"""What support fills in about agreements: kinds, texts, offers, what was signed on paper, and an end (A1-A7)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing

from agreements.actions import suggested_signatories
from agreements.documents import OBLIGATORY, PLACEHOLDERS
from agreements.models import Agreement, Kind, Template
from agreements.standings import who_may_sign
from journal.clock import today
from journal.workplace import ReasonForm
from mandates.workplace.fields import CatalogueForm, Day, line
from schools.models import Board

_FIELDS_OF_A_TEXT = "; ".join(f"{{{name}}}: {what}" for name, what in PLACEHOLDERS.items())
_NEEDED = " en ".join(f"{{{name}}}" for name in OBLIGATORY)
# How long a signatory has, if support chooses no other day.
_USUAL_DAYS = 28
_SOMEBODY_ELSE = "anders"
_LONGEST_TEXT = 200_000


def _text(label: str, *, rows: int, help_text: str = "") -> forms.CharField:
    """A text of several lines; the actions say what may not be empty."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=_LONGEST_TEXT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}),
    )


class AddKindForm(ReasonForm):
    code = line("Code", help_text="Letters, cijfers, - en _, bijvoorbeeld OSO.", required="Vul een code in.")
    name = line("Naam", required="Vul een naam in.")
    description = line(
        "Waarvoor is deze overeenkomst?", help_text="Eén of twee zinnen; besturen lezen dit.", longest=500
    )


class TemplateForm(CatalogueForm):
    """A version of the text of a kind, with its privacybijsluiter (A4, A5)."""

    title = line("Titel", required="Geef de overeenkomst een titel.")
    body = _text(
        "De artikelen",
        rows=20,
        help_text=(
            "Koppen beginnen met #, punten met -, genummerde regels met 1. en nadruk staat tussen sterretjes. "
            f"Velden worden per bestuur ingevuld. {_FIELDS_OF_A_TEXT}. Verplicht: {_NEEDED}."
        ),
    )
    changes = _text(
        "Wat verandert er ten opzichte van de vorige versie?", rows=5, help_text="De tekenbevoegde leest dit eerst."
    )
    annex_service = _text("Privacybijsluiter: wat doet de dienst?", rows=5)
    annex_categories = _text(
        "Privacybijsluiter: categorieën persoonsgegevens", rows=6, help_text="Elke categorie op een eigen regel."
    )

    def values_of(self, row: Template) -> dict[str, Any]:
        """See `CatalogueForm`."""
        return {
            "title": row.title,
            "body": row.body,
            "changes": row.changes,
            "annex_service": row.annex_service,
            "annex_categories": "\n".join(row.annex_categories),
        }

    def texts(self) -> dict[str, Any]:
        """What was filled in, as the actions take it."""
        names = ("title", "body", "changes", "annex_service")
        return {name: self.cleaned_data[name] for name in names} | {
            "annex_categories": self.cleaned_data["annex_categories"].splitlines()
        }


class _RespondByForm(ReasonForm):
    respond_by = Day(
        label="Antwoord uiterlijk op",
        help_text="Tot en met deze dag geldt de huidige overeenkomst in elk geval. Er eindigt niets vanzelf.",
        error_messages={"required": "Kies de dag waarop u uiterlijk antwoord wilt."},
    )

    def __init__(self, *args, initial: dict[str, Any] | None = None, **kwargs) -> None:
        usual = {"respond_by": today() + timedelta(days=_USUAL_DAYS)}
        super().__init__(*args, initial=usual | (initial or {}), **kwargs)


class OfferForm(_RespondByForm):
    """To whom an agreement is offered: chosen from who may sign for the board, or typed."""

    signatory = forms.ChoiceField(label="Wie tekent")
    name = line("Naam van iemand anders", help_text="Alleen als u bij ‘Wie tekent’ iemand anders kiest.")
    email = line("E-mailadres van iemand anders", help_text="Meer adressen? Zet er komma’s tussen.")

    def __init__(self, *args, board: Board, kind: Kind | None = None, **kwargs) -> None:
        """`kind` tells whom to suggest: who signed the agreement before."""
        super().__init__(*args, **kwargs)
        self._people = {str(user.pk): (str(user), user.email) for user in who_may_sign(board) if user.email}
        if kind and (suggested := suggested_signatories(board, kind)):
            # The one of before, or all of them together: first in the list.
            person = (suggested.name, suggested.email)
            others = {key: other for key, other in self._people.items() if other != person}
            self._people = {"voorstel": person, **others}
        people = [(key, f"{name} ({email})") for key, (name, email) in self._people.items()]
        other = "Iemand anders: vul hieronder in wie" if people else "Het register kent niemand: vul hieronder in wie"
        self.fields["signatory"].choices = [*people, (_SOMEBODY_ELSE, other)]
        self.order_fields(["kind", "signatory", "name", "email", "respond_by", "reason"])

    def signatory_given(self) -> dict[str, str]:
        """Who was chosen or typed, as the actions take it."""
        name, email = self._people.get(
            self.cleaned_data["signatory"], (self.cleaned_data["name"], self.cleaned_data["email"])
        )
        return {"signatory_name": name, "signatory_email": email}


class _KindField(forms.ModelChoiceField):
    def label_from_instance(self, kind: Kind) -> str:
        """Its code and its name."""
        return f"{kind.code} – {kind.name}"


class OfferToBoardForm(OfferForm):
    """The same for a kind that the board did not ask for itself."""

    kind = _KindField(
        label="Welke overeenkomst",
        queryset=Kind.objects.none(),
        empty_label="– kies –",
        error_messages={
            "required": "Kies welke overeenkomst.",
            "invalid_choice": "Kies een overeenkomst uit de lijst.",
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = (
            Kind.objects.filter(templates__published_on__isnull=False).distinct().order_by("code")
        )


class PaperForm(ReasonForm):
    """What a board signed on paper (A6)."""

    template = forms.ModelChoiceField(
        label="Welke overeenkomst en versie",
        queryset=Template.objects.none(),
        empty_label="– kies –",
        error_messages={
            "required": "Kies welke versie is getekend.",
            "invalid_choice": "Kies een versie uit de lijst.",
        },
    )
    signed_on = Day(
        label="Getekend op",
        help_text="De overeenkomst geldt vanaf deze dag.",
        error_messages={"required": "Vul in op welke dag is getekend."},
    )
    name = line("Naam van wie tekende", required="Vul de naam in van wie heeft getekend.")
    function = line("Functie van wie tekende", required="Vul de functie in van wie heeft getekend.")
    upload = forms.FileField(
        label="De getekende overeenkomst",
        help_text="Een scan als PDF, zonder wachtwoord.",
        error_messages={
            "required": "Kies het bestand met de getekende overeenkomst.",
            "empty": "Het bestand is leeg. Kies het bestand met de getekende overeenkomst.",
        },
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = Template.objects.published()


class _ShowingForm(ReasonForm):
    """A form that is confirmed after a preview: what was shown goes along unseen, signed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    _SALT = "mandates.workplace.agreements"

    def show(self, values: Any) -> None:
        """From now on this is what was shown; `values` are plain ones, as JSON has them."""
        self.data = self.data.copy()
        self.data["seen"] = signing.dumps(values, salt=self._SALT, compress=True)

    def shown(self) -> Any:
        """What was shown; None when nothing was, or not by us."""
        try:
            return signing.loads(self.cleaned_data["seen"], salt=self._SALT)
        except signing.BadSignature:
            return None


class OfferToAllForm(_RespondByForm, _ShowingForm):
    """By when every board is asked to answer (A4)."""


class EndForm(_ShowingForm):
    """The last day of an agreement (A7)."""

    last_day = Day(
        label="Laatste dag",
        help_text="De laatste dag waarop de overeenkomst geldt. Kies gisteren om haar meteen te beëindigen.",
        error_messages={"required": "Kies de laatste dag."},
    )

    def __init__(self, *args, agreement: Agreement, **kwargs) -> None:
        super().__init__(*args, initial={"last_day": agreement.ended_on}, **kwargs)
