"""Addresses of the API of releases."""

from django.urls import URLPattern, path

from releases.api import batches, conversions, numbers, pictures, releases

urlpatterns: list[URLPattern] = [
    path("detect/", pictures.Detect.as_view(), name="api-detect"),
    path("releases/", releases.ReleaseList.as_view(), name="api-releases"),
    path("releases/roll-back/", releases.ReleaseRollBack.as_view(), name="api-release-roll-back"),
    path("releases/<int:pk>/", releases.ReleaseDetail.as_view(), name="api-release"),
    path("releases/<int:pk>/activate/", releases.ReleaseActivate.as_view(), name="api-release-activate"),
    path("releases/<int:pk>/card/", releases.ReleaseCard.as_view(), name="api-release-card"),
    path("releases/<int:pk>/download/", releases.ReleaseDownload.as_view(), name="api-release-download"),
    path("releases/<int:pk>/int8/", numbers.ReleaseInt8.as_view(), name="api-release-int8"),
    path("releases/<int:pk>/calibration/", numbers.ReleaseCalibration.as_view(), name="api-release-calibration"),
    path("releases/<int:pk>/precision/", numbers.ReleasePrecision.as_view(), name="api-release-precision"),
    path("batches/", batches.BatchList.as_view(), name="api-batches"),
    path("batches/<int:pk>/", batches.BatchDetail.as_view(), name="api-batch"),
    path("batches/<int:pk>/pictures/", batches.BatchPictureList.as_view(), name="api-batch-pictures"),
    path("batches/<int:pk>/zip/", batches.BatchZips.as_view(), name="api-batch-zip"),
    path("batches/<int:pk>/start/", batches.BatchStart.as_view(), name="api-batch-start"),
    path("batches/<int:pk>/download/", batches.BatchDownload.as_view(), name="api-batch-download"),
    path("releases/<int:pk>/files/", conversions.ConversionList.as_view(), name="api-release-files"),
    path("files/<int:pk>/", conversions.ConversionDetail.as_view(), name="api-release-file"),
    path("files/<int:pk>/file/", conversions.ConversionFile.as_view(), name="api-release-file-content"),
]
