"""What is asked: a check, about a day, as the register stood at a moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from journal.models import Entry
from mandates.models import Check
from mandates.wording import exact_moment_in_words
from services.models import ServiceVersion

# The number of a check holds the moment at which it was made; `checked_at` is that of its transaction.
_APART = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A check: about `day` (in Europe/Amsterdam), as the register stood at `moment` (with time zone).

    `namespace` is that of the service version by which the service was named as well, if it was.
    """

    brin: str
    service_code: str
    supplier_oin: str
    day: date
    moment: datetime
    namespace: str = ""


def moment_problem(moment: datetime) -> str:
    """Why nothing can be said of a moment: it has yet to come, or the register had not begun. Empty when it can."""
    if moment > timezone.now():
        return f"{exact_moment_in_words(moment)} is nog niet geweest. Kies een moment tot en met nu."
    beginning = Entry.objects.order_by("id").values_list("moment", flat=True).first()
    if beginning is None:
        return "Het register is nog leeg."
    if moment < beginning:
        began = exact_moment_in_words(beginning)
        return f"Toen was het register er nog niet: het begon op {began}. Kies een later moment."
    return ""


def find_check(text: str) -> Check | None:
    """The recorded check with this number; None when there is none, or when `text` is no such number."""
    try:
        number = UUID(text.strip())
        made_at = datetime.fromtimestamp((number.int >> 80) / 1000, tz=UTC)  # a UUID of version 7 begins with it
        around = (made_at - _APART, made_at + _APART)
    except (OverflowError, ValueError):
        return None
    return Check.objects.filter(checked_at__range=around, id=number).first()


def no_such_check(text: str) -> str:
    """That `find_check` found nothing."""
    months = settings.OSR_CHECK_LOG_MONTHS
    return f"Er is geen raadpleging met nummer {text[:60]}. Kijk het nummer na. Na {months} maanden is het opgeruimd."


def question_of(check: Check) -> Question:
    """The question that a recorded check asked; about a school that no BRIN belongs to by the OIN that was asked."""
    code = check.service_code
    if not code:
        versions = ServiceVersion.objects.filter(namespace=check.service_version_namespace)
        code = versions.values_list("service__code", flat=True).first() or ""
    return Question(
        brin=check.brin or check.school_oin,
        service_code=code,
        supplier_oin=check.supplier_oin,
        day=check.reference_date,
        moment=check.checked_at,
        namespace=check.service_version_namespace,
    )
