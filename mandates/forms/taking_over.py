"""The forms that take over mandates: of schools that came from another board (D20), and for a successor."""

from collections.abc import Collection
from uuid import UUID

from django import forms
from django.utils.datastructures import MultiValueDict

from mandates.actions import Succeed, TakeOver
from mandates.forms.problems import Problem


class TakeOverForm(forms.Form):
    """Which mandates: those that are ticked, or the one whose button was pressed."""

    # The value of a button that takes all that can be taken, of one school (its BRIN) or of all of them.
    ALL = "alles"

    def __init__(
        self,
        data: MultiValueDict | None = None,
        *,
        mandates: Collection[tuple[UUID, str]],
        let_end: Collection[UUID] = (),
        **kwargs,
    ) -> None:
        """`mandates` are those that can be taken over, each with the BRIN of its school (or what else names it).

        Who takes all of them does not take those that the board lets end.
        """
        super().__init__(data, **kwargs)
        self.mandates, self.let_end = mandates, let_end
        self.fields["mandaat"] = forms.MultipleChoiceField(
            choices=[(str(uuid), str(uuid)) for uuid, _ in mandates],
            required=False,
            error_messages={"invalid_choice": "Een van de mandaten is niet over te nemen, of al overgenomen."},
        )
        self.fields["alles"] = forms.CharField(required=False)

    def clean(self) -> None:
        if not self.errors and not self.chosen():
            self.add_error("mandaat", "Kies ten minste één mandaat.")

    def intent(self) -> TakeOver:
        """What a valid form asks."""
        return TakeOver(mandates=tuple(self.chosen()))

    def problems(self) -> list[Problem]:
        """What is wrong."""
        return [Problem(error, "#mandaten") for error in self.errors.get("mandaat", ())]

    def chosen(self) -> list[UUID]:
        """The mandates that a form asks for."""
        whole = self.cleaned_data["alles"]
        if whole:
            return [uuid for uuid, brin in self.mandates if whole in (self.ALL, brin) and uuid not in self.let_end]
        ticked = set(self.cleaned_data["mandaat"])
        return [uuid for uuid, _ in self.mandates if str(uuid) in ticked]


class SuccessionForm(TakeOverForm):
    """Which mandates for a service that is replaced are taken over for its successor; chosen in the same way."""

    def __init__(self, *args, service: str, **kwargs) -> None:
        """`service` is the code of the service that is replaced."""
        super().__init__(*args, **kwargs)
        self.service = service

    def intent(self) -> Succeed:
        """What a valid form asks."""
        return Succeed(service=self.service, mandates=tuple(self.chosen()))
