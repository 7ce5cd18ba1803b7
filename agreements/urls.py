from django.urls import path

from agreements.views import documents, overview, requesting, signing

app_name = "agreements"

_ANNEX = "overeenkomsten/privacybijsluiter/<str:kind>/<int:version>/"

urlpatterns = [
    path("overeenkomsten/", overview.agreements, name="agreements"),
    path("overeenkomsten/aanvragen/<str:kind>/", requesting.request_kind, name="request"),
    path("overeenkomsten/aanbod/<uuid:uuid>/", signing.sign, name="sign"),
    path("overeenkomsten/aanbod/<uuid:uuid>/weigeren/", signing.decline, name="decline"),
    path("overeenkomsten/aanbod/<uuid:uuid>/overeenkomst.pdf", documents.offered, name="offered_pdf"),
    path("overeenkomsten/<uuid:uuid>/", overview.agreement, name="agreement"),
    path("overeenkomsten/<uuid:uuid>/overeenkomst.pdf", documents.signed, name="signed_pdf"),
    path(_ANNEX, documents.annex, name="annex"),
    path(f"{_ANNEX}privacybijsluiter.pdf", documents.annex_pdf, name="annex_pdf"),
]
