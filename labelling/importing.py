"""Runs an import: export file and pictures in, images and boxes out. Worker-side: it decodes pictures.

Images are written in batches under the row of their import, which makes them visible when it
finishes. A batch that was written before a crash is found unchanged when the import runs again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image as PillowImage

from jobs.reporter import JobFailure, Reporter
from labelling.class_aliases import class_names_of
from labelling.class_names import ClassNames
from labelling.files_sent import FilesSent
from labelling.formats.reading import Records, holds_pictures, open_annotations, pictures_left_out, sized
from labelling.labelbox import Export, ExportError, LabelRecord, RecordOutcome
from labelling.lost_files import LostFiles
from labelling.merging import Changes, Merge
from labelling.models import Dataset, LabelImport
from labelling.orientation import AS_STORED, exif_orientation
from labelling.outcomes import Arrival, Outcome, Report, outcomes_of
from labelling.pictures import Picture, PicturesError, open_pictures
from labelling.services.skips import skips_add, skips_forget

BATCH: Final = 200
LISTED: Final = 30  # of the records and objects skipped for one reason, in the report itself
ASK_EVERY: Final = 500  # records, while the export is read for the first time


class ImportFailure(JobFailure):
    """An import cannot go on; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int) -> None:
    """Bring in what a LabelImport row names. Running it again does no harm."""
    row = LabelImport.objects.select_related("dataset").filter(pk=target_id).first()
    if row is None:
        raise ImportFailure(
            _("This import is no longer there: its dataset was deleted, or it was a look that has been forgotten.")
        )
    if row.finished_at is not None:
        _forget_pictures(reporter, row)
        return
    report, changes, names = Report(LISTED), Changes(), class_names_of(row.dataset, row.class_map)
    skips_forget(label_import=row, transaction_of=reporter.safe_point)
    with row.export.open("rb") as file:
        records = open_export(cast("BinaryIO", file), on_record=lambda count: _still_wanted(reporter, count))
        pictures, puts_back = _pictures_of(row), not row.dry_run
        for batch in _batches(_outcomes(records, pictures, names, row.dataset, report, puts_back=puts_back)):
            for outcome in batch:
                report.add(outcome)
            _store(reporter, row, batch, changes)
            reporter.progress(done=report.rows, total=len(records))
    with reporter.safe_point():
        row.report = {**report.as_json(), "reasons": report.reasons(), "changes": changes.as_json()}
        row.class_names = names.given()
        row.finished_at = timezone.now()
        row.save(update_fields=["report", "class_names", "finished_at"])
    _forget_pictures(reporter, row)


def _forget_pictures(reporter: Reporter, row: LabelImport) -> None:
    """Keep no second copy of the pictures of an import that is done: who deletes an image deletes it for good."""
    if row.dry_run:
        return
    if row.pictures:
        row.pictures.delete()
    if not holds_pictures(Path(row.export.path)):
        return
    whole = row.export.name or ""
    with pictures_left_out(Path(row.export.path)) as file:
        row.export.save(row.export_name, File(file), save=False)
    try:
        with reporter.safe_point():
            row.save(update_fields=["export"])
    except BaseException:
        row.export.delete(save=False)
        raise
    default_storage.delete(whole)


def preview(
    *,
    export: BinaryIO,
    pictures: Path | None,
    class_map: Mapping[str, str],
    dataset: Dataset | None,
    on_progress: Callable[[int, int], None],
) -> Report:
    """The report that an import into the dataset (None: one that is not there yet) would give; stores nothing."""
    records, report = open_export(export), Report()
    for outcome in _outcomes(records, pictures, class_names_of(dataset, class_map), dataset, report):
        report.add(outcome)
        on_progress(report.rows, len(records))
    return report


def open_export(export: BinaryIO, *, on_record: Callable[[int], None] | None = None) -> Records:
    """The records of an export file, Labelbox or annotations in another form, while the file stays open.

    Raises ImportFailure with the sentence of what is wrong with it.
    """
    try:
        annotations = open_annotations(export)
        return Export(export, on_record=on_record) if annotations is None else annotations
    except ExportError as error:
        raise ImportFailure(str(error)) from error


def _still_wanted(reporter: Reporter, count: int) -> None:
    """Beat, and stop if that was asked for, now and then while an export is read."""
    if count % ASK_EVERY == 0:
        reporter.progress(done=0)


