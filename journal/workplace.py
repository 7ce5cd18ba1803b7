"""The workplace of Kennisnet support: what the admin of every app is made of.

Lists and details are Django's admin, and only show. Changing is done on pages of its own, one per thing that support
can intend: a form, if need be a preview, and one action of the register, with a reason (D4, D14). So the admin knows no
other way to change a row than everybody else, and nothing in it can be deleted.

Who may do what comes from `request.support`, the account of the person (`accounts.middleware`).
"""

import secrets
from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from journal.acts import Actor, Refused

# Each form that is shown has a key of its own; the session remembers those that were carried out.
_KEY = "sleutel"
_DONE = "gedaan"
_MOST_REMEMBERED = 20


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
        if request.method != "POST":
            return self._show(request, admin_of, row, self.form_class(**self.form_kwargs(row)))
        form = self.form_class(request.POST, request.FILES, **self.form_kwargs(row))
        if not form.is_valid():
            return self._show(request, admin_of, row, form)
        if _is_done(request):
            return self._done_already(request, admin_of, row)
        actor = request.support.actor(reason=form.cleaned_data["reason"], board_number=self.board_number(row))
        try:
            if "confirmed" not in request.POST:
                preview = self.preview(actor, form, row)
                if preview is not None:
                    return self._show(request, admin_of, row, form, preview)
            done = self.carry_out(request, actor, form, row)
        except Refused as refused:
            # The first of two clicks may just have done it, in another process.
            request.session = type(request.session)(request.session.session_key)
            if _is_done(request):
                return self._done_already(request, admin_of, row)
            for problem in refused.problems:
                form.add_error(None, problem.text)
            return self._show(request, admin_of, row, form)
        _remember(request)
        if isinstance(done, HttpResponse):
            return done
        messages.success(request, done)
        return redirect(self.destination(admin_of, row))

    def _done_already(self, request: HttpRequest, admin_of: "RowAdmin", row: Any) -> HttpResponse:
        messages.info(request, self.done_already)
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
                "key": request.POST.get(_KEY) or secrets.token_urlsafe(12),
                "row": row,
                "opts": admin_of.model._meta,
                "back": admin_of.address_of(row) if row else admin_of.address_of_list(),
                "media": admin_of.media + form.media,
                **self.context(request, row),
            },
            status=422 if form.errors else 200,
        )


def _is_done(request: HttpRequest) -> bool:
    return request.POST.get(_KEY, "") in request.session.get(_DONE, ())


def _remember(request: HttpRequest) -> None:
    """That the form with this key was carried out, so that a second click on its button does nothing."""
    if key := request.POST.get(_KEY):
        request.session[_DONE] = [*request.session.get(_DONE, ()), key][-_MOST_REMEMBERED:]
        request.session.save()


class RowAdmin(admin.ModelAdmin):
    """A table of the register in the workplace: it can be searched, filtered and read; changing is for its pages."""

    pages: tuple[ActionPage, ...] = ()
    list_per_page = 25
    show_full_result_count = True
    actions = None
    view_on_site = False
    change_form_template = "admin/row.html"
    change_list_template = "admin/rows.html"

    def address_of(self, row: models.Model) -> str:
        """Where the row is shown."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])

    def address_of_list(self) -> str:
        """Where all rows are shown."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everyone of support may look."""
        return bool(request.support)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Everyone of support may look."""
        return bool(request.support)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not here: on the pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here: on the pages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted (D14)."""
        return False

    def story(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page of a row shows besides its fields (`admin/row.html`, or a template of its own)."""
        return {}

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        """The row, with the pages on which something can be done with it."""
        row = self.get_object(request, object_id)
        extra = {"pages": self._offered(request, row), "row": row, **(self.story(request, row) if row else {})}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        """The list, with the pages that are about no row in particular."""
        extra = {"pages": self._offered(request, None), "title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """Those of the admin, and of the pages: before it, because it takes any text for a key."""
        meta = self.model._meta
        return [
            path(
                f"<path:object_id>/{page.name}/" if page.on_row else f"{page.name}/",
                self.admin_site.admin_view(self._view_of(page)),
                name=f"{meta.app_label}_{meta.model_name}_{page.name}",
            )
            for page in self.pages
        ] + super().get_urls()

    def history_view(self, request, object_id, extra_context=None) -> HttpResponse:
        """The history of a row is in the journal, not in Django's log of the admin."""
        return redirect(self.address_of(get_object_or_404(self.model, pk=object_id)))

    def _view_of(self, page: ActionPage) -> Callable:
        def view(request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            # Before the row is looked for: who may not do it learns not even whether there is one.
            if not page.may(request):
                raise PermissionDenied
            row = get_object_or_404(self.get_queryset(request), pk=object_id) if object_id is not None else None
            return page.answer(request, self, row)

        return update_wrapper(view, page.answer)

    def _offered(self, request: HttpRequest, row: Any) -> list[dict[str, str]]:
        """The pages that this person may use now, with their addresses."""
        meta = self.model._meta
        return [
            {
                "title": page.title,
                "url": reverse(
                    f"admin:{meta.app_label}_{meta.model_name}_{page.name}", args=[row.pk] if page.on_row else []
                ),
            }
            for page in self.pages
            if page.on_row == (row is not None) and page.may(request) and (row is None or page.is_offered(row))
        ]
