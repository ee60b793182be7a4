"""Pages of jobs."""

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("bell/", views.bell, name="bell"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/snapshot/", views.snapshot, name="snapshot"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/resume/", views.resume, name="resume"),
]
