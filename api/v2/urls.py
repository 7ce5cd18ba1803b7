from django.urls import path

from api.v2 import mandates

urlpatterns = [
    path("mandates", mandates.mandates),
]
