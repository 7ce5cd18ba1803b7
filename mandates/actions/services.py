"""What a service is given for: to schools or to boards, with endpoints or without (D1, D18)."""

from collections.abc import Iterator

from journal.acts import Actor, Problem, act
from mandates.models import Endpoint
from services.actions.gate import changed_meanwhile, no_reason, one_at_a_time, refuse_if, refuse_unless_support
from services.actions.services import endpoints_of_board
from services.models import Service


def reshape_service(
    *, actor: Actor, service: Service, level: Service.Level, takes_endpoints: bool, seen: int | None = None
) -> Service:
    """Change the level of a service, and whether it takes endpoints.

    The level stays once a mandate was given for it, and endpoints stay possible once there was one: past answers go by
    them (D15). `seen` is as for `services.actions.change_service`. Raises `Refused` with all that is wrong.
    """
    refuse_unless_support(actor, "diensten")
    with one_at_a_time():
        service = Service.objects.select_for_update().get(pk=service.pk)
        refuse_if(
            no_reason(actor, "het wijzigen van deze dienst"),
            changed_meanwhile(service, seen, {"level": "niveau", "takes_endpoints": "afleveradressen"}),
            endpoints_of_board(level, takes_endpoints),
            _has_mandates(service, level),
            _has_endpoints(service, takes_endpoints),
            _the_same(service, level, takes_endpoints),
        )
        with act("service.changed", actor=actor):
            service.level, service.takes_endpoints = level, takes_endpoints
            service.save(update_fields=["level", "takes_endpoints"])
        return service


def _has_mandates(service: Service, level: Service.Level) -> Iterator[Problem]:
    if level != service.level and service.mandates.exists():
        yield Problem("has_mandates", f"Er zijn mandaten voor {service.code}. Het niveau kan niet meer veranderen.")


def _has_endpoints(service: Service, takes_endpoints: bool) -> Iterator[Problem]:
    if not takes_endpoints and Endpoint.objects.filter(mandate__service=service).exists():
        yield Problem("has_endpoints", f"Er zijn afleveradressen voor {service.code}. De dienst blijft ze nemen.")


def _the_same(service: Service, level: Service.Level, takes_endpoints: bool) -> Iterator[Problem]:
    if (service.level, service.takes_endpoints) == (level, takes_endpoints):
        yield Problem("nothing_to_do", "U hebt niets veranderd.")
