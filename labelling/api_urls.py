"""Addresses of the API of labelling."""

from django.urls import URLPattern, path

from labelling.api import boxes, classes, datasets, fetches, images, imports, prelabels, proposals, versions

app_name = "labelling_api"
urlpatterns: list[URLPattern] = [
    path("datasets/", datasets.DatasetList.as_view(), name="datasets"),
    path("datasets/<int:pk>/", datasets.DatasetDetail.as_view(), name="dataset"),
    path("datasets/<int:pk>/images/", images.ImageList.as_view(), name="images"),
    path("datasets/<int:pk>/imports/", imports.ImportList.as_view(), name="imports"),
    path("datasets/<int:pk>/versions/", versions.VersionList.as_view(), name="versions"),
    path("datasets/<int:pk>/export/", versions.DatasetExport.as_view(), name="dataset_export"),
    path("datasets/<int:pk>/lock/", versions.DatasetLock.as_view(), name="dataset_lock"),
    path("datasets/<int:pk>/fetches/", fetches.FetchList.as_view(), name="fetches"),
    path("fetches/<int:pk>/", fetches.FetchDetail.as_view(), name="fetch"),
    path("datasets/<int:pk>/prelabels/", prelabels.PrelabelList.as_view(), name="prelabels"),
    path("prelabels/<int:pk>/", prelabels.PrelabelDetail.as_view(), name="prelabel"),
    path("datasets/<int:pk>/classes/", classes.ClassList.as_view(), name="classes"),
    path("classes/<int:pk>/", classes.ClassDetail.as_view(), name="class"),
    path("classes/<int:pk>/merge/", classes.ClassMerge.as_view(), name="class_merge"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import"),
    path("imports/<int:pk>/skipped/", imports.ImportSkipped.as_view(), name="import_skipped"),
    path("imports/<int:pk>/skipped.csv", imports.ImportSkippedCsv.as_view(), name="import_skipped_csv"),
    path("imports/<int:pk>/confirm/", imports.ImportConfirm.as_view(), name="import_confirm"),
    path("imports/<int:pk>/pictures/", imports.ImportPictures.as_view(), name="import_pictures"),
    path("versions/<int:pk>/", versions.VersionDetail.as_view(), name="version"),
    path("versions/<int:pk>/anchors/", versions.VersionAnchors.as_view(), name="version_anchors"),
    path("versions/<int:pk>/compare/", versions.VersionCompare.as_view(), name="version_compare"),
    path("versions/<int:pk>/export/", versions.VersionExport.as_view(), name="version_export"),
    path("versions/<int:pk>/lock/", versions.VersionLock.as_view(), name="version_lock"),
    path("images/<int:pk>/file/", images.ImageFile.as_view(), name="image_file"),
    path("images/<int:pk>/thumbnail/", images.ImageThumbnail.as_view(), name="thumbnail"),
    path("images/<int:pk>/", boxes.ImageDetail.as_view(), name="image"),
    path("images/<int:pk>/boxes/", boxes.BoxList.as_view(), name="boxes"),
    path("images/<int:pk>/history/", boxes.BoxHistory.as_view(), name="history"),
    path("boxes/<int:pk>/", boxes.BoxDetail.as_view(), name="box"),
    path("images/<int:pk>/proposals/", proposals.ProposalList.as_view(), name="proposals"),
    path("proposals/<int:pk>/accept/", proposals.ProposalAccept.as_view(), name="proposal_accept"),
    path("proposals/<int:pk>/reject/", proposals.ProposalReject.as_view(), name="proposal_reject"),
]
