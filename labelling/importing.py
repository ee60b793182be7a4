"""Runs an import: export file and pictures in, images and boxes out. Worker-side: it decodes pictures.

Images are written in batches under the row of their import, which makes them visible when it
finishes. A batch that was written before a crash is found unchanged when the import runs again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.reporter import JobFailure, Reporter
from labelling.class_names import OUR_CLASSES, ClassNames
from labelling.labelbox import ExportError, RecordOutcome, parse_export
from labelling.models import Box, BoxClass, Dataset, Image, LabelImport
from labelling.outcomes import Arrival, NamedBox, Outcome, Report, outcomes_of
from labelling.pictures import Picture, PicturesError, open_pictures

BATCH: Final = 200


class ImportFailure(JobFailure):
    """An import cannot go on; the message is a sentence for people."""


def run(reporter: Reporter, target_id: int) -> None:
    """Bring in what a LabelImport row names. Running it again does no harm."""
    row = LabelImport.objects.select_related("dataset").get(pk=target_id)
    if row.finished_at is not None:
        return
    with row.export.open("rb") as file:
        records = read_records(file.read())
    report, changes = Report(), {"added": 0, "updated": 0, "kept": 0}
    outcomes = _outcomes(records, _pictures_of(row), row.class_map, row.dataset)
    for batch in _batches(outcomes):
        for outcome in batch:
            report.add(outcome)
        _store(reporter, row, [each for each in batch if isinstance(each, Arrival)], changes)
        reporter.progress(done=report.rows, total=len(records))
    with reporter.safe_point():
        row.report = {**report.as_json(), "changes": changes}
        row.finished_at = timezone.now()
        row.save(update_fields=["report", "finished_at"])
    if row.pictures:
        row.pictures.delete()


def preview(
    *,
    export: bytes,
    pictures: Path | None,
    class_map: Mapping[str, str],
    dataset: Dataset | None,
    on_progress: Callable[[int, int], None],
) -> Report:
    """The report that an import into the dataset (None: one that is not there yet) would give; stores nothing."""
    records, report = read_records(export), Report()
    for outcome in _outcomes(records, pictures, class_map, dataset):
        report.add(outcome)
        on_progress(report.rows, len(records))
    return report


def read_records(export: bytes) -> list[RecordOutcome]:
    """The records of an export file; raises ImportFailure with the sentence of what is wrong with it."""
    try:
        return parse_export(export)
    except ExportError as error:
        raise ImportFailure(str(error)) from error


def _pictures_of(row: LabelImport) -> Path | None:
    if row.pictures:
        return Path(row.pictures.path)
    return Path(row.pictures_path) if row.pictures_path else None


def _outcomes(
    records: Sequence[RecordOutcome], pictures: Path | None, class_map: Mapping[str, str], dataset: Dataset | None
) -> Iterator[Outcome]:
    names = ClassNames(class_map, dataset.classes.values_list("name", flat=True) if dataset else ())
    try:
        with open_pictures(pictures) as source:
            yield from outcomes_of(records, pictures=source, names=names, sizes=_sizes(dataset))
    except PicturesError as error:
        raise ImportFailure(str(error)) from error


def _sizes(dataset: Dataset | None) -> dict[str, tuple[int, int]]:
    """Width and height of the images that have their picture already, by external ID."""
    if dataset is None:
        return {}
    rows = dataset.images.exclude(file="").values_list("external_id", "width", "height")
    return {external_id: (width or 0, height or 0) for external_id, width, height in rows.iterator()}


def _batches(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    for outcome in outcomes:
        batch.append(outcome)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _store(reporter: Reporter, row: LabelImport, arrivals: Sequence[Arrival], changes: dict[str, int]) -> None:
    """Write one batch: pictures to storage first, then the rows in one short transaction."""
    files = {each.record.external_id: store_picture(row.dataset_id, each.picture) for each in arrivals if each.picture}
    with reporter.safe_point():
        classes = _classes(row.dataset, {box.name for each in arrivals for box in each.boxes})
        here = {
            image.external_id: image
            for image in row.dataset.images.filter(
                external_id__in=[each.record.external_id for each in arrivals]
            ).prefetch_related("boxes")
        }
        fresh = [each for each in arrivals if each.record.external_id not in here]
        added = Image.objects.bulk_create([_image(row, each, files) for each in fresh])
        boxes = [box for image, each in zip(added, fresh, strict=True) for box in _boxes(image, each, classes)]
        changes["added"] += len(added)
        for each in arrivals:
            image = here.get(each.record.external_id)
            if image is not None:
                wanted = _boxes(image, each, classes)
                differs, edited = _differ(image, wanted), image.edited_at is not None
                updated = _update(image, row, each, files)
                if differs and not edited:
                    image.boxes.all().delete()
                    boxes += wanted
                changes["updated"] += updated or (differs and not edited)
                changes["kept"] += differs and edited
        Box.objects.bulk_create(boxes)


def _image(row: LabelImport, arrival: Arrival, files: Mapping[str, str]) -> Image:
    record = arrival.record
    image = Image(
        dataset_id=row.dataset_id,
        external_id=record.external_id,
        seconds_to_label=record.seconds,
        source_row=dict(record.source),
        brought_by=row,
    )
    if arrival.picture:
        _attach(image, arrival.picture, files[record.external_id])
    return image


def _attach(image: Image, picture: Picture, name: str) -> None:
    image.file.name = name
    image.width, image.height, image.depth = picture.width, picture.height, picture.depth
    image.sha256, image.perceptual_hash = picture.sha256, picture.perceptual_hash


def _update(image: Image, row: LabelImport, arrival: Arrival, files: Mapping[str, str]) -> bool:
    """Give an image that is here what the export knows newer, its boxes aside; whether that changed anything."""
    changed = False
    if arrival.picture and not image.file:
        _attach(image, arrival.picture, files[image.external_id])
        changed = True
    if image.seconds_to_label is None and arrival.record.seconds is not None:
        image.seconds_to_label, changed = arrival.record.seconds, True
    if _left_by_a_failed_import(image, row):
        image.brought_by, changed = row, True
    if changed:
        image.save()
    return changed


def _left_by_a_failed_import(image: Image, row: LabelImport) -> bool:
    brought_by = image.brought_by
    return brought_by is not None and brought_by.pk != row.pk and brought_by.finished_at is None


def _differ(image: Image, wanted: Sequence[Box]) -> bool:
    return sorted(map(_content, wanted)) != sorted(map(_content, image.boxes.all()))


def _content(box: Box) -> tuple[Any, ...]:
    return box.box_class_id, *box.xyxy


def _boxes(image: Image, arrival: Arrival, classes: Mapping[str, BoxClass]) -> list[Box]:
    return [_box(image, box, classes[box.name]) for box in arrival.boxes]


def _box(image: Image, box: NamedBox, box_class: BoxClass) -> Box:
    x_min, y_min, x_max, y_max = box.xyxy
    return Box(image=image, box_class=box_class, x_min=x_min, y_min=y_min, x_max=x_max, y_max=y_max)


def _classes(dataset: Dataset, names: set[str]) -> dict[str, BoxClass]:
    """The dataset's classes by name, with new ones made: ours first, others as they come."""
    classes = {each.name: each for each in dataset.classes.all()}
    for name in sorted(names - classes.keys()):
        position = OUR_CLASSES.index(name) if name in OUR_CLASSES else len(OUR_CLASSES) + len(classes)
        classes[name] = BoxClass.objects.create(dataset=dataset, name=name, position=position)
    return classes


def store_picture(dataset_id: int, picture: Picture) -> str:
    """Keep a picture under its content's hash and return its name; one that is there whole is left as it is."""
    name = f"images/{dataset_id}/{picture.sha256[:2]}/{picture.sha256}{picture.suffix}"
    if default_storage.exists(name):
        if default_storage.size(name) == len(picture.content):
            return name
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(picture.content))
