"""Addresses of the API of releases."""

from django.urls import path

from releases import api

urlpatterns = [path("detect/", api.Detect.as_view(), name="api-detect")]
