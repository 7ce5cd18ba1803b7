from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("meldingen/", views.preferences, name="preferences"),
    path("meldingen/afmelden/<str:signed>/", views.unsubscribe_page, name="unsubscribe"),
    path("bestuur/<str:number>/<path:path>", views.for_board, name="for_board"),
]
