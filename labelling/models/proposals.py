"""What a release says of pictures: its opinion of their labels, and the boxes it proposes."""

from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from jobs.models import Job
from labelling.models.datasets import BoxClass, Dataset
from labelling.models.images import Image
from labelling.models.imports import DEAD_AFTER
from labelling.models.rectangles import HAS_AN_AREA, Rectangle
from labelling.models.work import DatasetWork
from releases.models import ModelRelease

PRELABEL_KIND: Final = "labelling.prelabel"  # the kind of job that runs a PreLabel


class PreLabelQuerySet(models.QuerySet["PreLabel"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()

    def underway(self) -> Self:
        """Those that wait or run; one whose process died holds nobody up."""
        alive = models.Q(state=Job.State.QUEUED) | models.Q(heartbeat_at__gte=timezone.now() - DEAD_AFTER)
        jobs = Job.objects.unfinished().filter(alive, kind=PRELABEL_KIND)
        return self.filter(finished_at=None, pk__in=jobs.values("target_id"))


class PreLabel(DatasetWork):
    """A release run over pictures of a dataset: it proposes boxes, or only checks those that are there."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="prelabels")
    release = models.ForeignKey(
        ModelRelease, on_delete=models.PROTECT, related_name="prelabels", verbose_name=_("release")
    )
    least_score = models.FloatField(_("least score"), default=0.5)
    image_keys = models.JSONField(
        _("images"), null=True, blank=True, help_text=_("Keys of the images; null: all that have their picture.")
    )
    proposes = models.BooleanField(
        _("proposes boxes"), default=True, help_text=_("Without it the release only gives its opinion of the labels.")
    )

    objects = PreLabelQuerySet.as_manager()

    class Meta(DatasetWork.Meta):
        verbose_name = _("pre-labelling")
        verbose_name_plural = _("pre-labellings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(least_score__gte=0, least_score__lte=1), name="prelabel_score_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset} · {self.release}"


def prelabel_is_visible(user: User, target_id: int) -> bool:
    """Whether a person may see the job of a pre-labelling, for `jobs.kinds`."""
    return PreLabel.objects.for_user(user).filter(pk=target_id).exists()


class Opinion(models.Model):
    """What one release sees on one image, and how strongly that contradicts the image's boxes.

    `detections`: [class name, score, x_min, y_min, x_max, y_max] in pixels of the upright picture.
    `doubts`: what contradicts the labels, each {"kind": "missing"|"extra"|"class", "class", "said", "score", "xyxy"}.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="opinions")
    release = models.ForeignKey(ModelRelease, on_delete=models.CASCADE, related_name="opinions")
    detections = models.JSONField(default=list, blank=True)
    doubts = models.JSONField(default=list, blank=True)
    disagreement = models.FloatField(_("disagreement"), default=0, help_text=_("0 to 1, that of the strongest doubt"))
    at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [models.UniqueConstraint(fields=["image", "release"], name="opinion_once")]
        indexes = [
            models.Index(fields=["release", "disagreement"]),
            models.Index(fields=["image", "release", "disagreement"]),
        ]

    def __str__(self) -> str:
        return f"{self.image} {self.disagreement:.2f}"


class Proposal(Rectangle):
    """A box that a release proposes: xyxy in pixels of the upright picture, right and bottom exclusive."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("thrown away")

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="proposals")
    prelabel = models.ForeignKey(PreLabel, on_delete=models.CASCADE, related_name="proposals")
    box_class = models.ForeignKey(BoxClass, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("class"))
    score = models.FloatField(_("score"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    box_key = models.PositiveBigIntegerField(
        _("box"), null=True, blank=True, help_text=_("The box that its acceptance made.")
    )

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-score", "pk"]
        indexes = [models.Index(fields=["image", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=HAS_AN_AREA,
                name="proposal_has_an_area",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at=None)
                | models.Q(state__in=["accepted", "rejected"], decided_at__isnull=False),
                name="proposal_decided_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.box_class} {self.score:.2f}"
