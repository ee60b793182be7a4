"""Pages of training."""

from django.urls import path

from training import compare_views, examination_views, start_views, views
from training.evaluations import views as evaluations

app_name = "training"

urlpatterns = [
    path("", views.runs, name="runs"),
    path("start/", start_views.start, name="start"),
    path("start/estimate/", start_views.estimated, name="estimate"),
    path("compare/", compare_views.compare, name="compare"),
    path("compare/figures.csv", compare_views.compared, {"part": "figures"}, name="compare_figures_csv"),
    path("compare/settings.csv", compare_views.compared, {"part": "settings"}, name="compare_settings_csv"),
    path("compare/pictures.csv", compare_views.compared, {"part": "pictures"}, name="compare_pictures_csv"),
    path("measure/", evaluations.measure, name="measure"),
    path("measure/figures.csv", evaluations.figures_file, name="measure_csv"),
    path("measure/start/", evaluations.measure_start, name="measure_start"),
    path("measure/<int:pk>/", evaluations.evaluation, name="evaluation"),
    path("compare.csv", compare_views.compare_csv, name="compare_csv"),
    path("<int:pk>/epochs.csv", compare_views.run_csv, name="run_csv"),
    path("<int:pk>/steps.csv", compare_views.run_steps_csv, name="steps_csv"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/epochs/", views.epochs, name="epochs"),
    path("<int:pk>/pictures/", examination_views.pictures, name="pictures"),
    path("<int:pk>/pictures.csv", examination_views.table, {"part": "pictures"}, name="pictures_csv"),
    path("<int:pk>/curves.csv", examination_views.table, {"part": "curves"}, name="curves_csv"),
    path("<int:pk>/confusion.csv", examination_views.table, {"part": "confusion"}, name="confusion_csv"),
    path("<int:pk>/reliability.csv", examination_views.table, {"part": "reliability"}, name="reliability_csv"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/resume/", views.resume, name="resume"),
    path("<int:pk>/publish-best/", views.publish_best, name="publish_best"),
]
