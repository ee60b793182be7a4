"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.views import administration_login
from maskweb.views import api_docs, health

handler404 = "maskweb.views.not_found"

urlpatterns = [
    path("health/", health, name="health"),
    path("admin/login/", administration_login, name="administration_login"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("jobs/", include("jobs.urls")),
    path("models/", include("releases.urls")),
    path("datasets/", include("labelling.urls")),
    path("training/", include("training.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", api_docs, name="api_docs"),
    path("api/", include("jobs.api_urls")),
    path("api/", include("releases.api_urls")),
    path("api/", include("detection.api_urls")),
    path("api/", include("labelling.api_urls")),
    path("api/", include("training.api_urls")),
    path("", include("detection.urls")),
]
