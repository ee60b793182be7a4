"""Pages of labelling."""

from django.urls import path

from labelling.views import (
    anchors,
    bulk,
    classes,
    datasets,
    exports,
    fetches,
    gallery,
    health,
    images,
    imports,
    prelabelling,
    versions,
)

app_name = "labelling"
urlpatterns = [
    path("", datasets.datasets, name="datasets"),
    path("add/", datasets.dataset_add, name="dataset_add"),
    path("<int:pk>/", datasets.dataset, name="dataset"),
    path("<int:pk>/versions/add/", datasets.version_add, name="version_add"),
    path("<int:pk>/versions/lock/", versions.test_lock, name="test_lock"),
    path("<int:pk>/versions/unlock/", versions.test_unlock, name="test_unlock"),
    path("<int:pk>/versions/compare/", versions.versions_compare, name="versions_compare"),
    path("<int:pk>/anchors/", anchors.anchors, name="anchors"),
    path("<int:pk>/anchors/choose/", anchors.anchors_choose, name="anchors_choose"),
    path("<int:pk>/health/", health.health, name="health"),
    path("<int:pk>/health/pictures/", health.health_pictures, name="health_pictures"),
    path("<int:pk>/export/", exports.export, name="export"),
    path("<int:pk>/export/download/", exports.export_download, name="export_download"),
    path("<int:pk>/images/", gallery.images, name="images"),
    path("<int:pk>/images/do/", gallery.images_do, name="images_do"),
    path("<int:pk>/classes/add/", classes.class_add, name="class_add"),
    path("<int:pk>/classes/rename/", classes.class_rename, name="class_rename"),
    path("<int:pk>/classes/merge/", classes.class_merge, name="class_merge"),
    path("bulk/<int:pk>/", bulk.bulk, name="bulk"),
    path("<int:pk>/imports/add/", imports.import_add, name="import_add"),
    path("<int:pk>/prelabels/add/", prelabelling.prelabel_add, name="prelabel_add"),
    path("prelabels/<int:pk>/", prelabelling.prelabel, name="prelabel"),
    path("<int:pk>/fetches/add/", fetches.fetch_add, name="fetch_add"),
    path("fetches/<int:pk>/", fetches.fetch, name="fetch"),
    path("imports/<int:pk>/", imports.label_import, name="import"),
    path("imports/<int:pk>/skipped/", imports.import_skipped, name="import_skipped"),
    path("imports/<int:pk>/skipped.csv", imports.import_skipped_csv, name="import_skipped_csv"),
    path("imports/<int:pk>/go/", imports.import_go, name="import_go"),
    path("imports/<int:pk>/pictures/", imports.pictures_add, name="pictures_add"),
    path("images/<int:pk>/", images.image, name="image"),
    path("images/<int:pk>/file/", images.image_file, name="image_file"),
    path("images/<int:pk>/thumbnail/", images.thumbnail, name="thumbnail"),
]
