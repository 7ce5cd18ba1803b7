"""Lists of the workplace as files: what is found, with the columns that the list has."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import strip_tags
from django.utils.text import capfirst

from journal.clock import today
from journal.workplace import RowAdmin
from mandates.downloads import Cell, FileKind, Sheet, as_download
from mandates.sheets import MOST_ROWS


def column(label: str, path: str, *, empty: str = "") -> Callable[[Any], Any]:
    """A column of a list: what stands at `path` (as `group__name`), or `empty` when there is nothing."""

    @admin.display(description=label, ordering=path, empty_value=empty)
    def value(row: Any) -> Any:
        for name in path.split("__"):
            row = getattr(row, name, None)
        return row

    return value


class DownloadableAdmin(RowAdmin):
    """A table whose list can be downloaded as CSV or Excel, as it was searched and filtered."""

    change_list_template = "admin/services/rows.html"

    def get_urls(self) -> list[URLPattern]:
        """With the file; before the others, because those take any text for a key."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_download"
        return [path("lijst.<str:kind>", self.admin_site.admin_view(self.download), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with where its files are."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_download"
        files = {f"{kind.name.lower()}_url": reverse(name, args=[kind.value]) for kind in FileKind}
        return super().changelist_view(request, {**files, **(extra_context or {})})

    def download(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The file: the rows that are found, at most `MOST_ROWS`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in list(FileKind):
            raise Http404
        found = self.get_changelist_instance(request).get_queryset(request)[:MOST_ROWS]
        name = self.opts.verbose_name_plural
        columns = [capfirst(label_for_field(column, self.model, self)) for column in self.list_display]
        sheet = Sheet(name.capitalize(), columns, (list(self._cells(row)) for row in found))
        return as_download(sheet, FileKind(kind), name=name.replace(" ", "-").lower(), day=today())

    def _cells(self, row: Any) -> Iterator[Cell]:
        for column in self.list_display:
            field, _, value = lookup_field(column, row, self)
            if value is None or isinstance(value, str | int | date | datetime):
                yield display_for_field(value, field, "") if field is not None and field.flatchoices else value
            else:
                yield strip_tags(str(value))
