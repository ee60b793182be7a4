"""Addresses of the API of jobs."""

from django.urls import path

from jobs import api

app_name = "jobs_api"
urlpatterns = [
    path("jobs/<int:pk>/", api.JobDetail.as_view(), name="job"),
    path("jobs/<int:pk>/cancel/", api.JobCancel.as_view(), name="cancel"),
]
