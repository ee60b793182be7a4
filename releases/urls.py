"""Pages of releases."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "releases"


def placeholder(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", placeholder, name="releases"),
]
