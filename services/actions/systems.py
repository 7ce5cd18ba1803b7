"""Systems of suppliers: adding and renaming them."""

from collections.abc import Iterator

from journal.acts import Actor, Problem, act
from services.actions.gate import (
    changed_meanwhile,
    no_reason,
    one_at_a_time,
    refuse_if,
    refuse_unless_support,
    wrong_text,
)
from services.models import Supplier, System, SystemKind


def add_system(*, actor: Actor, supplier: Supplier, name: str, kind: SystemKind) -> System:
    """Add a system of `supplier`, under a name that no system has. Raises `Refused` with all that is wrong.

    The supplier need not be connected yet; the system can be chosen for nothing until it is qualified (D6).
    """
    refuse_unless_support(actor, "systemen")
    name = name.strip()
    with one_at_a_time():
        refuse_if(
            no_reason(actor, "het toevoegen van een systeem"),
            wrong_text(name, "de naam van het systeem"),
            _name_taken(name, None),
        )
        with act("system.added", actor=actor):
            return System.objects.create(supplier=supplier, name=name, kind=kind)


def rename_system(*, actor: Actor, system: System, name: str, seen: int | None = None) -> System:
    """Give a system another name, which no other system has. Its mandates, keys and address in the API stay.

    `seen` is as for `change_supplier`. Raises `Refused` with all that is wrong. Whoever had a form open on which the
    old name stood is told so there, and chooses again.
    """
    refuse_unless_support(actor, "systemen")
    name = name.strip()
    with one_at_a_time():
        system = System.objects.select_related("supplier").get(pk=system.pk)
        refuse_if(
            no_reason(actor, "een andere naam van dit systeem"),
            changed_meanwhile(system, seen, {"name": "naam"}),
            wrong_text(name, "de naam van het systeem"),
            _name_taken(name, system),
            _the_same(system, name),
        )
        with act("system.renamed", actor=actor):
            system.name = name
            system.save(update_fields=["name"])
        return system


def _name_taken(name: str, besides: System | None) -> Iterator[Problem]:
    namesake = System.objects.filter(name__iexact=name).select_related("supplier").first()
    if name and namesake is not None and namesake != besides:
        yield Problem("name_taken", f"Er is al een systeem dat {namesake} heet, van {namesake.supplier}.")


def _the_same(system: System, name: str) -> Iterator[Problem]:
    if system.name == name:
        yield Problem("nothing_to_do", f"Dit systeem heet al {name}.")
