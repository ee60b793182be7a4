"""Imports of export files, and what fetches pictures for them."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from jobs.models import Job
from labelling.models.datasets import Dataset
from labelling.models.work import DatasetWork

IMPORT_KIND: Final = "labelling.import"  # the kind of job that runs a LabelImport
FETCH_KIND: Final = "labelling.fetch"  # the kind of job that runs a PictureFetch
LOOK_EXPIRE: Final = "look_expire"  # what the record of deeds calls it when a look is forgotten
LOOK_DISCARD: Final = "look_discard"  # and when somebody throws it away before
LOOK_KEPT: Final = timedelta(days=7)  # a look at an export, with its files, unless it is confirmed
DEAD_AFTER: Final = timedelta(minutes=1)  # without a heartbeat; a supervisor has long since seen to it


def _living_jobs(kind: str) -> models.QuerySet[Job]:
    alive = models.Q(state=Job.State.QUEUED) | models.Q(heartbeat_at__gte=timezone.now() - DEAD_AFTER)
    return Job.objects.unfinished().filter(alive, kind=kind)


class LabelImportQuerySet(models.QuerySet["LabelImport"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()

    def underway(self) -> Self:
        """Imports that wait or run. One whose process died, a command that was killed say, holds nobody up."""
        return self.filter(finished_at=None, pk__in=_living_jobs(IMPORT_KIND).values("target_id"))

    def looks_ended(self, *, ago: timedelta = timedelta(0)) -> Self:
        """Looks that were not confirmed and ended at least so long ago, or broke off then."""
        ended = timezone.now() - ago
        broken_off = models.Q(finished_at=None, job__finished_at__lte=ended)
        return self.filter(models.Q(finished_at__lte=ended) | broken_off, dry_run=True)

    def looks_over(self) -> Self:
        """Looks that nobody has confirmed in time, those among them that did not come to their end."""
        return self.looks_ended(ago=LOOK_KEPT)


class LabelImport(DatasetWork):
    """One import of an export file. What it brings becomes visible when it has finished."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="imports")
    export = models.FileField(_("export"), upload_to="imports/", max_length=200)
    export_name = models.CharField(_("file name"), max_length=255)
    pictures = models.FileField(_("pictures"), upload_to="imports/", max_length=200, blank=True)
    pictures_path = models.CharField(
        max_length=4096, blank=True, help_text=_("A folder or zip of pictures on this machine, named by a command.")
    )
    class_map = models.JSONField(default=dict, blank=True)
    class_names = models.JSONField(
        default=dict, blank=True, help_text=_("The classes of the export, each with the name it has in the dataset.")
    )
    dry_run = models.BooleanField(
        _("only a look"), default=False, help_text=_("Tells what would become of each record and stores nothing.")
    )

    objects = LabelImportQuerySet.as_manager()

    class Meta(DatasetWork.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.export_name

    @property
    def kept_until(self) -> datetime | None:
        """When a look that is not confirmed is forgotten with its files; None of an import, and before it has ended."""
        ended = self.finished_at or (self.job.finished_at if self.job else None)
        return ended + LOOK_KEPT if self.dry_run and ended else None

    @property
    def skipped_count(self) -> int:
        """How many records brought nothing."""
        return sum(self.report.get("reasons", {}).get("skipped", {}).values())


def import_is_visible(user: User, target_id: int) -> bool:
    """Whether a person may see the job of an import, for `jobs.kinds`."""
    return LabelImport.objects.for_user(user).filter(pk=target_id).exists()


class ImportSkip(models.Model):
    """A record of an export that brought nothing, or an object in one that became no box, and why."""

    label_import = models.ForeignKey(LabelImport, on_delete=models.CASCADE, related_name="skips")
    of_object = models.BooleanField(_("of an object"), default=False)
    row = models.PositiveIntegerField(_("row"), help_text=_("The record's place in the export, from 1."))
    record_id = models.TextField(_("ID"), blank=True, help_text=_("What the export calls the record."))
    reason = models.CharField(_("reason"), max_length=40)
    message = models.TextField(_("why"))

    class Meta:
        verbose_name = _("skipped record or object")
        verbose_name_plural = _("skipped records and objects")
        ordering = ["pk"]
        indexes = [models.Index(fields=["label_import", "of_object", "reason"])]

    def __str__(self) -> str:
        return f"{self.row} {self.reason}"


class PictureFetchQuerySet(models.QuerySet["PictureFetch"]):
    def for_user(self, user: User) -> Self:
        return self if user.may(Right.VIEW_DATASETS) else self.none()

    def underway(self) -> Self:
        """Fetches that wait or run."""
        return self.filter(finished_at=None, pk__in=_living_jobs(FETCH_KIND).values("target_id"))


class PictureFetch(DatasetWork):
    """Reads the pictures that a dataset still misses from the addresses in its records."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="fetches")

    objects = PictureFetchQuerySet.as_manager()

    class Meta(DatasetWork.Meta):
        verbose_name = _("picture fetch")
        verbose_name_plural = _("picture fetches")

    def __str__(self) -> str:
        return f"{self.dataset} {self.created_at:%Y-%m-%d %H:%M}"


def fetch_is_visible(user: User, target_id: int) -> bool:
    """Whether a person may see the job of a fetch, for `jobs.kinds`."""
    return PictureFetch.objects.for_user(user).filter(pk=target_id).exists()
