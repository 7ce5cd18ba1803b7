from django.urls import path

from mandates.views import copying, granting, overview, revoking, undoing

app_name = "mandates"

urlpatterns = [
    path("mandaten/", overview.overview, name="overview"),
    path("scholen/<str:brin>/", overview.school, name="school"),
    path("scholen/<str:brin>/mandaten/toevoegen/", granting.grant, name="grant"),
    path("mandaten/<uuid:uuid>/intrekken/", revoking.revoke, name="revoke"),
    path("mandaten/<uuid:uuid>/kopieren/", copying.CopyMandate.as_view(), name="copy"),
    path("ongedaan-maken/", undoing.undo_change, name="undo"),
]
