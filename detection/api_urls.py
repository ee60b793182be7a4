"""Addresses of the API."""

from django.urls import path

from detection import api, preview_api

urlpatterns = [
    path("cameras/", api.CameraList.as_view(), name="api-cameras"),
    path("clips/", api.ClipList.as_view(), name="api-clips"),
    path("clips/<int:pk>/", api.ClipDetail.as_view(), name="api-clip"),
    path("passages/", api.PassageList.as_view(), name="api-passages"),
    path("releases/<int:pk>/previews/", preview_api.PreviewList.as_view(), name="api-previews"),
    path("previews/<int:pk>/", preview_api.PreviewDetail.as_view(), name="api-preview"),
]
