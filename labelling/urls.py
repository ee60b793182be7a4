"""Pages of labelling."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "labelling"


def placeholder(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", placeholder, name="datasets"),
]
