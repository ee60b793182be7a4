"""Changes of so many images, or boxes of a class, that a job makes them in portions."""

from typing import Final, Self

from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from jobs.models import Job
from labelling.models.datasets import Dataset
from labelling.models.images import Split
from labelling.models.imports import DEAD_AFTER
from labelling.models.work import DatasetWork

BULK_KIND: Final = "labelling.bulk"  # the kind of job that makes a BulkChange
WORDS: Final = 90  # characters of what a change does, in the title of its job


class BulkAction(models.TextChoices):
    MARK = "mark", _("Mark as labelled or not")
    FIX_SPLIT = "fix_split", _("Put into a split")
    DELETE = "delete", _("Delete images")
    MERGE = "merge", _("Merge classes")


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()

    def underway(self) -> Self:
        """Those that wait or run; one whose process died holds nobody up."""
        alive = models.Q(state=Job.State.QUEUED) | models.Q(heartbeat_at__gte=timezone.now() - DEAD_AFTER)
        jobs = Job.objects.unfinished().filter(alive, kind=BULK_KIND)
        return self.filter(finished_at=None, pk__in=jobs.values("target_id"))


class BulkChange(DatasetWork):
    """One change of many images of a dataset, by a job.

    `parameters`: {"labelled": bool} to mark, {"split": part or ""} to fix a split, {"sources": [keys of classes],
    "into": key, "names": [of the sources], "into_name": name} to merge, with the names as they were then. `report`:
    {"done": how many images or boxes it has come past, "total", "changed"}.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="bulk_changes")
    action = models.CharField(_("action"), max_length=10, choices=BulkAction.choices)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    image_keys = models.JSONField(
        _("images"), default=list, blank=True, help_text=_("Keys of the images as they were chosen; none for a merge.")
    )

    objects = BulkChangeQuerySet.as_manager()

    class Meta(DatasetWork.Meta):
        verbose_name = _("change of many images")
        verbose_name_plural = _("changes of many images")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=["mark", "fix_split", "delete", "merge"]), name="bulk_action_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset} · {self.what}"

    @property
    def unit(self) -> str:
        """What its job counts."""
        return "boxes" if self.action == BulkAction.MERGE else "images"

    @property
    def what(self) -> str:
        """The action in words, with what it makes of the images where there is a choice."""
        match self.action:
            case BulkAction.MARK if self.parameters.get("labelled"):
                return gettext("Mark as labelled")
            case BulkAction.MARK:
                return gettext("Mark as not labelled")
            case BulkAction.FIX_SPLIT if self.parameters.get("split"):
                return gettext("Put into %(split)s") % {"split": Split(self.parameters["split"]).label}
            case BulkAction.FIX_SPLIT:
                return gettext("Let new versions deal out the images")
            case BulkAction.MERGE if self.parameters.get("names"):
                names = {"sources": ", ".join(self.parameters["names"]), "into": self.parameters["into_name"]}
                return Truncator(gettext("Merge %(sources)s into %(into)s") % names).chars(WORDS)
            case _:
                return str(self.get_action_display())


def bulk_is_visible(user: User, target_id: int) -> bool:
    """Whether a person may see the job of such a change, for `jobs.kinds`."""
    return BulkChange.objects.for_user(user).filter(pk=target_id).exists()
