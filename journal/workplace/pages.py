"""Pages on which support does one thing: a form, if need be a preview, and one action of the register (D4, D14).

Who may do what comes from `request.support`, the account of the person (`accounts.middleware`).
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from journal import once
from journal.acts import Actor, Refused

if TYPE_CHECKING:
    from journal.workplace.rows import RowAdmin


def support_page(view: Callable) -> Callable:
    """A page of the workplace that everyone of support may see, readers too.

    Who is not signed in signs in first; who is signed in as somebody else is refused (403), or goes on to what is still
    to be set up (`osr.workplace`).
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not request.support:
            return admin.site.login(request)
        return admin.site.admin_view(view)(request, *args, **kwargs)

    return guarded


class ReasonForm(forms.Form):
    """A form of support; the reason is kept in the history, and the bestuur that it concerns sees it (D4)."""

    reason = forms.CharField(
        label="Reden",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Waarom u dit doet. Dit staat in de geschiedenis; het bestuur ziet het ook.",
        error_messages={"required": "Vul in waarom u dit doet."},
    )

    # The reason is asked last, whatever else a form asks.
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


class ActionPage:
    """A page on which support does one thing with one row (or, with `on_row` false, one thing of a whole list).

    A subclass names itself and says in `do` which action it carries out. When `preview` gives something, the form is
    answered with it first and nothing is done yet; the form comes back with it, hidden, to be confirmed.
    """

    name: str  # in the address
    title: str
    button: str = "Opslaan"
    explanation: str = ""
    form_class: type[ReasonForm] = ReasonForm
    template = "admin/action.html"
    on_row = True
    leads_only = False
    # What is said to who sends the form a second time: a double click, or a reload.
    done_already = "Dit was al gedaan. Er is niets dubbel veranderd."

    def is_offered(self, row: Any) -> bool:
        """Whether this makes sense for the row as it is."""
        return True

    def form_kwargs(self, row: Any) -> dict[str, Any]:
        """What the form needs besides the fields that were sent."""
        return {}

    def preview(self, actor: Actor, form: forms.Form, row: Any) -> Any:
        """What would happen, for the template to show; None when there is nothing to show first."""
        return None

    def do(self, actor: Actor, form: forms.Form, row: Any) -> str:
        """Do it, by an action of the register; returns the notice. Raises `Refused`."""
        raise NotImplementedError

    def carry_out(self, request: HttpRequest, actor: Actor, form: forms.Form, row: Any) -> str | HttpResponse:
        """`do`, for a page that must know the session as well, or that answers with more than a notice."""
        return self.do(actor, form, row)

    def board_number(self, row: Any) -> str | None:
        """The board on whose behalf support does this, if any."""
        return None

    def destination(self, admin_of: "RowAdmin", row: Any) -> str:
        """Where support goes afterwards: the row, or its list."""
        return admin_of.address_of(row) if row else admin_of.address_of_list()

    def context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the template shows besides the form."""
        return {}

    def may(self, request: HttpRequest) -> bool:
        """Whether this person may do it."""
        return bool(request.support) and (request.support.leads if self.leads_only else request.support.may_change)

    def answer(self, request: HttpRequest, admin_of: "RowAdmin", row: Any) -> HttpResponse:
        """The page: the form, the preview, or what came of it."""
        if not self.may(request):
            raise PermissionDenied
        if request.method == "POST" and once.is_done(request):
            return self._done_already(request, admin_of, row)
        if request.method != "POST":
            if row is not None and not self.is_offered(row):
                messages.info(request, f"‘{self.title}’ kan hier nu niet. Hieronder ziet u hoe het ervoor staat.")
                return redirect(admin_of.address_of(row))
            return self._show(request, admin_of, row, self.form_class(**self.form_kwargs(row)))
        form = self.form_class(request.POST, request.FILES, **self.form_kwargs(row))
        if not form.is_valid():
            return self._show(request, admin_of, row, form)
        actor = request.support.actor(reason=form.cleaned_data["reason"], board_number=self.board_number(row))
        try:
            if "confirmed" not in request.POST:
                preview = self.preview(actor, form, row)
                if preview is not None:
                    return self._show(request, admin_of, row, form, preview)
            done = self.carry_out(request, actor, form, row)
        except Refused as refused:
            # The first of two clicks may just have done it, in another process.
            if once.is_done_meanwhile(request):
                return self._done_already(request, admin_of, row)
            for problem in refused.problems:
                form.add_error(None, problem.text)
            return self._show(request, admin_of, row, form)
        once.remember(request)
        if isinstance(done, HttpResponse):
            return done
        messages.success(request, done)
        return redirect(self.destination(admin_of, row))

    def _done_already(self, request: HttpRequest, admin_of: "RowAdmin", row: Any) -> HttpResponse:
        once.say_done_already(request, self.done_already)
        return redirect(self.destination(admin_of, row))

    def _show(
        self, request: HttpRequest, admin_of: "RowAdmin", row: Any, form: forms.Form, preview: Any = None
    ) -> HttpResponse:
        return TemplateResponse(
            request,
            self.template,
            {
                **admin_of.admin_site.each_context(request),
                "title": self.title,
                "page": self,
                "form": form,
                "preview": preview,
                "key": request.POST.get(once.FIELD) or once.new_key(),
                "row": row,
                "opts": admin_of.model._meta,
                "back": admin_of.address_of(row) if row else admin_of.address_of_list(),
                "media": admin_of.media + form.media,
                **self.context(request, row),
            },
            status=422 if form.errors else 200,
        )
