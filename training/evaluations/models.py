"""What a release yields on a part of a dataset version. Neither ever changes, so that it is measured once, in float32.

Other numbers depend on the processor, and what a release judges in can be changed.
"""

from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right

EVALUATION_KIND: Final = "training.evaluation"
MEASURED_IN: Final = "f32"


class Part(models.TextChoices):
    """A part of the split of a version, or all of it."""

    TEST = "test", _("test pictures")
    VALIDATION = "validation", _("validation pictures")
    TRAIN = "train", _("training pictures")
    ALL = "all", _("all pictures")


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_TRAINING) else self.none()


class Evaluation(models.Model):
    release = models.ForeignKey("releases.ModelRelease", on_delete=models.CASCADE, related_name="evaluations")
    version = models.ForeignKey("labelling.DatasetVersion", on_delete=models.CASCADE, related_name="evaluations")
    split = models.CharField(_("part"), max_length=10, choices=Part.choices)
    figures = models.JSONField(
        _("figures"), default=dict, blank=True, help_text=_("As `manage.py evaluate --json` prints them.")
    )
    pictures = models.JSONField(
        default=list,
        blank=True,
        help_text=_("Errors of each picture, worst first, with its boxes."),
    )
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(_("measured"), null=True, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("measurement of a release")
        verbose_name_plural = _("measurements of releases")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "version", "split"], name="evaluation_once_a_part"),
            models.CheckConstraint(condition=models.Q(split__in=Part.values), name="evaluation_part_is_known"),
        ]

    def __str__(self) -> str:
        return _("%(release)s on %(part)s of %(version)s") % {
            "release": self.release,
            "part": self.get_split_display(),
            "version": self.version,
        }

    @property
    def is_measured(self) -> bool:
        """Whether its figures can stand beside others: earlier ones were taken in what the release judged in."""
        return self.finished_at is not None and self.figures.get("precision") == MEASURED_IN

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and not self.job.is_finished


def evaluation_is_visible(user: User, target_id: int) -> bool:
    return Evaluation.objects.for_user(user).filter(pk=target_id).exists()
