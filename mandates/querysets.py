from collections.abc import Iterable
from datetime import date
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, UUIDField, Value
from django.db.models.functions import Greatest, Least

from journal.acts import Actor, ActorKind


class _WithDays(models.QuerySet):
    """Rows that count from `start_date` up to and including `end_date`."""

    def in_period(self, start_date: date, end_date: date | None) -> Self:
        """Those that count on some day from `start_date` up to and including `end_date` (None: for ever)."""
        rows = self.filter(Q(end_date=None) | (Q(end_date__gte=start_date) & Q(end_date__gte=F("start_date"))))
        return rows if end_date is None else rows.filter(start_date__lte=end_date)


class EndpointQuerySet(_WithDays):
    def shown_on(self, day: date, *, or_later: bool = False) -> Self:
        """The endpoints that count on `day`, as does their mandate; with `or_later` those that will as well (D18)."""
        rows = self.shown().filter(Q(shown_until=None) | Q(shown_until__gte=day))
        return rows if or_later else rows.filter(shown_from__lte=day)

    def shown(self) -> Self:
        """The endpoints that count on some day on which their mandate is valid (D18)."""
        return self.alias(
            shown_from=Greatest("start_date", "mandate__start_date"), shown_until=Least("end_date", "mandate__end_date")
        ).filter(Q(shown_until=None) | Q(shown_until__gte=F("shown_from")))


class MandateQuerySet(_WithDays):
    def valid_on(self, day: date) -> Self:
        """The mandates that are valid on `day`, a day in Europe/Amsterdam."""
        return self.filter(Q(end_date=None) | Q(end_date__gte=day), start_date__lte=day)

    def current_and_coming(self, day: date) -> Self:
        """The mandates that are valid on `day` or on a later day: neither ended nor cancelled."""
        return self.in_period(day, None)

    def of_board(self, number: str | None) -> Self:
        """The mandates of the board with this number and of the schools it governs today."""
        if not number:
            return self.none()
        return self.filter(Q(school__board__number=number) | Q(board__number=number))

    def with_uuids(self, uuids: Iterable[UUID]) -> Self:
        """The mandates with these UUIDs, as one parameter: thousands of them cost more than the mandates do."""
        array = Value(list(uuids), output_field=ArrayField(UUIDField()))
        unnested = Func(array, function="unnest", template="(SELECT %(function)s(%(expressions)s))")
        return self.filter(uuid__in=unnested)

    def of_supplier(self, oin: str | None) -> Self:
        """The mandates of the systems of the supplier with this OIN."""
        return self.filter(system__supplier__oin=oin) if oin else self.none()

    def visible_to(self, actor: Actor) -> Self:
        """What this actor may see: boards and suppliers their own, support everything, anyone else nothing."""
        match actor.kind:
            case ActorKind.SUPPORT:
                return self.all()
            case ActorKind.ADMINISTRATOR:
                return self.of_board(actor.board_number)
            case ActorKind.SUPPLIER:
                return self.of_supplier(actor.supplier_oin)
            case _:
                return self.none()

    def held_by(self, school, service) -> Self:
        """The mandates that count for `school` and `service`: its own, or its board's for a board-level service."""
        holder = {"board": school.board_id} if service.level == "board" else {"school": school}
        return self.filter(service=service, **holder)

    def to_take_over(self, number: str, day: date) -> Self:
        """The mandates, valid on `day` or later, that another board gave to schools that this board governs (D20)."""
        return self.filter(school__board__number=number).exclude(granting_board=F("school__board")).in_period(day, None)

    def undecided_by(self, number: str) -> Self:
        """Those of which the board with this number has not said that it lets them end (D20)."""
        return self.exclude(let_ends__board__number=number)

    def of_replaced_services(self, day: date) -> Self:
        """The mandates, valid on `day` or later, for services that are then offered for take-over by their successor.

        With `successor` (primary key), `starts_on` and `offered_until` of the offer.
        """
        offers = "service__succession_offers"
        return (
            self.filter(**{f"{offers}__offered_on__lte": day, f"{offers}__until__gte": day})
            .current_and_coming(day)
            .annotate(
                successor=F(f"{offers}__successor"),
                starts_on=F(f"{offers}__starts_on"),
                offered_until=F(f"{offers}__until"),
            )
        )

    def of_offer(self, offer, day: date) -> Self:
        """The mandates, valid on `day` or later, that `offer` is about, whether or not it stands then; as above."""
        return (
            self.filter(service=offer.service)
            .current_and_coming(day)
            .annotate(
                successor=Value(offer.successor_id), starts_on=Value(offer.starts_on, output_field=models.DateField())
            )
        )

    def to_succeed(self, day: date) -> Self:
        """Of mandates with their `successor` and its `starts_on` those with which something is left to do on `day`.

        Their holder has no mandate for the successor, valid on `day` or later: not by the same system, nor by another
        of its kind that came in its place. And when one ends before the successor begins, no other system of its kind
        goes on for the holder: that is the one that counts.
        """
        of_holder = Q(school=OuterRef("school")) | Q(board=OuterRef("board"))
        of_same_holder = Q(school=OuterRef(OuterRef("school"))) | Q(board=OuterRef(OuterRef("board")))
        mandates = self.model.objects.current_and_coming(day)
        new = mandates.filter(of_holder, service=OuterRef("successor"))
        did_before = mandates.filter(of_same_holder, service=OuterRef(OuterRef("service")), system=OuterRef("system"))
        going_on = mandates.filter(
            of_holder, service=OuterRef("service"), system__kind=OuterRef("system__kind")
        ).exclude(system=OuterRef("system"))
        going_on = going_on.filter(Q(end_date=None) | Q(end_date__gte=OuterRef("first_day")))
        return self.annotate(first_day=Greatest("starts_on", Value(day, output_field=models.DateField()))).exclude(
            Exists(new.filter(system=OuterRef("system")))
            | Exists(new.filter(~Exists(did_before), system__kind=OuterRef("system__kind")))
            | (Q(end_date__lt=F("first_day")) & Exists(going_on))
        )

    def beside(self, mandate, day: date) -> Self:
        """The mandates, valid on `day` or later, of other systems of the same supplier for the same holder and service.

        A check asks about a supplier: while one of these is valid it says yes.
        """
        return (
            self.filter(
                school=mandate.school_id,
                board=mandate.board_id,
                service=mandate.service_id,
                system__supplier=mandate.system.supplier_id,
            )
            .exclude(system=mandate.system_id)
            .current_and_coming(day)
            .order_by("system__name")
        )

    def in_full(self) -> Self:
        """With what a page tells about a mandate: service, system, supplier and the kind of its last change."""
        unseen = ("entry__actor", "entry__before", "entry__after")
        return self.select_related("service", "system__supplier", "entry").defer(*unseen)

    def same_as(self, *, start_date: date, end_date: date | None, locations: list[str] | None) -> Self:
        """The mandates for exactly these days and locations: what saving one form twice would give again."""
        return self.filter(start_date=start_date, end_date=end_date, locations=locations)
