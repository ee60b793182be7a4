"""Pages of releases."""

from django.urls import path

from releases import views

app_name = "releases"

urlpatterns = [
    path("", views.releases, name="releases"),
    path("pictures/", views.pictures, name="pictures"),
    path("<int:pk>/", views.release, name="release"),
    path("<int:pk>/card/", views.card, name="card"),
    path("<int:pk>/card.md", views.card_file, name="card_file"),
    path("<int:pk>/activate/", views.activate, name="activate"),
    path("<int:pk>/roll-back/", views.roll_back, name="roll_back"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("<int:pk>/download/", views.download, name="download"),
]
