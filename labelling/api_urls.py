"""Addresses of the API of labelling."""

from django.urls import URLPattern

app_name = "labelling_api"
urlpatterns: list[URLPattern] = []
