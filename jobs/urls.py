"""Pages of jobs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

app_name = "jobs"


def placeholder(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", placeholder, name="jobs"),
    path("<int:pk>/", placeholder, name="job"),
]
