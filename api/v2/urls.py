from django.urls import path

from api.v2.document import ApiDocs
from api.v2.operations import OPERATIONS

urlpatterns = [*OPERATIONS, path("api-docs", ApiDocs.as_view())]
