"""Schools and boards, in version 2."""

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema

from api.v2 import describing, representations
from api.v2.fields import Brin, OaId, Oin, Part, Query
from api.v2.responses import answer
from api.v2.views import NotFound, SupplierView, number_in_path
from schools.models import Board, School
from schools.numbers import brin_of


class SchoolsQuery(Query):
    name = Part(required=False, help_text="Een deel van de naam; hoofdletters maken niet uit.")
    oin = Oin(required=False, help_text="OIN van de school.")
    brin = Brin(required=False, help_text="BRIN van de school.")
    oa_id = OaId(required=False, help_text="Nummer van de onderwijsaanbieder in RIO.")


class Schools(SupplierView):
    @extend_schema(
        operation_id="schools",
        tags=["Scholen en besturen"],
        summary="Scholen zoeken",
        description="Zonder filters: alle scholen. Filters gelden samen. Is er geen school, dan is de lijst leeg.",
        parameters=[SchoolsQuery],
        responses=describing.answers(representations.School(many=True)),
    )
    def get(self, request) -> HttpResponse:
        return answer(representations.School(_found(SchoolsQuery.read(request)), many=True).data)


def _found(asked: dict[str, str]) -> QuerySet[School]:
    schools = School.objects.order_by("brin")
    if "name" in asked:
        schools = schools.filter(name__icontains=asked["name"])
    if "oin" in asked:
        schools = schools.filter(brin=brin_of(asked["oin"]) or "")
    return schools.filter(**{name: asked[name] for name in ("brin", "oa_id") if name in asked})


class OneSchool(SupplierView):
    @extend_schema(
        operation_id="school",
        tags=["Scholen en besturen"],
        summary="Eén school",
        parameters=[describing.ID],
        responses=describing.answers(representations.School, missing="School with id 7 does not exist"),
    )
    def get(self, request, id: str) -> HttpResponse:
        school = School.objects.filter(pk=number_in_path(id)).first()
        if school is None:
            raise NotFound(f"School with id {id} does not exist")
        return answer(representations.School(school).data)


class OneBoard(SupplierView):
    @extend_schema(
        operation_id="board",
        tags=["Scholen en besturen"],
        summary="Eén bestuur, met zijn scholen",
        parameters=[describing.ID],
        responses=describing.answers(representations.Board, missing="Board with id 7 does not exist"),
    )
    def get(self, request, id: str) -> HttpResponse:
        board = Board.objects.filter(pk=number_in_path(id)).first()
        if board is None:
            raise NotFound(f"Board with id {id} does not exist")
        return answer(representations.Board(board).data)
