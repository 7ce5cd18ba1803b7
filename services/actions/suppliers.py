"""Suppliers: adding and changing them, and connecting them once they have signed the connection terms (A8)."""

from collections.abc import Iterator
from datetime import date

from journal.acts import Actor, Problem, act
from journal.clock import today
from schools import numbers
from services.actions.gate import (
    changed_meanwhile,
    no_reason,
    not_yet,
    one_at_a_time,
    refuse_if,
    refuse_unless_support,
    wrong_text,
)
from services.models import Supplier, SupplierGroup
from services.wording import day_in_words

# Who can be a supplier, by the first eight characters of its OIN (domain.md section 4); a school cannot.
_PREFIXES = {"00000001": "RSIN", "00000003": "KvK", "00000004": "SubOIN", "00000099": "test"}
_PREFIX_OF_SCHOOLS = "00000007"

_COLUMNS = {"name": "naam", "group_id": "leveranciersgroep"}


def add_supplier(*, actor: Actor, oin: str, name: str, group: str = "") -> Supplier:
    """Add a supplier, in the group with this name: an existing one, or else a new one. Without it is its own group.

    It is not connected yet. Raises `Refused` with all that is wrong: with the OIN (20 characters, a known prefix, no
    school's, not in the register yet), the name, which no other supplier has, or the reason.
    """
    refuse_unless_support(actor, "leveranciers")
    oin, name = "".join(oin.split()).upper(), name.strip()
    group = group.strip() or name
    with one_at_a_time():
        refuse_if(
            no_reason(actor, "het toevoegen van een leverancier"),
            _wrong_oin(oin),
            wrong_text(name, "de naam van de leverancier"),
            _name_taken(name, Supplier(oin=oin)),
            wrong_text(group, "de leveranciersgroep") if name else (),
        )
        return _save(Supplier(oin=oin, name=name), group, actor, "supplier.added")


def change_supplier(
    *, actor: Actor, supplier: Supplier, name: str, group: str = "", seen: int | None = None
) -> Supplier:
    """Change the name of a supplier, and the name of its group as for `add_supplier`; its OIN never changes.

    `seen` is the number of the journal entry of the supplier as the person saw it. Raises `Refused` with all that is
    wrong; also when somebody else changed it since, and when nothing would change.
    """
    refuse_unless_support(actor, "leveranciers")
    name = name.strip()
    group = group.strip() or name
    with one_at_a_time():
        supplier = Supplier.objects.select_related("group").get(pk=supplier.pk)
        refuse_if(
            no_reason(actor, "het wijzigen van deze leverancier"),
            changed_meanwhile(supplier, seen, _COLUMNS),
            wrong_text(name, "de naam van de leverancier"),
            _name_taken(name, supplier),
            wrong_text(group, "de leveranciersgroep") if name else (),
            _the_same((supplier.name, supplier.group.name) == (name, group)),
        )
        supplier.name = name
        return _save(supplier, group, actor, "supplier.changed")


def connect_supplier(*, actor: Actor, supplier: Supplier, connected_on: date) -> Supplier:
    """Connect a supplier: it signed the connection terms with annex OSR on this day, today or earlier (A8).

    From then on its systems can get API keys and take qualification tests. Raises `Refused` with all that is wrong.
    """
    refuse_unless_support(actor, "leveranciers")
    with one_at_a_time():
        supplier = Supplier.objects.get(pk=supplier.pk)
        refuse_if(
            no_reason(actor, "het aansluiten van deze leverancier"),
            not_yet(connected_on, today(), "De dag van het tekenen"),
            _connected_before(supplier),
        )
        with act("supplier.connected", actor=actor):
            supplier.connected_on = connected_on
            supplier.save(update_fields=["connected_on"])
        return supplier


def disconnect_supplier(*, actor: Actor, supplier: Supplier) -> Supplier:
    """Take the connection back: the terms were ended, or were registered by mistake.

    Its systems cannot be chosen for new mandates any more (D6), get no new keys and take no tests. The mandates that
    there are stay, and so do keys: those are ended or revoked by themselves. Raises `Refused` with all that is wrong.
    """
    refuse_unless_support(actor, "leveranciers")
    with one_at_a_time():
        supplier = Supplier.objects.get(pk=supplier.pk)
        refuse_if(no_reason(actor, "het afsluiten van deze leverancier"), _not_connected(supplier))
        with act("supplier.disconnected", actor=actor):
            supplier.connected_on = None
            supplier.save(update_fields=["connected_on"])
        return supplier


def _save(supplier: Supplier, group_name: str, actor: Actor, type: str) -> Supplier:
    group = SupplierGroup.objects.filter(name__iexact=group_name).first()
    if group is None:
        with act("supplier_group.added", actor=actor):
            group = SupplierGroup.objects.create(name=group_name)
    supplier.group = group
    with act(type, actor=actor):
        supplier.save()
    return supplier


# --- What stands in the way -------------------------------------------------------------------------------------------


def _wrong_oin(oin: str) -> Iterator[Problem]:
    if not oin:
        yield Problem("no_oin", "Vul het OIN in.")
    elif len(oin) != 20:
        yield Problem("wrong_oin", f"Een OIN heeft 20 tekens. Dit zijn er {len(oin)}.")
    elif not numbers.is_oin(oin):
        yield Problem("wrong_oin", "Een OIN begint met 8 cijfers; daarna komen 12 cijfers of letters.")
    elif oin.startswith(_PREFIX_OF_SCHOOLS):
        yield Problem("oin_of_school", "Dit is het OIN van een school. Vul het OIN van de leverancier in.")
    elif oin[:8] not in _PREFIXES:
        known = ", ".join(f"{prefix} ({name})" for prefix, name in _PREFIXES.items())
        yield Problem("wrong_oin", f"Het OIN van een leverancier begint met {known}. Dit begint met {oin[:8]}.")
    elif (namesake := Supplier.objects.filter(oin=oin).first()) is not None:
        yield Problem("oin_taken", f"Dit OIN staat al in het register, bij {namesake}.")


def _name_taken(name: str, besides: Supplier) -> Iterator[Problem]:
    """Two suppliers of one name cannot be told apart on a board's form."""
    namesake = Supplier.objects.filter(name__iexact=name).exclude(oin=besides.oin).first()
    if name and namesake is not None:
        yield Problem("name_taken", f"Er is al een leverancier die {namesake} heet, met OIN {namesake.oin}.")


def _the_same(is_so: bool) -> Iterator[Problem]:
    if is_so:
        yield Problem("nothing_to_do", "U hebt niets veranderd.")


def _connected_before(supplier: Supplier) -> Iterator[Problem]:
    if supplier.connected_on is not None:
        since = day_in_words(supplier.connected_on)
        yield Problem("connected_already", f"{supplier} is al aangesloten, sinds {since}.")


def _not_connected(supplier: Supplier) -> Iterator[Problem]:
    if supplier.connected_on is None:
        yield Problem("not_connected", f"{supplier} is niet aangesloten.")
