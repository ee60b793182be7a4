"""Releases of a trained network."""

from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from releases.batches.models import BatchPicture, BatchZip, PictureBatch

__all__ = ["COMPLIANCE_CLASSES", "Activation", "BatchPicture", "BatchZip", "ModelRelease", "PictureBatch"]

COMPLIANCE_CLASSES: Final = ("with_mask", "without_mask")
"""Without both of them in a release, nobody can be judged: a mask that is not seen may as well be missing."""


class ModelReleaseQuerySet(models.QuerySet["ModelRelease"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_RELEASES) else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


class ModelRelease(models.Model):
    """Weights, classes, anchors, input size, thresholds and metrics, frozen together in one folder.

    The folder's release.json is the source; the fields here are copied from it at registration, so
    that lists need no file access. `folder` is relative to MEDIA_ROOT/releases, or for a release that
    ships with the product to the bundled folder.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    network = models.CharField(_("network"), max_length=40)
    net_size = models.PositiveIntegerField(_("net size"))
    classes = models.JSONField(_("classes"))
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    provenance = models.JSONField(_("provenance"), default=dict, blank=True)
    sha256 = models.CharField(
        _("SHA-256"), max_length=64, unique=True, help_text=_("Of release.json, which holds the hash of each file.")
    )
    folder = models.CharField(max_length=200)
    is_bundled = models.BooleanField(_("ships with the product"), default=False)
    is_active = models.BooleanField(_("active"), default=False)
    created_at = models.DateTimeField(_("registered"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)

    objects = ModelReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-is_active", "-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=models.Q(is_active=True), name="release_only_one_is_active"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def missing_classes(self) -> tuple[str, ...]:
        """What it would have to tell apart besides, to yield a compliance rate; empty where it yields one."""
        return tuple(name for name in COMPLIANCE_CLASSES if name not in self.classes)


class Activation(models.Model):
    """A release became the one that judges. The name stays when the release is deleted."""

    release = models.ForeignKey(ModelRelease, on_delete=models.SET_NULL, null=True, related_name="activations")
    name = models.CharField(_("release"), max_length=100)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    is_rollback = models.BooleanField(_("rolled back"), default=False)

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name}, {self.at:%Y-%m-%d %H:%M}"
