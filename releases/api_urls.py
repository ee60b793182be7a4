"""Addresses of the API of releases."""

from django.urls import path

from releases.api import pictures

urlpatterns = [path("detect/", pictures.Detect.as_view(), name="api-detect")]
