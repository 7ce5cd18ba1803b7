"""Changing besturen, schools and vestigingen: the import of DUO's lists, closing a school, and support's cases."""

from schools.actions.cases import settle_case
from schools.actions.closing import close_school
from schools.actions.duo_import import ImportSummary, ManyGone, SchoolReport, import_duo

__all__ = ["ImportSummary", "ManyGone", "SchoolReport", "close_school", "import_duo", "settle_case"]
