"""Tables of the register in the workplace: lists, each also as a file, and the page of a row."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import strip_tags
from django.utils.text import capfirst

from journal.clock import today
from journal.downloads import MOST_ROWS, Cell, FileKind, Sheet, as_download
from journal.workplace.pages import ActionPage


def column(label: str, path: str, *, empty: str = "") -> Callable[[Any], Any]:
    """A column of a list: what stands at `path` (as `group__name`), or `empty` when there is nothing."""

    @admin.display(description=label, ordering=path, empty_value=empty)
    def value(row: Any) -> Any:
        for name in path.split("__"):
            row = getattr(row, name, None)
        return row

    return value


# Columns that no list is filtered on.
_SECRET = frozenset({"token", "digest", "password"})


class RowAdmin(admin.ModelAdmin):
    """A table of the register in the workplace; changing is for its pages.

    It can be searched, filtered and read, and downloaded as CSV or Excel, as it was searched and filtered.
    """

    pages: tuple[ActionPage, ...] = ()
    list_per_page = 25
    show_full_result_count = True
    actions = None
    view_on_site = False
    change_form_template = "admin/row.html"
    change_list_template = "admin/rows.html"

    def address_of(self, row: models.Model) -> str:
        """Where the row is shown."""
        return reverse(self._name_of("change"), args=[row.pk])

    def address_of_list(self) -> str:
        """Where all rows are shown."""
        return reverse(self._name_of("changelist"))

    def _name_of(self, page: str) -> str:
        """What the page of this table is called in the URL configuration."""
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

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

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Not by what is secret: whoever may ask whether a token is greater than something has it in no time (D10)."""
        return not _SECRET.intersection(lookup.split("__")) and super().lookup_allowed(lookup, value, request)

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
        extra = {
            "pages": self._offered(request, None),
            "title": capfirst(self.opts.verbose_name_plural),
            "most_rows": MOST_ROWS,
            **{f"{kind.name.lower()}_url": reverse(self._name_of("download"), args=[kind.value]) for kind in FileKind},
        }
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def download(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The list as a file: the rows that are found, at most `MOST_ROWS`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in list(FileKind):
            raise Http404
        try:
            found = self.get_changelist_instance(request).get_queryset(request)[:MOST_ROWS]
        except IncorrectLookupParameters:
            return redirect(self.address_of_list())
        name = self.opts.verbose_name_plural
        columns = [capfirst(label_for_field(column, self.model, self)) for column in self.list_display]
        sheet = Sheet(name.capitalize(), columns, (list(self._cells(row)) for row in found))
        return as_download(sheet, FileKind(kind), name=name.replace(" ", "-").lower(), day=today())

    def _cells(self, row: Any) -> Iterator[Cell]:
        for column in self.list_display:
            field, _, value = lookup_field(column, row, self)
            if isinstance(value, bool):
                yield "ja" if value else "nee"
            elif value is None or isinstance(value, str | int | date | datetime):
                yield display_for_field(value, field, "") if field is not None and field.flatchoices else value
            else:
                yield strip_tags(str(value))

    def get_urls(self) -> list[URLPattern]:
        """Those of the admin, of the file and of the pages: before it, because it takes any text for a key."""
        name = self._name_of("").removeprefix("admin:")
        return [
            path(
                "lijst.<str:kind>",
                self.admin_site.admin_view(self.download),
                name=f"{name}download",
            ),
            *(
                path(
                    f"<path:object_id>/{page.name}/" if page.on_row else f"{page.name}/",
                    self.admin_site.admin_view(self._view_of(page)),
                    name=f"{name}{page.name}",
                )
                for page in self.pages
            ),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None) -> HttpResponse:
        """The history of a row is in the journal, not in Django's log of the admin."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return redirect(self.address_of(row))

    def _view_of(self, page: ActionPage) -> Callable:
        def view(request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            # Before the row is looked for: who may not do it learns not even whether there is one.
            if not page.may(request):
                raise PermissionDenied
            row = self.get_object(request, object_id) if object_id is not None else None
            if row is None and object_id is not None:
                raise Http404
            return page.answer(request, self, row)

        return update_wrapper(view, page.answer)

    def _offered(self, request: HttpRequest, row: Any) -> list[dict[str, str]]:
        """The pages that this person may use now, with their addresses."""
        return [
            {"title": page.title, "url": reverse(self._name_of(page.name), args=[row.pk] if page.on_row else [])}
            for page in self.pages
            if page.on_row == (row is not None) and page.may(request) and (row is None or page.is_offered(row))
        ]
