"""Writing the register as a register file: sorted by natural key, so that two dumps can be compared line by line."""

from collections.abc import Iterable
from datetime import UTC, datetime
from textwrap import indent
from typing import Any

import yaml
from django.db.models import Prefetch

from agreements.models import Agreement
from mandates.models import Endpoint, Mandate
from mandates.register_file.tables import case_order
from schools.models import Board, Case, FormerBoard, School
from services.models import Service, Supplier, SupplierGroup, System

# An item stays on its own line, however long: so that a difference between two dumps is a difference of one item.
_LINE = 1_000_000


class InLine(dict):
    """An item that is written on one line: {brin: 99AA, ...}; unless it holds items itself."""

    def fits(self) -> bool:
        lists = (value for value in self.values() if isinstance(value, list))
        return not any(isinstance(element, dict) for elements in lists for element in elements)


class Quoted(str):
    """A number that is text: written in quotes, so that no reader takes it for an integer."""


def dump() -> dict[str, list]:
    """The whole register in the layout of a register file. It holds the mandates' tokens: keep it secret (D10)."""
    return {
        "boards": [_board(board) for board in _boards()],
        "schools": [
            _school(school)
            for school in School.objects.order_by("brin")
            .select_related("board")
            .prefetch_related("locations", "former_boards__board")
        ],
        "services": [
            _service(service)
            for service in Service.objects.order_by("code").select_related("successor").prefetch_related("versions")
        ],
        "supplier_groups": [InLine(name=group.name) for group in SupplierGroup.objects.order_by("name")],
        "suppliers": [
            _supplier(supplier)
            for supplier in Supplier.objects.order_by("oin")
            .select_related("group")
            .prefetch_related("systems__qualifications__service", "systems__api_keys")
        ],
        "mandates": [
            _mandate(mandate)
            for mandate in Mandate.objects.select_related(
                "school__board", "board", "service", "system", "granting_board"
            ).order_by("school__brin", "board__number", "service__code", "system__name", "start_date", "token")
        ],
        "endpoints": [
            _endpoint(endpoint)
            for endpoint in Endpoint.objects.select_related(
                "mandate__school", "mandate__service", "mandate__system", "service_version"
            ).order_by("routing_id", "service_version__namespace", "start_date", "mandate__token")
        ],
        "cases": [_case(case) for case in sorted(Case.objects.select_related("school"), key=case_order)],
    }


def as_yaml(register: dict[str, list]) -> str:
    """A register, in the layout of a register file, as YAML; empty sections are left out."""
    sections = [
        f"{name}:\n" + indent(_yaml(items).rstrip("\n"), "  ") + "\n" for name, items in register.items() if items
    ]
    return "\n".join(sections) or "boards: []\n"


def _filled(**values: Any) -> dict[str, Any]:
    """The values that there are: a key without value is left out."""
    return {key: value for key, value in values.items() if value is not None and value != ""}


def _number(text: str | None) -> Quoted | None:
    return None if text is None else Quoted(text)


def _boards() -> Iterable[Board]:
    """The boards with their agreements; one that was replaced on the day on which it was signed says nothing."""
    agreements = Prefetch("agreements", Agreement.objects.covering_some_day())
    return Board.objects.order_by("number").prefetch_related(agreements)


def _board(board: Board) -> dict:
    agreements = sorted(board.agreements.all(), key=lambda one: (one.kind_id, one.signed_on))
    return _filled(
        number=Quoted(board.number), name=board.name, agreements=[_agreement(one) for one in agreements] or None
    )


def _agreement(agreement: Agreement) -> dict:
    return InLine(_filled(kind=agreement.kind_id, signed_on=agreement.signed_on, ended_on=agreement.ended_on))


def _school(school: School) -> dict:
    locations = []
    for location in sorted(school.locations.all(), key=lambda one: one.code):
        alike = location.name == school.name and location.city == school.city and location.missing_since is None
        own = InLine(code=location.code, name=location.name, city=location.city)
        if location.missing_since:
            own["missing_since"] = location.missing_since
        locations.append(location.code if alike else own)
    former_boards = sorted(school.former_boards.all(), key=lambda one: one.until)
    return InLine(
        _filled(
            brin=school.brin,
            name=school.name,
            board=Quoted(school.board.number),
            city=school.city,
            oa_id=school.oa_id,
            sector=school.sector,
            locations=locations,
            former_boards=[_former_board(one) for one in former_boards] or None,
            closed_on=school.closed_on,
            missing_since=school.missing_since,
        )
    )


