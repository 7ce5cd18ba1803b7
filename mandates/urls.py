from django.urls import path

from mandates import views

app_name = "mandates"

urlpatterns = [
    path("mandaten/", views.overview, name="overview"),
    path("scholen/<str:brin>/", views.school, name="school"),
    path("scholen/<str:brin>/mandaten/toevoegen/", views.grant, name="grant"),
    path("mandaten/<uuid:uuid>/intrekken/", views.revoke, name="revoke"),
]
