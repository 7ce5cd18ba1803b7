from django.contrib import admin
from django.urls import include, path

from osr import guide, health, manual, statements

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("api/v2/", include("api.v2.urls")),
    path("leveranciers/", guide.guide, name="guide"),
    path("leveranciers/<slug:name>/", guide.guide, name="guide"),
    path("hulp/", manual.manual, name="manual"),
    path("hulp/<slug:name>/", manual.manual, name="manual"),
    path("toegankelijkheid/", statements.accessibility, name="accessibility"),
    path("privacy/", statements.privacy, name="privacy"),
    path("beheer/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("agreements.urls")),
    path("", include("mandates.urls")),
]

handler400 = "osr.views.bad_request"
handler403 = "osr.views.forbidden"
handler404 = "osr.views.not_found"
handler500 = "osr.views.server_error"