def _former_board(former: FormerBoard) -> dict:
    return InLine(board=Quoted(former.board.number), until=former.until, grace_until=former.grace_until)


def _service(service: Service) -> dict:
    versions = sorted(service.versions.all(), key=lambda one: one.namespace)
    return _filled(
        code=service.code,
        name=service.name,
        description=service.description,
        level=service.level,
        roles=_Listed(service.roles),
        endpoints=service.takes_endpoints,
        agreement=service.agreement_kind,
        deadline=service.deadline,
        active=service.is_active,
        successor=service.successor and service.successor.code,
        versions=[InLine(namespace=Quoted(one.namespace), status=one.status) for one in versions] or None,
    )


def _supplier(supplier: Supplier) -> dict:
    systems = sorted(supplier.systems.all(), key=lambda one: one.name)
    return _filled(
        oin=Quoted(supplier.oin),
        name=supplier.name,
        group=supplier.group.name,
        connected_on=supplier.connected_on,
        systems=[_system(one) for one in systems] or None,
    )


def _system(system: System) -> dict:
    qualifications = sorted(system.qualifications.all(), key=lambda one: one.service.code)
    # Of one name in the order in which they replaced each other: loading keeps it.
    api_keys = sorted(system.api_keys.all(), key=lambda one: (one.name, one.pk))
    return _filled(
        name=system.name,
        kind=system.kind,
        services=[
            InLine(_filled(code=one.service.code, qualified_on=one.qualified_on, withdrawn_on=one.withdrawn_on))
            for one in qualifications
        ],
        api_keys=[
            InLine(
                _filled(
                    name=one.name,
                    digest=Quoted(one.digest),
                    expires_at=_moment(one.expires_at),
                    revoked_at=_moment(one.revoked_at),
                )
            )
            for one in api_keys
        ]
        or None,
    )


def _mandate(mandate: Mandate) -> dict:
    governing = mandate.school.board if mandate.school else mandate.board
    return InLine(
        _filled(
            school=mandate.school and mandate.school.brin,
            board=_number(mandate.board and mandate.board.number),
            service=mandate.service.code,
            system=mandate.system.name,
            start_date=mandate.start_date,
            end_date=mandate.end_date,
            token=str(mandate.token),
            locations=sorted(mandate.locations) if mandate.locations else None,
            granted_by=None if mandate.granting_board == governing else Quoted(mandate.granting_board.number),
        )
    )


def _endpoint(endpoint: Endpoint) -> dict:
    mandate = endpoint.mandate
    return InLine(
        _filled(
            school=mandate.school.brin,
            service=mandate.service.code,
            system=mandate.system.name,
            mandate=str(mandate.token),
            namespace=Quoted(endpoint.service_version.namespace),
            routing_id=Quoted(endpoint.routing_id),
            url=Quoted(endpoint.url),
            attributes=endpoint.attributes,
            start_date=endpoint.start_date,
            end_date=endpoint.end_date,
        )
    )


def _case(case: Case) -> dict:
    return InLine(
        _filled(
            school=case.school.brin,
            kind=case.kind,
            text=case.text,
            opened_on=case.opened_on,
            closed_on=case.closed_on,
        )
    )


def _moment(moment: datetime | None) -> Quoted | None:
    return None if moment is None else Quoted(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))


class _Listed(list):
    """A list that is written on one line."""


class _Writer(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    """Writes a register file as people write it: items on one line, numbers in quotes, nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Writer.add_representer(
    InLine, lambda writer, item: writer.represent_mapping("tag:yaml.org,2002:map", item.items(), flow_style=item.fits())
)
_Writer.add_representer(
    _Listed, lambda writer, items: writer.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)
_Writer.add_representer(
    Quoted, lambda writer, text: writer.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def _yaml(items: list) -> str:
    return yaml.dump(items, Dumper=_Writer, width=_LINE, allow_unicode=True, sort_keys=False)
