"""Pages of releases."""

from django.urls import path

from releases import conversion_views, number_views, views
from releases.batches import views as batches

app_name = "releases"

urlpatterns = [
    path("", views.releases, name="releases"),
    path("pictures/", views.pictures, name="pictures"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/add/", batches.batch_add, name="batch_add"),
    path("batches/<int:pk>/start/", batches.start, name="batch_start"),
    path("batches/<int:pk>/stop/", batches.stop, name="batch_stop"),
    path("batches/<int:pk>/delete/", batches.delete, name="batch_delete"),
    path("batches/<int:pk>/download/", batches.download, name="batch_download"),
    path("batches/zips/<int:pk>/delete/", batches.zip_delete, name="batch_zip_delete"),
    path("batches/pictures/<int:pk>/", batches.picture, name="batch_picture"),
    path("batches/pictures/<int:pk>/file/", batches.picture_file, name="batch_picture_file"),
    path("batches/pictures/<int:pk>/thumbnail/", batches.thumbnail, name="batch_thumbnail"),
    path("<int:pk>/", views.release, name="release"),
    path("<int:pk>/card/", views.card, name="card"),
    path("<int:pk>/card.md", views.card_file, name="card_file"),
    path("<int:pk>/activate/", views.activate, name="activate"),
    path("<int:pk>/roll-back/", views.roll_back, name="roll_back"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("<int:pk>/int8/", number_views.complete, {"part": "int8"}, name="int8"),
    path("<int:pk>/calibration/", number_views.complete, {"part": "calibration"}, name="calibration"),
    path("<int:pk>/precision/", number_views.precision, name="precision"),
    path("<int:pk>/download/", views.download, name="download"),
    path("<int:pk>/convert/", conversion_views.convert, name="convert"),
    path("files/<int:pk>/", conversion_views.conversion, name="conversion"),
    path("files/<int:pk>/file/", conversion_views.conversion_file, name="conversion_file"),
]
