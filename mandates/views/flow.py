"""Choose, see what will happen, confirm (D11, D12, D13): one address, and nothing is kept between the steps.

What was chosen travels along in hidden fields, so the back button works, nothing typed is lost and nothing happens
before it is confirmed. What the person saw travels along too: when the register would now do something else, it says
what, and asks again.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.views import View

from accounts import kept_forms
from accounts.access import administrator_page
from agreements.standings import lacking_of
from journal import once
from journal.acts import Problem as Refusal
from journal.acts import Refused, transaction_number
from journal.clock import today
from journal.downloads import as_download
from mandates.actions import Preview, confirm, preview
from mandates.actions.previews import Intent
from mandates.forms import Problem
from mandates.forms.problems import kinds_lacking, told
from mandates.paging import page_of
from mandates.preview_lines import PreviewLine, lines_of
from mandates.sheets import preview_sheet
from mandates.views.downloads import file_kind
from schools.models import School

# What the buttons say: the step that one asks for.
FORWARD, BACK, CONFIRM = "volgende", "terug", "bevestigen"
# Of a preview, another page of its lines (`regels-2`), or all of them as a file (`bestand-csv`).
LINES, FILE = "regels", "bestand"
_ABOUT_STEPS = {"stap", "gezien", once.FIELD, "csrfmiddlewaretoken", kept_forms.MADE_FOR}
_SALT = "mandates.preview"
# How many of the differences are said on top of the page.
_MOST_DIFFERENCES = 10


class IntentForm(Protocol):
    """A form from which an intention follows."""

    errors: dict[str, object]

    def is_valid(self) -> bool:
        """Whether all is there and readable."""

    def intent(self) -> Intent:
        """What a valid form asks."""

    def problems(self) -> Sequence[Problem]:
        """What is wrong, in the order of the page."""


@method_decorator(administrator_page, name="dispatch")
class Flow(View):
    """Something that a beheerder does in three steps. A subclass says what is chosen, and how."""

    http_method_names = ["get", "head", "post"]
    # What the pages are called, for instance 'Mandaat kopiëren'.
    title: str
    choose_template: str
    # Whether what happens alike to several services of a school is said on one line: many mandates stay readable.
    joins_services = False

    def form(self, data=None) -> IntentForm:
        """The form of the first step, filled in with `data` when it was sent."""
        raise NotImplementedError

    def context(self, form: IntentForm) -> dict[str, object]:
        """What the page of the first step shows besides."""
        return {}

    def lacking(self) -> Collection[str]:
        """The kinds of agreement (codes) without which something on the page cannot be chosen (D5)."""
        return ()

    def summary(self, shown: Preview) -> Sequence[tuple[str, str]]:
        """What holds for all rows of the preview, as terms and what they say; shown above them."""
        return ()

    def done(self, shown: Preview) -> str:
        """What the notice says afterwards."""
        raise NotImplementedError

    def button(self) -> str:
        """Which button was pressed, when it does work of its own at once: see `once`."""
        return ""

    def back(self) -> str:
        """Where one goes afterwards, and when one cancels."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **named) -> HttpResponse:
        if request.kept is None:
            return self.choose(self.form(), ())
        # Given back after signing in again: as it was sent, but nothing is done with it.
        request.POST = request.kept
        return self._choose_again(self.form(request.POST))

    def post(self, request: HttpRequest, **named) -> HttpResponse:
        # Before anything is asked: what was done may leave nothing to choose.
        if once.is_done(request, self.button()):
            return self._done_already()
        response = self._step(request)
        # The first of two clicks may just have done it, in another process.
        if response.status_code in (409, 422) and once.is_done_meanwhile(request, self.button()):
            return self._done_already()
        return response

    def _step(self, request: HttpRequest) -> HttpResponse:
        step, _, which = request.POST.get("stap", FORWARD).partition("-")
        form = self.form(request.POST)
        if step not in (FORWARD, CONFIRM, LINES, FILE):
            return self._choose_again(form)
        if not form.is_valid():
            return self.choose(form, form.problems())
        try:
            shown = preview(form.intent(), actor=request.actor)
        except Refused as refused:
            return self._choose_otherwise(form, refused.problems)
        if shown.problems:
            return self._choose_otherwise(form, shown.problems)
        if step == CONFIRM:
            return self._confirm(shown)
        if step == FILE:
            return self._file(shown, which)
        if step == LINES:
            return self._show(shown, self._changed_since_seen(shown), which)
        return self._show(shown)

    def choose(self, form: IntentForm, problems: Sequence[Problem], lacking: Collection[str] = ()) -> HttpResponse:
        """The page of the first step, with what is wrong, and the agreements that stood in the way (their kinds)."""
        return render(
            self.request,
            self.choose_template,
            {
                "title": self.title,
                "form": form,
                "problems": problems,
                "back": self.back(),
                "lacking": lacking_of(self.request.board, {*self.lacking(), *lacking}, today()),
                **self.context(form),
            },
            status=422 if problems else 200,
        )

    def _choose_otherwise(self, form: IntentForm, refusals: Sequence[Refusal]) -> HttpResponse:
        """The page of the first step: rules stand in the way of what was chosen."""
        return self.choose(form, told(refusals), kinds_lacking(refusals))

    def _choose_again(self, form: IntentForm) -> HttpResponse:
        """The page of the first step, as it was filled in: nobody asked yet whether that is right."""
        form.errors.clear()
        return self.choose(form, ())

    def _show(self, shown: Preview, problems: Sequence[Problem] = (), asked: str = "1") -> HttpResponse:
        """The page of the second step: row by row what will happen, and then what will not."""
        lines = self._lines(shown)
        doing = [line for line in lines if line.row.does_something]
        not_doing = [line for line in lines if not line.row.does_something]
        page = page_of([*doing, *not_doing], asked)
        return render(
            self.request,
            "mandates/preview.html",
            {
                "title": self.title,
                "summary": self.summary(shown),
                "page": page,
                "doing": [line for line in page if line.row.does_something],
                "doing_count": sum(line.mandates for line in doing),
                "not_doing": [line for line in page if not line.row.does_something],
                "not_doing_count": sum(line.mandates for line in not_doing),
                "warnings": sum(bool(line.row.warning) for line in doing),
                "chosen": [
                    (name, value)
                    for name, values in self.request.POST.lists()
                    if name not in _ABOUT_STEPS
                    for value in values
                ],
                "seen": signing.dumps(_said(shown), salt=_SALT, compress=True),
                "problems": problems,
                "back": self.back(),
            },
            status=409 if problems else 200,
        )

    def _file(self, shown: Preview, kind: str) -> HttpResponse:
        """The lines of the preview as a file."""
        lines = sorted(self._lines(shown), key=lambda line: not line.row.does_something)
        sheet = preview_sheet(lines, self.summary(shown))
        name = f"{slugify(self.title)}-{self.request.board.number}"
        return as_download(sheet, file_kind(kind), name=name, day=today())

    def _changed_since_seen(self, shown: Preview) -> list[Problem]:
        return _differences(self.request.POST.get("gezien", ""), shown, self._names(shown))

    def _confirm(self, shown: Preview) -> HttpResponse:
        differences = self._changed_since_seen(shown)
        if not differences:
            try:
                with transaction.atomic():
                    confirm(shown, actor=self.request.actor)
                    number = transaction_number()
                    once.remember(self.request, number)
            except Refused as refused:
                differences = told(refused.problems)
            else:
                messages.success(self.request, self.done(shown), extra_tags=str(number))
                return redirect(self.back())
        return self._show(shown, differences)

    def _done_already(self) -> HttpResponse:
        once.say_done_already(self.request, button=self.button())
        return redirect(self.back())

    def _lines(self, shown: Preview) -> list[PreviewLine]:
        return lines_of(shown.rows, self._names(shown), joins_services=self.joins_services)

    def _names(self, shown: Preview) -> dict[str, str]:
        """How a person calls each holder: the school with its BRIN, or the whole board."""
        # Of another board's school, which may have been chosen before it moved, not even whether it exists (D4).
        own = School.objects.of_board(self.request.board.number)
        schools = own.filter(brin__in={row.holder for row in shown.rows})
        names = {school.brin: str(school) for school in schools}
        return names | {self.request.board.number: "Het hele bestuur"}


