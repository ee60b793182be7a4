"""What every piece of background work on a dataset keeps."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DatasetWork(models.Model):
    """Work that a job does: who asked for it and when, when it was done, and what came of it."""

    report = models.JSONField(_("report"), default=dict, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]
