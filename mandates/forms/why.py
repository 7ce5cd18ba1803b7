"""'Waarom?': which answer is to be explained."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from journal.clock import today
from mandates.explanation import (
    Explanation,
    ForSupport,
    Question,
    explain,
    find_check,
    moment_problem,
    no_such_check,
    question_of,
)
from mandates.forms.days import DayField, of_this_era
from mandates.forms.problems import Problem
from mandates.models import Check
from schools import numbers
from schools.models import School
from services.models import Service, Supplier

_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.(\d{1,6}))?)?")
# Who searches by name sees this many schools.
_MOST_SCHOOLS = 20


class TimeField(forms.Field):
    """A time of the day: 10:31, 10.31, 10:31:07 or, in an address, with parts of a second."""

    def to_python(self, value: str | None) -> time | None:
        """The time; raises `ValidationError` for one that no clock shows."""
        text = (value or "").strip()
        if not text:
            return None
        match = _TIME.fullmatch(text)
        try:
            hour, minute, second, part = match.groups()
            return time(int(hour), int(minute), int(second or 0), int((part or "").ljust(6, "0")))
        except (AttributeError, ValueError):
            raise forms.ValidationError("Vul een tijd in als uren en minuten, bijvoorbeeld 10:31.") from None


class WhyForm(forms.Form):
    """A school, service and supplier, a day and a moment; or the number of a recorded check.

    Sent in the address, so that a colleague who gets it reads the same. `schools` are those to choose from when more
    than one has the name that was filled in.
    """

    school = forms.CharField(required=False, max_length=100, label="School")
    dienst = forms.CharField(required=False, max_length=100, label="Dienst")
    leverancier = forms.CharField(required=False, max_length=20, label="Leverancier")
    oin = forms.CharField(required=False, max_length=40, label="Of het OIN van de leverancier")
    peildatum = DayField(required=False, label="Peildatum")
    moment_dag = DayField(required=False, label="Dag")
    moment_tijd = TimeField(required=False, label="Tijd")
    raadpleging = forms.CharField(required=False, max_length=60, label="Nummer van een raadpleging")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.services = list(Service.objects.order_by("code"))
        self.suppliers = list(Supplier.objects.order_by("name"))
        self.schools: Sequence[School] = ()
        self.check: Check | None = None
        self.question: Question | None = None

    def clean_peildatum(self) -> date | None:
        """The day that was asked about."""
        return of_this_era(self.cleaned_data["peildatum"])

    def clean_moment_dag(self) -> date | None:
        """The day of the moment."""
        return of_this_era(self.cleaned_data["moment_dag"])

    def clean(self) -> None:
        if self.cleaned_data.get("raadpleging"):
            self._read_check()
            return
        brin, service = self._read_school(), self._read_service()
        supplier, moment = self._read_supplier(), self._read_moment()
        if self.errors:
            return
        self.question = Question(
            brin=brin,
            service_code=service,
            supplier_oin=supplier,
            day=self.cleaned_data["peildatum"] or (timezone.localdate(moment) if moment else today()),
            moment=moment or timezone.now(),
        )

    def explanation(self, reader: type[ForSupport] = ForSupport) -> Explanation:
        """The explanation of what was asked, which must be valid, in the words that `reader` may read."""
        return explain(self.question, reader=reader, check=self.check)

    def pinned(self) -> str:
        """The address of this very explanation: also later, with the moment that is now."""
        if self.check:
            return urlencode({"raadpleging": str(self.check.id)})
        local = timezone.localtime(self.question.moment)
        return urlencode(
            {
                "school": self.question.brin,
                "dienst": self.question.service_code,
                "oin": self.question.supplier_oin,
                "peildatum": self.question.day.isoformat(),
                "moment_dag": local.date().isoformat(),
                "moment_tijd": f"{local:%H:%M:%S.%f}",
            }
        )

    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page, each with the id of its field."""
        return [Problem(error, f"#{name}") for name in self.fields for error in self.errors.get(name, ())]

    # --- What is asked about ---

    def _read_check(self) -> None:
        self._errors.clear()  # the number says it all
        self.check = find_check(self.cleaned_data["raadpleging"])
        if self.check is None:
            self.add_error("raadpleging", no_such_check(self.cleaned_data["raadpleging"]))
        else:
            self.question = question_of(self.check)

    def _read_school(self) -> str:
        """The BRIN of the school; a well-formed one that the register does not know is explained as well."""
        text = self.cleaned_data.get("school", "")
        as_number = text.upper().replace(" ", "")
        if not text:
            self._wrong("school", "Vul een school in: de BRIN, de naam of het OIN.")
        elif re.fullmatch(numbers.BRIN, as_number):
            return as_number
        elif re.fullmatch(numbers.LOCATION_CODE, as_number):
            return as_number[:4]
        elif numbers.is_oin(as_number):
            if brin := numbers.brin_of(as_number):
                return brin
            self._wrong("school", f"{as_number} is niet het OIN van een school. Vul een BRIN of een naam in.")
        else:
            return self._school_named(text)
        return ""

    def _school_named(self, text: str) -> str:
        schools = list(School.objects.matching(text).order_by("name", "brin")[: _MOST_SCHOOLS + 1])
        if len(schools) == 1:
            return schools[0].brin
        if not schools:
            self._wrong("school", f"Geen school gevonden met ‘{text}’. Vul de BRIN in, of een deel van de naam.")
        else:
            self.schools = schools[:_MOST_SCHOOLS]
            many = f"meer dan {_MOST_SCHOOLS}" if len(schools) > _MOST_SCHOOLS else str(len(schools))
            self._wrong("school", f"Er zijn {many} scholen met ‘{text}’. Kies de school, of vul meer in.")
        return ""

    def _read_service(self) -> str:
        code = self.cleaned_data.get("dienst", "").upper()
        if not code:
            self._wrong("dienst", "Kies een dienst.")
        elif code not in {service.code for service in self.services}:
            self._wrong("dienst", f"De dienst {code} bestaat niet. Kies een dienst uit de lijst.")
        return code

    def _read_supplier(self) -> str:
        """The OIN of the supplier; a well-formed one that the register does not know is explained as well."""
        chosen = self.cleaned_data.get("leverancier", "")
        typed = self.cleaned_data.get("oin", "").upper().replace(" ", "")
        if not (chosen or typed):
            self._wrong("leverancier", "Kies een leverancier, of vul het OIN in.")
        elif chosen and typed and chosen != typed:
            self._wrong("oin", "Dit is het OIN van een andere leverancier dan u koos. Kies of vul in, niet allebei.")
        elif not numbers.is_oin(typed or chosen):
            self._wrong("oin" if typed else "leverancier", "Dit is geen OIN. Een OIN heeft 20 tekens.")
        return typed or chosen

    def _read_moment(self) -> datetime | None:
        """The moment; of a day alone its end, or now. None when none was asked for."""
        day, at = self.cleaned_data.get("moment_dag"), self.cleaned_data.get("moment_tijd")
        if day is None:
            if at is not None and "moment_dag" not in self.errors:
                self._wrong("moment_dag", "Vul bij de tijd ook de dag in.")
            return None
        naive = datetime.combine(day, at or time.max)
        moment = timezone.make_aware(naive)
        if at is None and day == today():
            return timezone.now()
        if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != naive:
            self._wrong("moment_tijd", "Die tijd was er niet: toen ging de klok een uur vooruit.")
        elif problem := moment_problem(moment):
            self._wrong("moment_dag", problem)
        return moment

    def _wrong(self, field: str, text: str) -> None:
        if field not in self.errors:
            self.add_error(field, text)
