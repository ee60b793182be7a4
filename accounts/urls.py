"""Pages of accounts."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "accounts"


def placeholder(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("login/", placeholder, name="login"),
    path("logout/", placeholder, name="logout"),
    path("settings/", placeholder, name="settings"),
]
