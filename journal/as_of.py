"""The register as it stood at a moment, from the journal alone (D15)."""

from datetime import datetime

from journal.models import Entry

# Per kind of row (`mandate`, `school`, ...) and key (a UUID, a BRIN, ...) the row as it was.
Snapshot = dict[str, dict[str, dict]]


def register_as_of(moment: datetime) -> Snapshot:
    """Every row of the register as it stood at `moment` (with time zone), without what is secret.

    Dates are texts (YYYY-MM-DD) and references to other rows their ids, as the journal keeps them.
    """
    snapshot: Snapshot = {}
    rows = Entry.objects.latest_of_each(moment).values_list("subject_kind", "subject_key", "after")
    for kind, key, row in rows.iterator():
        snapshot.setdefault(kind, {})[key] = row
    return snapshot
