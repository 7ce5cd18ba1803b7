from django.urls import path

from usual.views import MandateView

urlpatterns = [path("api/v2/mandates", MandateView.as_view())]
