"""Frozen versions of datasets, which training names."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from labelling.models.datasets import Dataset
from labelling.models.images import Image, Split


class DatasetVersionQuerySet(models.QuerySet["DatasetVersion"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()


class DatasetVersion(models.Model):
    """A dataset frozen: each image with its boxes and split as they were. Training always names one."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    classes = models.JSONField(_("classes"))
    seed = models.PositiveIntegerField(_("seed"), default=0)
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    anchors = models.JSONField(
        _("anchors"), default=dict, blank=True, help_text=_("net_size, seed, anchors [[width, height]], mean_iou")
    )
    created_at = models.DateTimeField(_("frozen"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DatasetVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset version")
        verbose_name_plural = _("dataset versions")
        ordering = ["dataset", "-number"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="version_number_unique")]

    def __str__(self) -> str:
        return f"{self.dataset} v{self.number}"


class VersionImage(models.Model):
    """One image as a version froze it; the file is shared with the image, which a version protects."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="images")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="frozen")
    split = models.CharField(_("split"), max_length=10, choices=Split.choices)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    boxes = models.JSONField(default=list, help_text=_("[class index, x_min, y_min, x_max, y_max] per box"))

    class Meta:
        verbose_name = _("frozen image")
        verbose_name_plural = _("frozen images")
        ordering = ["pk"]
        indexes = [models.Index(fields=["version", "image", "split"])]
        constraints = [
            models.UniqueConstraint(fields=["version", "image"], name="frozen_image_once"),
            models.CheckConstraint(condition=models.Q(split__in=Split.values), name="frozen_image_split_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.image} ({self.split})"
