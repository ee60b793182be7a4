"""Pages of training."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "training"


def placeholder(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", placeholder, name="runs"),
]
