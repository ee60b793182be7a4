"""Photographs that are looked at together by one release, and what it sees. `releases.models` imports this module."""

from pathlib import Path
from typing import Final, Self
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from jobs.models import Job

BATCH_KIND: Final = "releases.batch"
LONGEST_NAME: Final = 300


class PictureBatchQuerySet(models.QuerySet["PictureBatch"]):
    def for_user(self, user: User) -> Self:
        """One's own, and with the right to see all jobs everybody's; none whose time is over."""
        if not user.may(Right.VIEW_RELEASES):
            return self.none()
        kept = self.filter(expires_at__gt=timezone.now())
        return kept if user.may(Right.SEE_ALL_JOBS) else kept.filter(owner=user)

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def unfinished(self) -> Self:
        """Those that were started and not looked at to their end, whose time is not over."""
        return self.filter(started_at__isnull=False, finished_at=None, expires_at__gt=timezone.now())

    def with_counts(self) -> Self:
        """The newest first, with `count`, how many photographs each has, and its job."""
        counted = self.select_related("job", "owner").annotate(count=models.Count("pictures"))
        return counted.order_by("-created_at", "-pk")


class PictureBatch(models.Model):
    """Photographs show people: a batch is seen by its owner and administrators, and has a day on which it is deleted.

    Until it is started it only takes pictures in. What starts it chooses the release, once for all of its pictures;
    the name of the release and the scores that count stay here when the release is deleted.
    """

    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="picture_batches"
    )
    score = models.FloatField(
        _("score"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.001), MaxValueValidator(1)],
        help_text=_("Boxes count from it on, in place of the thresholds of the model."),
    )
    release = models.ForeignKey(
        "releases.ModelRelease", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    release_name = models.CharField(_("model"), max_length=100, blank=True)
    thresholds = models.JSONField(_("thresholds"), default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True, help_text=_("Counts of what was found so far."))
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted on"), db_index=True)

    objects = PictureBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of photographs")
        verbose_name_plural = _("batches of photographs")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """Of its life: `collecting`, `underway`, `stopped` before it was done, `finished`."""
        if self.started_at is None:
            return "collecting"
        if self.finished_at is not None:
            return "finished"
        return "stopped" if self.job is None or self.job.is_finished else "underway"

    @property
    def folder(self) -> Path:
        """What is kept of it on disk lies here and nowhere else."""
        return batches_folder() / str(self.pk)


class BatchZip(models.Model):
    """A zip that came in portions. Its pictures are read out of it and never unpacked to disk."""

    batch = models.ForeignKey(PictureBatch, on_delete=models.CASCADE, related_name="zips")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("In bytes, as announced."))
    arrived = models.PositiveBigIntegerField(_("arrived"), default=0)
    left_out = models.JSONField(default=list, blank=True, help_text=_("Entries that are no pictures by their names."))
    left_out_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("zip of photographs")
        verbose_name_plural = _("zips of photographs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "name"], name="batch_zip_once"),
            models.CheckConstraint(condition=models.Q(arrived__lte=models.F("size")), name="batch_zip_within_size"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return self.batch.folder / f"zip-{self.pk}.zip"

    @property
    def is_whole(self) -> bool:
        return self.arrived == self.size


class BatchPictureQuerySet(models.QuerySet["BatchPicture"]):
    def for_user(self, user: User) -> Self:
        return self.filter(batch__in=PictureBatch.objects.for_user(user))

    def waiting(self) -> Self:
        return self.filter(state=BatchPicture.State.WAITING)


class BatchPicture(models.Model):
    """One photograph of a batch: a file of its own, or an entry of a zip.

    `boxes`: {"class", "score", "xyxy"}, the strongest first, in pixels of the upright picture of
    `width` x `height`. `counts`: boxes by class.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SEEN = "seen", _("looked at")
        UNREADABLE = "unreadable", _("unreadable")

    batch = models.ForeignKey(PictureBatch, on_delete=models.CASCADE, related_name="pictures")
    name = models.CharField(_("name"), max_length=LONGEST_NAME, help_text=_("With the folders it came in."))
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=40, blank=True)
    zip = models.ForeignKey(BatchZip, on_delete=models.CASCADE, null=True, blank=True, related_name="pictures")
    entry = models.PositiveIntegerField(null=True, blank=True, help_text=_("Its place in the zip."))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("why it is unreadable"), max_length=300, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    boxes = models.JSONField(default=list, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    found = models.PositiveIntegerField(_("boxes"), default=0)

    objects = BatchPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("photograph of a batch")
        verbose_name_plural = _("photographs of batches")
        ordering = ["pk"]
        indexes = [models.Index(fields=["batch", "state", "id"])]
        constraints = [
            models.UniqueConstraint(fields=["batch", "name"], name="batch_picture_name_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "seen", "unreadable"]), name="batch_picture_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(zip=None, entry=None) & ~models.Q(file_name="")
                | models.Q(zip__isnull=False, entry__isnull=False, file_name=""),
                name="batch_picture_has_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Its file; for an entry of a zip there is none."""
        return self.batch.folder / self.file_name

    @property
    def thumbnail_path(self) -> Path:
        return self.batch.folder / f"small-{self.pk}.jpg"


def batches_folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "batches"


def new_file_name() -> str:
    """Nothing of what people call a picture reaches the disk."""
    return uuid4().hex


def batch_is_visible(user: User, target_id: int) -> bool:
    """Whether a person may watch the job of a batch."""
    return PictureBatch.objects.for_user(user).filter(pk=target_id).exists()