def page_asked(sent: Mapping[str, str], first: str = "1") -> str:
    """Of a list within a form the page to show: that of a button, one after searching, or the one it was.

    `first` is the page on which one begins.
    """
    step, _, number = sent.get("stap", "").partition("-")
    if step == "pagina":
        return number
    return "1" if step in ("zoeken", "filteren") else sent.get("pagina", first)


def _said(shown: Preview) -> list[list[str]]:
    """What the page says of each row."""
    return [[row.holder, row.service, row.system, row.text, row.warning] for row in shown.rows]


def _differences(seen: str, shown: Preview, names: dict[str, str]) -> list[Problem]:
    """What the register would now do otherwise than the person saw, in words; empty when nothing."""
    try:
        said = signing.loads(seen, salt=_SALT)
    except signing.BadSignature:
        said = []
    now = _said(shown)
    if said == now:
        return []
    # One school may have two mandates for a service and system: one that runs, and one that follows.
    before = {tuple(row) for row in said}
    texts = [
        f"{names.get(holder, holder)}, {service}, {system}: {text.rstrip('.')}. {warning}".rstrip()
        for holder, service, system, text, warning in now
        if (holder, service, system, text, warning) not in before
    ]
    still_there = {(holder, service, system) for holder, service, system, *_ in now}
    texts += [
        f"{names.get(holder, holder)}, {service}, {system}: staat er niet meer bij."
        for holder, service, system, *_ in said
        if (holder, service, system) not in still_there
    ]
    first = "Er is intussen iets veranderd in het register. Er is nog niets opgeslagen. Kijk of het nog klopt."
    problems = [Problem(f"Nu: {text}") for text in texts[:_MOST_DIFFERENCES]]
    if len(texts) > _MOST_DIFFERENCES:
        problems.append(Problem(f"En nog {len(texts) - _MOST_DIFFERENCES} andere. Ze staan hieronder."))
    return [Problem(first), *problems]