def _pictures_of(row: LabelImport) -> Path | None:
    if row.pictures:
        return Path(row.pictures.path)
    if row.pictures_path:
        return Path(row.pictures_path)
    export = Path(row.export.path)
    return export if holds_pictures(export) else None


def _outcomes(
    records: Records,
    pictures: Path | None,
    names: ClassNames,
    dataset: Dataset | None,
    report: Report,
    *,
    puts_back: bool = False,
) -> Iterator[Outcome]:
    """The outcome of each record; after the last, the report has the files that belong to none.

    Pictures that were lost here and came along are counted, and with `puts_back` stored.
    """
    sizes = _sizes(dataset)
    try:
        with open_pictures(pictures) as source:
            sent = FilesSent(source)
            lost = LostFiles(dataset, sent, puts_back=puts_back)
            told = _with_sizes_told_before(sized(records, sent, sizes), dataset)
            yield from outcomes_of(
                _with_files(told, sent, lost, sizes),
                pictures=sent,
                names=names,
                sizes=sizes,
                orientation_of=lambda external_id: _orientation(dataset, external_id),
            )
            report.files, report.lost = sent.as_json(), lost.as_json()
    except PicturesError as error:
        raise ImportFailure(str(error)) from error


def _with_files(
    records: Iterator[RecordOutcome], sent: FilesSent, lost: LostFiles, sizes: Mapping[str, tuple[int, int]]
) -> Iterator[RecordOutcome]:
    """The records; of those that will ask for no picture, it is noted here which file belongs to them."""
    for record in records:
        if not isinstance(record, LabelRecord) or record.external_id in sizes:
            found = sent.belongs_to(record)
            if found is not None and isinstance(record, LabelRecord):
                lost.look(record.external_id, found)
        yield record


def _sizes(dataset: Dataset | None) -> dict[str, tuple[int, int]]:
    """Width and height of the images that have their picture already, by external ID."""
    if dataset is None:
        return {}
    rows = dataset.images.exclude(file="").values_list("external_id", "width", "height")
    return {external_id: (width or 0, height or 0) for external_id, width, height in rows.iterator()}


def _with_sizes_told_before(records: Records, dataset: Dataset | None) -> Iterator[RecordOutcome]:
    """The records; one that gives its picture no size has the one that another export gave the same picture.

    It tells which way up a picture lay when its boxes were drawn, which the eras before 2020 do not say.
    """
    told = _sizes_told(dataset)
    for record in records:
        if isinstance(record, LabelRecord) and record.size is None and record.external_id in told:
            yield replace(record, size=told[record.external_id])
        else:
            yield record


def _sizes_told(dataset: Dataset | None) -> dict[str, tuple[int, int]]:
    """Width and height as an export told them, of the images whose picture lies on its side there or is missing."""
    if dataset is None:
        return {}
    rows = dataset.images.filter(source_row__has_key="Width")
    values = rows.values_list("external_id", "width", "height", "source_row__Width", "source_row__Height")
    return {
        name: (wide, high)
        for name, width, height, wide, high in values.iterator()
        if width is None or (wide, high) == (height, width) != (width, height)
    }


def _orientation(dataset: Dataset | None, external_id: str) -> int:
    """The EXIF orientation of a picture that is here already."""
    image = dataset.images.filter(external_id=external_id).first() if dataset else None
    if image is None:
        return AS_STORED
    try:
        with image.file.open("rb") as file, PillowImage.open(file) as opened:
            return exif_orientation(opened)
    except OSError:
        return AS_STORED


def _batches(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    for outcome in outcomes:
        batch.append(outcome)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _store(reporter: Reporter, row: LabelImport, batch: list[Outcome], changes: Changes) -> None:
    """Write one batch: pictures to storage first, then the rows in one short transaction.

    Of an import that only looks, what was skipped is all there is to write.
    """
    arrivals = [each for each in batch if isinstance(each, Arrival) and not row.dry_run]
    files = {each.record.external_id: store_picture(row.dataset_id, each.picture) for each in arrivals if each.picture}
    with reporter.safe_point():
        Merge(row.dataset, files, row).store(arrivals, changes)
        skips_add(label_import=row, outcomes=batch)


def store_picture(dataset_id: int, picture: Picture) -> str:
    """Keep a picture under its content's hash and return its name; one that is there whole is left as it is."""
    name = f"images/{dataset_id}/{picture.sha256[:2]}/{picture.sha256}{picture.suffix}"
    if default_storage.exists(name):
        if default_storage.size(name) == len(picture.content):
            return name
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(picture.content))
