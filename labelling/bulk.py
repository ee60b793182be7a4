"""Makes a change of many images, in portions.

Each portion is a safe point: what it changes and how far the change has come are written together, so that a job
that was killed or cancelled goes on behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.reporter import JobFailure, Reporter
from labelling.models import Box, BoxClass, BulkAction, BulkChange, Image, VersionImage
from labelling.pace import portions
from labelling.services.classes import classes_merge
from labelling.services.images import images_delete_portion, images_mark_portion, refuse_frozen
from labelling.services.splits import images_fix_split


class BulkFailure(JobFailure):
    """A change of many images cannot go on; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int) -> None:
    """Make the change that a BulkChange row asks for, from its last safe point on. Running it again does no harm."""
    row = BulkChange.objects.select_related("dataset", "created_by").filter(pk=target_id).first()
    if row is None:
        raise BulkFailure(_("The dataset was deleted."))
    if row.finished_at is None:
        BulkRun(reporter, row).run()


class BulkRun:
    """One attempt at one change."""

    def __init__(self, reporter: Reporter, row: BulkChange) -> None:
        self.reporter, self.row = reporter, row
        self.report: dict[str, int] = {"done": 0, "changed": 0, **row.report}

    def run(self) -> None:
        try:
            if self.row.action == BulkAction.MERGE:
                self._merge()
            else:
                self._change_images(_PORTIONS[self.row.action])
        except ValidationError as error:
            told = _("%(why)s Until then %(changed)d of %(total)d had been changed; they stay so.")
            raise BulkFailure(told % {"why": " ".join(error.messages), **self.report}) from error
        with self.reporter.safe_point():
            self._save(finished=True)

    def _change_images(self, change: Callable[[BulkChange, Sequence[int]], int]) -> None:
        keys: list[int] = self.row.image_keys
        done = self.report["done"]
        self._expect(len(keys))
        if self.row.action == BulkAction.DELETE:  # all of them are looked at before the first goes
            for portion in portions(keys[done:]):
                refuse_frozen(VersionImage.objects.filter(image__in=portion))
        for portion in portions(keys[done:]):
            with self.reporter.safe_point():
                self._told(done=len(portion), changed=change(self.row, portion))

    def _merge(self) -> None:
        sources = BoxClass.objects.filter(pk__in=self.row.parameters["sources"])
        into = BoxClass.objects.filter(pk=self.row.parameters["into"]).first()
        self._expect(self.report["done"] + Box.objects.filter(box_class__in=sources).count())
        if into is None:
            raise ValidationError(_("The class that the others were to be merged into is no longer there."))
        classes_merge(
            sources=sources,
            into=into,
            by=self.row.created_by,
            transaction_of=self.reporter.safe_point,
            on_moved=lambda moved: self._told(done=moved, changed=moved),
        )

    def _expect(self, total: int) -> None:
        self.report["total"] = total
        self.reporter.progress(done=self.report["done"], total=total, force=True)

    def _told(self, *, done: int, changed: int) -> None:
        self.report["done"] += done
        self.report["changed"] += changed
        self._save()
        self.reporter.progress(done=self.report["done"])

    def _save(self, *, finished: bool = False) -> None:
        values = {"finished_at": timezone.now()} if finished else {}
        if not BulkChange.objects.filter(pk=self.row.pk).update(report=self.report, **values):
            raise BulkFailure(_("The dataset was deleted."))


def _marked(row: BulkChange, keys: Sequence[int]) -> int:
    return images_mark_portion(keys=keys, labelled=row.parameters["labelled"], by=row.created_by)


def _put(row: BulkChange, keys: Sequence[int]) -> int:
    images = Image.objects.filter(pk__in=keys)
    return images_fix_split(images=images, split=row.parameters["split"], by=row.created_by)


def _deleted(row: BulkChange, keys: Sequence[int]) -> int:
    return images_delete_portion(keys=keys, by=row.created_by)


_PORTIONS: Final[Mapping[str, Callable[[BulkChange, Sequence[int]], int]]] = {
    BulkAction.MARK: _marked,
    BulkAction.FIX_SPLIT: _put,
    BulkAction.DELETE: _deleted,
}
