from django.urls import path

from mandates.views import (
    changing,
    checks,
    connections,
    copying,
    coverage,
    downloads,
    granting,
    history,
    overview,
    revoking,
    switching,
    taking_over,
    timeline,
    undoing,
)

app_name = "mandates"

urlpatterns = [
    path("mandaten/", overview.overview, name="overview"),
    path("overzicht/", coverage.coverage, name="coverage"),
    path("scholen/<str:brin>/", overview.school, name="school"),
    path("scholen/<str:brin>/routeringskenmerken/", connections.endpoints, name="endpoints"),
    path("scholen/<str:brin>/tijdlijn/", timeline.timeline, name="timeline"),
    path("scholen/<str:brin>/geschiedenis/", history.of_school, name="history"),
    path("scholen/<str:brin>/raadplegingen/", checks.checks, name="checks"),
    path("scholen/<str:brin>/mandaten/toevoegen/", granting.grant, name="grant"),
    path("mandaten/toevoegen/", granting.GrantMany.as_view(), name="grant_many"),
    path("mandaten/wijzigen/", changing.ChangeMany.as_view(), name="change_many"),
    path("mandaten/<uuid:uuid>/wijzigen/", changing.ChangeMandate.as_view(), name="change"),
    path("mandaten/<uuid:uuid>/intrekken/", revoking.revoke, name="revoke"),
    path("mandaten/<uuid:uuid>/kopieren/", copying.CopyMandate.as_view(), name="copy"),
    path("downloads/scholen.<str:kind>", downloads.schools, name="download_schools"),
    path("downloads/overzicht.<str:kind>", downloads.coverage, name="download_coverage"),
    path("downloads/mandaten.<str:kind>", downloads.board_mandates, name="download_board_mandates"),
    path("scholen/<str:brin>/mandaten.<str:kind>", downloads.school_mandates, name="download_school_mandates"),
    path("scholen/<str:brin>/routeringskenmerken.<str:kind>", downloads.endpoints, name="download_endpoints"),
    path("scholen/<str:brin>/raadplegingen.<str:kind>", downloads.checks, name="download_checks"),
    path("scholen/<str:brin>/geschiedenis.<str:kind>", downloads.school_history, name="download_school_history"),
    path("downloads/geschiedenis.<str:kind>", downloads.board_history, name="download_board_history"),
    path("downloads/over-te-nemen.<str:kind>", downloads.take_over, name="download_take_over"),
    path("overstappen/", switching.SwitchSystem.as_view(), name="switch"),
    path("over-te-nemen/", taking_over.TakeOverMandates.as_view(), name="take_over"),
    path("geschiedenis/", history.of_board, name="board_history"),
    path("ongedaan-maken/", undoing.undo_change, name="undo"),
]
