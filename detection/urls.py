"""Pages of detection."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "detection"


def placeholder(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", placeholder, name="overview"),
    path("cameras/", placeholder, name="cameras"),
    path("clips/", placeholder, name="clips"),
]
