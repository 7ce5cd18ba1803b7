from django.contrib import admin
from django.urls import include, path

from mandates.views import why
from mandates.views.searching import workplace_search
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
    path("status/", health.status, name="status"),
    path("beheer/zoeken/", workplace_search, name="workplace_search"),
    path("beheer/waarom/", why.why, name="why"),
    path("beheer/waarom/leverancier/", why.for_supplier, name="why_for_supplier"),
    path("beheer/waarom/leverancier.txt", why.text_for_supplier, name="why_text_for_supplier"),
    # Before the workplace, which takes every address below its own.
    path("", include("accounts.urls")),
    path("beheer/", admin.site.urls),
    path("", include("agreements.urls")),
    path("", include("mandates.urls")),
    path("", include("notifications.urls")),
]

handler400 = "osr.views.bad_request"
handler403 = "osr.views.forbidden"
handler404 = "osr.views.not_found"
handler429 = "osr.views.too_many_attempts"
handler500 = "osr.views.server_error"
