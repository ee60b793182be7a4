"""Releases of a trained network."""

from pathlib import Path
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from releases.batches.models import BatchPicture, BatchZip, PictureBatch
from yolo.calibration import IDENTITY, calibrated

__all__ = [
    "ARITHMETIC",
    "COMPLIANCE_CLASSES",
    "Activation",
    "BatchPicture",
    "BatchZip",
    "ModelRelease",
    "PictureBatch",
    "Precision",
    "ReleaseConversion",
]

COMPLIANCE_CLASSES: Final = ("with_mask", "without_mask")
"""Without both of them in a release, nobody can be judged: a mask that is not seen may as well be missing."""


ARITHMETIC: Final = {"f32": "float32", "bf16": "bfloat16", "f16": "float16", "int8": "int8"}
"""The numbers that a processor may compute in, as people know them."""


class Precision(models.TextChoices):
    """In what numbers a release computes."""

    AUTO = "auto", _("float, the fastest of this processor")
    FLOAT32 = "f32", _("float32")
    INT8 = "int8", _("int8")


class ModelReleaseQuerySet(models.QuerySet["ModelRelease"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_RELEASES) else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


class ModelRelease(models.Model):
    """Weights, classes, anchors, input size, thresholds and metrics, frozen together in one folder.

    The folder's release.json is the source; the fields here are copied from it at registration, so
    that lists need no file access. `folder` is relative to MEDIA_ROOT/releases, or for a release that
    ships with the product to the bundled folder; once it no longer ships, our copy of it takes its place.
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
    int8 = models.JSONField(
        _("int8 form"), default=dict, blank=True, help_text=_("What int8.json in its folder tells; empty without one.")
    )
    calibration = models.JSONField(
        _("calibration"),
        default=dict,
        blank=True,
        help_text=_("What calibration.json in its folder tells; empty without one."),
    )
    shortfalls = models.JSONField(
        _("shortfalls"),
        default=dict,
        blank=True,
        help_text=_("Why publishing gave it no int8 form or no calibration, as sentences."),
    )
    precision = models.CharField(
        _("judges in"),
        max_length=8,
        choices=Precision.choices,
        default=Precision.AUTO,
        help_text=_("In what numbers it computes when it judges clips and pictures."),
    )
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
            ),
            models.CheckConstraint(
                condition=models.Q(precision__in=Precision.values), name="release_precision_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def temperature(self) -> float:
        """What the logit of a score is divided by to yield the chance to be right; 1 leaves scores as they are."""
        return float(self.calibration.get("temperature", IDENTITY))

    def chance_of(self, score: float | None) -> float | None:
        """The chance that a box of this score is right; None where it is not calibrated or the score not known."""
        if score is None or not self.calibration:
            return None
        return float(calibrated(score, self.temperature))

    @property
    def precisions(self) -> list[tuple[str, str]]:
        """What may be chosen to judge with: values with their words."""
        return [(one.value, str(one.label)) for one in Precision if one != Precision.INT8 or self.int8]

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


class ReleaseConversionQuerySet(models.QuerySet["ReleaseConversion"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_RELEASES) else self.none()


class ReleaseConversion(models.Model):
    """A release as one file for other programs, made by a job and compared with the network on real pictures."""

    class Form(models.TextChoices):
        KERAS = "keras", _("Keras")
        ONNX = "onnx", _("ONNX")

    class Origin(models.TextChoices):
        """Where the pictures come from that a file was compared on."""

        VALIDATION = "validation", _("validation pictures of the release")
        SAMPLE = "sample", _("frames of the sample clip")

    release = models.ForeignKey(ModelRelease, on_delete=models.CASCADE, related_name="conversions")
    form = models.CharField(_("form"), max_length=10, choices=Form.choices)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    largest_difference = models.FloatField(
        _("largest difference"),
        null=True,
        blank=True,
        help_text=_("Of raw outputs, between the file and the Keras network, over all pictures."),
    )
    pictures = models.PositiveIntegerField(_("pictures"), null=True, blank=True)
    pictures_from = models.CharField(_("pictures from"), max_length=12, choices=Origin.choices, blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    objects = ReleaseConversionQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a release")
        verbose_name_plural = _("files of releases")
        ordering = ["release", "form"]
        constraints = [
            models.UniqueConstraint(fields=["release", "form"], name="conversion_once_a_form"),
            models.CheckConstraint(condition=models.Q(form__in=["keras", "onnx"]), name="conversion_form_is_known"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """What the file is called when it is handed out."""
        return f"{self.release.name}.{self.form}"

    @property
    def path(self) -> Path:
        """Where the file lies once it is made."""
        return Path(settings.MEDIA_ROOT) / "conversions" / f"{self.release.sha256}.{self.form}"

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and not self.job.is_finished

    @property
    def is_there(self) -> bool:
        """Whether the file can be handed out: made, and not lost since."""
        return self.made_at is not None and self.path.is_file() and self.path.stat().st_size == self.size
