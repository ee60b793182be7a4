"""Addresses of the API of training."""

from django.urls import URLPattern, path

from training.api import evaluations, runs

app_name = "training_api"
urlpatterns: list[URLPattern] = [
    path("runs/", runs.RunList.as_view(), name="runs"),
    path("runs/<int:pk>/", runs.RunDetail.as_view(), name="run"),
    path("runs/<int:pk>/cancel/", runs.RunCancel.as_view(), name="cancel"),
    path("runs/<int:pk>/resume/", runs.RunResume.as_view(), name="resume"),
    path("runs/<int:pk>/publish-best/", runs.RunPublishBest.as_view(), name="publish_best"),
    path("runs/<int:pk>/epochs.csv", runs.RunEpochs.as_view(), name="epochs_csv"),
    path("runs/<int:pk>/steps.csv", runs.RunSteps.as_view(), name="steps_csv"),
    path("runs/<int:pk>/examination/", runs.RunExamination.as_view(), name="examination"),
    path("evaluations/", evaluations.EvaluationList.as_view(), name="evaluations"),
    path("evaluations/<int:pk>/", evaluations.EvaluationDetail.as_view(), name="evaluation"),
    path("start-weights/", runs.StartWeightsList.as_view(), name="start_weights"),
]
