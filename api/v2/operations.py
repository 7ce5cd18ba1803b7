"""The operations of version 2 and their paths (api-v2.md)."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from api.v2 import checks, endpoints, mandates, schools, services

CHECK = "mandates"

OPERATIONS = [
    path("schools", schools.Schools.as_view()),
    path("schools/<str:id>", schools.OneSchool.as_view()),
    path("boards/<str:id>", schools.OneBoard.as_view()),
    path("services", services.Services.as_view()),
    path("services/<str:id>", services.OneService.as_view()),
    path("service-versions", services.ServiceVersions.as_view()),
    path("service-versions/<str:id>", services.OneServiceVersion.as_view()),
    # Suppliers' clients send no cookies, so there is nothing to forge.
    path(CHECK, csrf_exempt(checks.check)),
    path("mandates/<str:id>", mandates.OneMandate.as_view()),
    path("school-mandates", mandates.SchoolMandates.as_view()),
    path("endpoints", endpoints.Endpoints.as_view()),
    path("endpoints/available-routing-id", endpoints.AvailableRoutingId.as_view()),
    path("endpoints/<str:id>", endpoints.OneEndpoint.as_view()),
]
