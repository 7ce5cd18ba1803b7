"""Importing DUO's lists in the workplace: choose the lists, look at the differences, apply them; and the log (D19)."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from journal.acts import Actor
from journal.clock import today
from journal.downloads import FileKind, Sheet, as_download
from journal.workplace import ActionPage, ReasonForm, RowAdmin
from mandates.workplace.import_tables import Shown, shown_afterwards, shown_before
from schools.actions import (
    ChangedMeanwhile,
    DecidedAlready,
    GivenFile,
    apply_import,
    drop_import,
    prepare_import,
)
from schools.models import ListImport, Sector

_MOST_FILES = 10
_ROWS_PER_PAGE = 100


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One file or more, together no larger than the register takes."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[GivenFile]:
        """The files; raises `ValidationError` with everything that is wrong with any of them."""
        files = data or []
        if not files:
            raise forms.ValidationError(self.error_messages["required"])
        if len(files) > _MOST_FILES:
            raise forms.ValidationError(f"Dit zijn {len(files)} bestanden. Kies er hooguit {_MOST_FILES} tegelijk.")
        most = settings.OSR_UPLOAD_MEGABYTES
        too_large = [f"{file.name} is groter dan {most} MB." for file in files if file.size > most * 1_000_000]
        if not too_large and sum(file.size for file in files) > most * 1_000_000:
            too_large = [f"Deze bestanden zijn samen groter dan {most} MB."]
        if too_large:
            raise forms.ValidationError([*too_large, "Een lijst van DUO is een CSV-bestand van hooguit enkele MB."])
        return [GivenFile(file.name, file.read()) for file in files]


class PrepareForm(ReasonForm):
    """The lists, and why."""

    files = _FilesField(
        label="Lijsten van DUO",
        help_text=(
            "CSV-bestanden van DUO: vestigingen (po, vo, so) en besturen. Kies alle lijsten van één dag tegelijk: een "
            "school die in geen lijst van haar sector staat, geldt als niet meer in de lijst."
        ),
        error_messages={"required": "Kies minstens één lijst."},
    )


class PrepareImport(ActionPage):
    """The lists are read; nothing changes until their differences have been looked at."""

    name = "klaarzetten"
    title = "Lijsten van DUO importeren"
    button = "Verschillen bekijken"
    explanation = "Er verandert nog niets: u ziet eerst de verschillen met het register."
    form_class = PrepareForm
    on_row = False

    def carry_out(self, request: HttpRequest, actor: Actor, form: forms.Form, row: None) -> HttpResponse:
        """See `ActionPage`."""
        waiting = prepare_import(actor=actor, files=form.cleaned_data["files"])
        return redirect(f"admin:schools_listimport_{ApplyImport.name}", waiting.pk)


class ApplyForm(ReasonForm):
    """Why, what was shown, and when many schools are gone that this is right."""

    shown = forms.CharField(widget=forms.HiddenInput)
    many_gone = forms.BooleanField(
        label="Ja, het klopt dat er zo veel scholen ontbreken",
        error_messages={"required": "Vink aan dat het klopt dat er zo veel scholen ontbreken, of kies ‘Niet doen’."},
    )

    def __init__(self, *args, preview: Shown, **kwargs) -> None:
        """`preview` is what applying would change now."""
        super().__init__(*args, **kwargs)
        self.preview = preview
        self.fields["shown"].initial = preview.summary.fingerprint
        if preview.summary.many_gone:
            self.fields["many_gone"].help_text = " ".join(preview.summary.many_gone)
        else:
            del self.fields["many_gone"]

    def look_again(self) -> None:
        """From now on the form is about what is shown with it: the person has been told that it differs."""
        self.data = self.data.copy()
        self.data["shown"] = self.preview.summary.fingerprint


class ApplyImport(ActionPage):
    """The differences, and what is applied is exactly those."""

    name = "toepassen"
    title = "Verschillen bekijken en toepassen"
    button = "Toepassen"
    form_class = ApplyForm
    template = "admin/schools/apply_import.html"
    done_already = "Deze import is al toegepast."

    def is_offered(self, row: ListImport) -> bool:
        """See `ActionPage`."""
        return row.state == ListImport.State.PREPARED

    def form_kwargs(self, row: ListImport) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"preview": shown_before(row), "initial": {"reason": row.entry.reason}}

    def answer(self, request: HttpRequest, admin_of: RowAdmin, row: ListImport) -> HttpResponse:
        """See `ActionPage`; of an import that was decided on, the page in the log."""
        if self.may(request) and not self.is_offered(row):
            messages.info(request, f"Over deze import is al besloten: {row.get_state_display()}.")
            return redirect(admin_of.address_of(row))
        try:
            return super().answer(request, admin_of, row)
        except DecidedAlready as refused:  # while this was being answered
            messages.info(request, str(refused))
            return redirect(admin_of.address_of(row))

    def carry_out(self, request: HttpRequest, actor: Actor, form: ApplyForm, row: ListImport) -> str | HttpResponse:
        """See `ActionPage`."""
        given = form.cleaned_data
        try:
            apply_import(actor=actor, waiting=row, shown=given["shown"], allow_many_gone=given.get("many_gone", False))
        except ChangedMeanwhile:
            form.look_again()
            raise
        except DecidedAlready as refused:
            messages.info(request, str(refused))
            return redirect("admin:schools_listimport_change", row.pk)
        return "De import is toegepast. Hieronder staat wat er is veranderd."


class DropImport(ActionPage):
    """The lists are put aside."""

    name = "niet-doen"
    title = "Niet doen"
    button = "Import niet doen"
    explanation = (
        "Er verandert niets in het register. De lijsten worden niet bewaard; in het log blijft staan dat ze er waren."
    )

    def is_offered(self, row: ListImport) -> bool:
        """See `ActionPage`."""
        return row.state == ListImport.State.PREPARED

    def do(self, actor: Actor, form: forms.Form, row: ListImport) -> str:
        """See `ActionPage`."""
        drop_import(actor=actor, waiting=row)
        return "De import is niet gedaan. Er is niets veranderd."


@admin.register(ListImport)
class ListImportAdmin(RowAdmin):
    """The log of imports: who brought which lists when, and what came of it."""

    change_form_template = "admin/schools/list_import.html"
    change_list_template = "admin/schools/list_imports.html"
    list_display = ("prepared_at", "state", "told", "names", "prepared_by", "decided_by")
    list_display_links = ("prepared_at",)
    list_filter = ("state",)
    search_fields = ("prepared_by", "decided_by", "files__icontains")
    ordering = ("-prepared_at", "-pk")
    pages = (PrepareImport(), ApplyImport(), DropImport())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the lists themselves."""
        return super().get_queryset(request).without_contents().select_related("entry")

    @admin.display(description="lijsten")
    def names(self, row: ListImport) -> str:
        """The names of the files."""
        return ", ".join(file["name"] for file in row.files)

    @admin.display(description="scholen")
    def told(self, row: ListImport) -> str:
        """What changes or changed of the schools, in numbers."""
        counts = [f"{row.counts[f'school.{kind}']} {name}" for kind, name in _TOLD if f"school.{kind}" in row.counts]
        return ", ".join(counts) or ("" if row.state == ListImport.State.REFUSED else "geen verschil")

    def story(self, request: HttpRequest, row: ListImport) -> dict[str, Any]:
        """What it would change, or changed."""
        kinds = {**dict(Sector.choices), "besturen": "besturen", "": "geen lijst van DUO"}
        return {
            "files": [{**file, "kind": kinds[file["kind"]]} for file in row.files],
            "shown": _shown(row),
            "reason": row.entry.reason,
        }

    def get_urls(self) -> list[URLPattern]:
        """With each table of differences on its own, and as a file."""
        name = "schools_listimport_differences"
        return [
            path("<int:pk>/verschillen/<slug:table>/", self.admin_site.admin_view(self.differences), name=name),
            path(
                "<int:pk>/verschillen/<slug:table>.<str:kind>",
                self.admin_site.admin_view(self.differences_file),
                name=f"{name}_file",
            ),
            *super().get_urls(),
        ]

    def differences(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        """All rows of one table, in pages."""
        row, found = self._table(request, pk, table)
        page = Paginator(found.rows, _ROWS_PER_PAGE).get_page(request.GET.get("pagina"))
        context = {
            **self.admin_site.each_context(request),
            "title": found.title,
            "opts": self.opts,
            "row": row,
            "back": self.address_of(row),
            "table": found,
            "page": page,
        }
        return TemplateResponse(request, "admin/schools/differences.html", context)

    def differences_file(self, request: HttpRequest, pk: int, table: str, kind: str) -> HttpResponse:
        """All rows of one table as a file."""
        if kind not in list(FileKind):
            raise Http404
        row, found = self._table(request, pk, table)
        sheet = Sheet(found.title, found.columns, found.rows)
        return as_download(sheet, FileKind(kind), name=f"import-{row.pk}-{found.name}", day=today())

    def _table(self, request: HttpRequest, pk: int, name: str) -> tuple[ListImport, Any]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        shown = _shown(row)
        found = shown.table(name) if shown else None
        if found is None:
            raise Http404
        return row, found


_TOLD = (
    ("new", "nieuw"),
    ("changed", "gewijzigd"),
    ("moved", "verhuisd"),
    ("gone", "weg"),
    ("returned", "terug"),
)


def _shown(row: ListImport) -> Shown | None:
    """What an import would change or changed; None of one that changes nothing any more."""
    match row.state:
        case ListImport.State.PREPARED:
            return shown_before(row)
        case ListImport.State.APPLIED:
            return shown_afterwards(row)
    return None
