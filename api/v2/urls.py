from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from api.v2 import checks

# Suppliers' clients send no cookies, so there is nothing to forge.
urlpatterns = [
    path("mandates", csrf_exempt(checks.check)),
]
