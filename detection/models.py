"""Cameras, their clips, what the network saw in them, and what people say about it."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from accounts.time_zones import default_time_zone, validate_time_zone
from releases.models import ARITHMETIC, ModelRelease, Precision


class CameraQuerySet(models.QuerySet["Camera"]):
    def for_user(self, user: User) -> Self:
        """All cameras with the right to see all; else those the person is a member of."""
        if user.may(Right.VIEW_ALL_CAMERAS):
            return self
        return self.filter(members=user) if user.may(Right.VIEW_CAMERAS) else self.none()


class Camera(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, validators=[validate_time_zone]
    )
    frames_per_second = models.FloatField(
        _("judged frames a second"), default=5, validators=[MinValueValidator(0.2), MaxValueValidator(60)]
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="cameras",
        verbose_name=_("members"),
        help_text=_("People who may see this camera without the right to see all."),
    )
    token_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - unique
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class ClipQuerySet(models.QuerySet["Clip"]):
    def for_user(self, user: User) -> Self:
        return self.filter(camera__in=Camera.objects.for_user(user))

    def filmed_between(self, start: datetime, end: datetime) -> Self:
        """Clips that begin in [start, end)."""
        return self.filter(filmed_at__gte=start, filmed_at__lt=end)


class Clip(models.Model):
    """One video of one camera. Absolute times derive from `filmed_at`: a corrected clock moves everything."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="clips")
    file = models.FileField(_("file"), upload_to="clips/%Y/%m/", max_length=200)
    thumbnail = models.FileField(_("thumbnail"), upload_to="thumbnails/%Y/%m/", max_length=200, blank=True)
    original_name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    filmed_at = models.DateTimeField(_("filmed at"), db_index=True)
    duration = models.DurationField(_("length"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    is_sample = models.BooleanField(_("sample"), default=False)
    counted_analysis = models.OneToOneField(
        "Analysis",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="counts_for",
        help_text=_("The analysis that statistics read."),
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ClipQuerySet.as_manager()

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        ordering = ["-filmed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["camera", "sha256"], name="clip_once_a_camera"),
            models.CheckConstraint(condition=models.Q(duration__gt=timedelta(0)), name="clip_has_a_length"),
        ]

    def __str__(self) -> str:
        return self.original_name


class Analysis(models.Model):
    """One clip judged by one release with one set of settings. A re-run makes a new one."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="analyses")
    release = models.ForeignKey("releases.ModelRelease", on_delete=models.PROTECT, related_name="analyses")
    settings = models.JSONField(_("settings"), default=dict)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    precision = models.CharField(
        _("precision"),
        max_length=8,
        choices=Precision.choices,
        default=Precision.AUTO,
        help_text=_("As it was ordered."),
    )
    arithmetic = models.CharField(
        _("computed in"), max_length=8, blank=True, help_text=_("The numbers that the processor really took.")
    )
    frames = models.PositiveIntegerField(_("judged frames"), default=0)
    seconds = models.FloatField(_("seconds of work"), default=0)
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    follows_active = models.BooleanField(
        _("follows the active release"),
        default=False,
        help_text=_("Judged by the release that is active when its turn comes, not by the one of its arrival."),
    )
    is_trial = models.BooleanField(
        _("trial"), default=False, help_text=_("Made for the preview of a release: statistics never read it.")
    )

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.clip} by {self.release}"

    @property
    def computed_in(self) -> str:
        """The numbers that judged, else those that it was ordered in."""
        return ARITHMETIC.get(self.arithmetic, str(self.get_precision_display()))


class DetectionChunk(models.Model):
    """The raw detections of consecutive judged frames, stored whole: the safe point of a resume.

    `frames` is a list of {"t": presentation time in seconds, "boxes": [[x_min, y_min, x_max, y_max,
    sharpness, brightness, score of each class…], …]}, boxes in pixels of the clip's upright frame.
    """

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    first_time = models.FloatField()
    last_time = models.FloatField()
    frames = models.JSONField(default=list)

    class Meta:
        verbose_name = _("chunk of detections")
        verbose_name_plural = _("chunks of detections")
        ordering = ["analysis", "number"]
        constraints = [
            models.UniqueConstraint(fields=["analysis", "number"], name="chunk_once"),
            models.CheckConstraint(condition=models.Q(last_time__gte=models.F("first_time")), name="chunk_times"),
        ]

    def __str__(self) -> str:
        return f"{self.analysis} #{self.number}"


class ReleasePreview(models.Model):
    """How the rate would change with a release: a sample of stored clips judged with it, nothing of which counts."""

    release = models.ForeignKey("releases.ModelRelease", on_delete=models.CASCADE, related_name="previews")
    clips_per_camera = models.PositiveIntegerField(
        _("clips of each camera"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("preview of a release")
        verbose_name_plural = _("previews of releases")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return _("Preview of %(release)s") % {"release": self.release}


class PreviewClip(models.Model):
    """One clip of a preview: the analysis that counted when it was chosen, and that of the release on trial.

    `tally_before` and `tally_after` are passages by verdict of the network; `differences` are
    `detection.comparing.Difference` as plain values. All three are written when the clip is judged.
    """

    preview = models.ForeignKey(ReleasePreview, on_delete=models.CASCADE, related_name="clips")
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey(Analysis, on_delete=models.SET_NULL, null=True, blank=True, related_name="previewed")
    judged_at = models.DateTimeField(_("judged"), null=True, blank=True)
    tally_before = models.JSONField(default=dict, blank=True)
    tally_after = models.JSONField(default=dict, blank=True)
    differences = models.JSONField(default=list, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("clip of a preview")
        verbose_name_plural = _("clips of previews")
        ordering = ["preview", "pk"]
        constraints = [models.UniqueConstraint(fields=["preview", "clip"], name="preview_takes_a_clip_once")]

    def __str__(self) -> str:
        return f"{self.preview}: {self.clip}"


class VerdictChoice(models.TextChoices):
    WITH_MASK = "with_mask", _("with mask")
    WITHOUT_MASK = "without_mask", _("without mask")
    WORN_INCORRECTLY = "worn_incorrectly", _("worn incorrectly")
    UNKNOWN = "unknown", _("unknown")


class PassageQuerySet(models.QuerySet["Passage"]):
    def counted(self) -> Self:
        """Passages of the analyses that statistics read."""
        return self.filter(analysis__counts_for__isnull=False)


class Passage(models.Model):
    """One face's stay before a camera, judged by the network; offsets in seconds within the clip."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="passages")
    number = models.PositiveIntegerField(_("number"))
    begins = models.FloatField(_("begins"), help_text=_("seconds"))
    ends = models.FloatField(_("ends"), help_text=_("seconds"))
    verdict = models.CharField(_("verdict"), max_length=20, choices=VerdictChoice.choices)
    confidence = models.FloatField(_("confidence"), validators=[MinValueValidator(0), MaxValueValidator(1)])
    score = models.FloatField(
        _("score"), null=True, blank=True, help_text=_("The best one that its verdict's class reached in a frame.")
    )
    best_time = models.FloatField(_("best frame"), help_text=_("seconds"))
    path = models.JSONField(default=list, help_text=_("[time, x_min, y_min, x_max, y_max] for each detection"))

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["analysis", "begins", "number"]
        constraints = [
            models.UniqueConstraint(fields=["analysis", "number"], name="passage_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("begins")), name="passage_times"),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1), name="passage_confidence_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=VerdictChoice.values), name="passage_verdict_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.get_verdict_display()}"

    def chance_by(self, release: ModelRelease) -> float | None:
        """The chance that its best box is right, where its release is calibrated; nothing for an unknown verdict."""
        return None if self.verdict == VerdictChoice.UNKNOWN else release.chance_of(self.score)


class Verdict(models.Model):
    """What a person said about a passage. Never deleted by a re-run: it is attached to the passage of the
    counted analysis that it fits by time and overlap, and listed apart when it fits none."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="verdicts")
    passage = models.ForeignKey(Passage, on_delete=models.SET_NULL, null=True, blank=True, related_name="verdicts")
    verdict = models.CharField(_("verdict"), max_length=20, choices=VerdictChoice.choices)
    begins = models.FloatField()
    ends = models.FloatField()
    path = models.JSONField(default=list)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(verdict__in=VerdictChoice.values), name="human_verdict_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()
