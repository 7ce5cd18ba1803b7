"""Pages of support on which something is tried first: what would come of it is shown, and nothing has happened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from journal.acts import Actor, Refused
from journal.workplace import ActionPage
from mandates.workplace.fields import CatalogueForm


@dataclass(frozen=True)
class Foreseen:
    """What would happen: sentences, and if need be a table of the first rows that it concerns, of `count`."""

    sentences: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    count: int = 0

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return max(self.count - len(self.rows), 0)


class CataloguePage(ActionPage):
    """A page about suppliers, systems or services. The action is tried before a preview is shown, so what stands in
    the way is said before anybody confirms."""

    form_class = CatalogueForm
    template = "admin/services/action.html"

    def form_kwargs(self, row: Any) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"row": row}

    def foresee(self, form: CatalogueForm, row: Any) -> Foreseen | None:
        """What to show before it is confirmed; None when there is nothing to show first."""
        return None

    def preview(self, actor: Actor, form: CatalogueForm, row: Any) -> Foreseen | None:
        """See `ActionPage`."""
        foreseen = self.foresee(form, row)
        if foreseen is not None:
            with _looking_again(form), transaction.atomic():
                self.do(actor, form, row)
                transaction.set_rollback(True)
        return foreseen

    def carry_out(self, request: HttpRequest, actor: Actor, form: CatalogueForm, row: Any) -> str | HttpResponse:
        """See `ActionPage`."""
        with _looking_again(form):
            return self.do(actor, form, row)


class AddingPage(CataloguePage):
    """A page on which something is added: from there one goes on to what was added."""

    def add(self, actor: Actor, form: CatalogueForm, row: Any) -> models.Model:
        """Add it, by an action of the register. Raises `Refused`."""
        raise NotImplementedError

    def added(self, new: Any) -> str:
        """What the notice says."""
        raise NotImplementedError

    def carry_out(self, request: HttpRequest, actor: Actor, form: CatalogueForm, row: Any) -> HttpResponse:
        """See `ActionPage`."""
        new = self.add(actor, form, row)
        messages.success(request, self.added(new))
        return redirect(f"admin:{new._meta.app_label}_{new._meta.model_name}_change", new.pk)


@contextmanager
def _looking_again(form: CatalogueForm) -> Iterator[None]:
    """When the block is refused, the form is from then on about the row as it has become."""
    try:
        yield
    except Refused:
        form.look_again()
        raise
