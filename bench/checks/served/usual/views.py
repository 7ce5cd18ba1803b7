from uuid import uuid4

from django.db.models import Q
from django.utils import timezone
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from mandates.models import Check, Mandate
from schools.models import FormerBoard, School
from schools.numbers import OIN, brin_of
from services.keys import digest_of
from services.models import ApiKey, System


class Caller:
    """The system that asks, as REST framework's `request.user`."""

    is_authenticated = True

    def __init__(self, system: System) -> None:
        self.system = system


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request):
        if not (key := request.headers.get("API-Key")):
            return None
        try:
            found = ApiKey.objects.select_related("system__supplier").get(digest=digest_of(key), revoked_at=None)
        except ApiKey.DoesNotExist:
            raise AuthenticationFailed("The API key is not known") from None
        if found.expires_at and found.expires_at <= timezone.now():
            raise AuthenticationFailed("The API key is expired")
        return Caller(found.system), found

    def authenticate_header(self, request) -> str:
        return "API-Key"


class QuestionSerializer(serializers.Serializer):
    school_oin = serializers.RegexField(OIN)
    supplier_oin = serializers.RegexField(OIN)
    service_code = serializers.CharField(required=False)
    service_version_namespace = serializers.CharField(required=False)
    reference_date = serializers.DateField(required=False)

    def validate(self, attrs):
        if not attrs.keys() & {"service_code", "service_version_namespace"}:
            raise serializers.ValidationError("One of service_version_namespace and service_code is required.")
        return attrs


class MandateView(APIView):
    authentication_classes = [KeyAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        serializer = QuestionSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        day = asked.get("reference_date") or timezone.localdate()
        caller = request.user.system
        brin = brin_of(asked["school_oin"])
        mandate = find_mandate(asked, brin, day, caller)
        Check.objects.create(
            id=uuid4(),
            caller_oin=caller.supplier.oin,
            system=caller,
            brin=brin or "",
            school_oin=asked["school_oin"],
            supplier_oin=asked["supplier_oin"],
            service_code=asked.get("service_code", ""),
            service_version_namespace=asked.get("service_version_namespace", ""),
            reference_date=day,
            mandated=mandate is not None,
            mandate=mandate,
        )
        if mandate is None:
            return Response({"message": "mandate not found"}, status=404)
        return Response(own(mandate) if mandate.system_id == caller.pk else {"mandated": True})


def find_mandate(asked, brin, day, caller) -> Mandate | None:
    """The mandate that makes the answer yes, that of the caller first."""
    school = School.objects.filter(brin=brin).first()
    if school is None:
        return None
    boards = Q(board=school.board_id)
    for former in FormerBoard.objects.filter(school=school, grace_until__gte=day).order_by("-until"):
        if former.until >= day:
            boards = Q(board=former.board_id)
        else:
            boards |= Q(board=former.board_id, start_date__lte=former.until)
    mandates = Mandate.objects.valid_on(day).filter(
        Q(school=school) | boards, system__supplier__oin=asked["supplier_oin"]
    )
    if "service_code" in asked:
        mandates = mandates.filter(service__code=asked["service_code"])
    if "service_version_namespace" in asked:
        mandates = mandates.filter(service__versions__namespace=asked["service_version_namespace"])
    found = list(mandates.order_by("id"))
    return next((mandate for mandate in found if mandate.system_id == caller.pk), found[0] if found else None)


def own(mandate: Mandate) -> dict:
    """What the mandated system itself is told (D10)."""
    links = {"self": {"href": f"/api/v2/mandates/{mandate.pk}"}}
    if mandate.school_id is not None:
        links["school"] = {"href": f"/api/v2/schools/{mandate.school_id}"}
    else:
        links["board"] = {"href": f"/api/v2/boards/{mandate.board_id}"}
    links["service"] = {"href": f"/api/v2/services/{mandate.service_id}"}
    return {
        "token": mandate.token,
        "start_date": mandate.start_date,
        "end_date": mandate.end_date,
        "_links": links,
    }
