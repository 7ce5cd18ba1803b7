"""Changing besturen, schools and vestigingen: the import of DUO's lists, closing a school, and support's cases."""

from schools.actions.cases import look_at_case, settle_case
from schools.actions.closing import close_school
from schools.actions.duo_import import (
    ChangedMeanwhile,
    ImportSummary,
    ManyGone,
    SchoolReport,
    differences_with,
    import_duo,
)
from schools.actions.imports import (
    DecidedAlready,
    GivenFile,
    apply_import,
    drop_import,
    import_at_once,
    lists_of,
    log_refused_import,
    prepare_import,
    read_files,
)

__all__ = [
    "ChangedMeanwhile",
    "DecidedAlready",
    "GivenFile",
    "ImportSummary",
    "ManyGone",
    "SchoolReport",
    "apply_import",
    "close_school",
    "differences_with",
    "drop_import",
    "import_at_once",
    "import_duo",
    "lists_of",
    "log_refused_import",
    "look_at_case",
    "prepare_import",
    "read_files",
    "settle_case",
]
