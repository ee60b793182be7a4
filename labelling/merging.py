"""Merges what an export says into the rows that are here: new images, newer labels, blanks filled.

The rules: a record that says of its picture's boxes what the last import said changes nothing, so
that a second import, or another era's export of the same labels, leaves alone what people have
drawn here since. A record that says something else replaces the boxes, unless its label is older
than the one that is here or people have changed the boxes here: those are kept, and counted. Classes
that were renamed or merged here are no such change: records name them by what they are called now. Of the
rest, only blanks are filled, unless the label is newer. Boxes that an import takes away or puts in
their place are on record as any other change is; those that stay the same stay the same rows.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from labelling.class_names import OUR_CLASSES
from labelling.labelbox import LabelRecord
from labelling.labelbox.values import ADDRESS, moment_of, text_of
from labelling.models import Box, BoxChange, BoxClass, Dataset, Image, LabelImport
from labelling.outcomes import Arrival, NamedBox
from labelling.pictures import Picture
from labelling.services.classes import class_add
from labelling.services.history import Change, created, deleted, record_changes

WRITTEN: Final = (
    *("file", "width", "height", "depth", "sha256", "perceptual_hash"),
    *("seconds_to_label", "source_row", "label_digest", "brought_by"),
)


@dataclass
class Changes:
    """How many images an import added, how many it changed, and how many keep the boxes that people gave them."""

    added: int = 0
    updated: int = 0
    kept: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


class Merge:
    """Writes arrivals. `files` are the names of the pictures in storage, by external ID.

    `label_import` is the import that brings them, None where only pictures come.
    """

    def __init__(self, dataset: Dataset, files: Mapping[str, str], label_import: LabelImport | None = None) -> None:
        self._dataset, self._files, self._label_import = dataset, files, label_import

    def store(self, arrivals: Sequence[Arrival], changes: Changes) -> None:
        """Add and update the images of these arrivals with their boxes; to be called in a transaction."""
        classes = classes_named(self._dataset, {box.name for each in arrivals for box in each.boxes})
        here = {image.external_id: image for image in self._images([each.record.external_id for each in arrivals])}
        fresh = [each for each in arrivals if each.record.external_id not in here]
        added = Image.objects.bulk_create([self._image(each) for each in fresh])
        boxes = [box for image, each in zip(added, fresh, strict=True) for box in _boxes(image, each, classes)]
        changes.added += len(added)
        history: list[Change] = []
        for each in arrivals:
            image = here.get(each.record.external_id)
            if image is not None:
                wanted = _boxes(image, each, classes)
                kept = image.edited_at is not None and _differ(image, wanted)
                changes.updated += self._update(image, each, None if kept else wanted, history)
                changes.kept += kept
        Box.objects.bulk_create(boxes)
        self._record(history)

    def _record(self, history: Sequence[Change]) -> None:
        by = self._label_import.created_by if self._label_import else None
        record_changes(changes=history, source=BoxChange.Source.IMPORT, by=by, label_import=self._label_import)

    def _images(self, external_ids: list[str]) -> Sequence[Image]:
        """Those that are here, kept from editors until the transaction ends."""
        rows = self._dataset.images.filter(external_id__in=external_ids).order_by("pk")
        locked = rows.select_for_update(of=("self",), no_key=True)
        return list(locked.select_related("brought_by").prefetch_related("boxes__box_class"))

    def _image(self, arrival: Arrival) -> Image:
        record = arrival.record
        image = Image(
            dataset_id=self._dataset.pk,
            external_id=record.external_id,
            seconds_to_label=record.seconds,
            source_row=dict(record.source),
            label_digest=label_digest(arrival.boxes),
            brought_by=self._label_import,
        )
        if arrival.picture:
            self._attach(image, arrival.picture)
        return image

    def _attach(self, image: Image, picture: Picture) -> None:
        image.file.name = self._files[image.external_id]
        image.width, image.height, image.depth = picture.width, picture.height, picture.depth
        image.sha256, image.perceptual_hash = picture.sha256, picture.perceptual_hash

    def _update(self, image: Image, arrival: Arrival, wanted: list[Box] | None, history: list[Change]) -> bool:
        """Give an image that is here what the export knows newer; whether that changed anything.

        `wanted` are its boxes as the export has them, None where those that are here are kept. What
        becomes of boxes is added to `history`.
        """
        before = _fields(image)
        if arrival.picture and not image.file:
            self._attach(image, arrival.picture)
        if self._label_import is not None and _left_by_a_failed_import(image, self._label_import):
            image.brought_by = self._label_import
        age = _age(image, arrival)
        digest = label_digest(arrival.boxes)
        says_something_else = digest != image.label_digest and age >= 0
        _merge_provenance(image, arrival, overwrite=says_something_else and age > 0)
        replaced = _replace_boxes(image, wanted) if says_something_else and wanted is not None else []
        history.extend(replaced)
        if says_something_else:
            image.label_digest = digest
        changed = _fields(image) != before
        if changed or says_something_else:
            image.save(update_fields=WRITTEN)
        return changed or bool(replaced)


def label_digest(boxes: Sequence[NamedBox]) -> str:
    """SHA-256 over classes and boxes to 0.001 pixel, whatever their order: what a label says of its picture."""
    said = sorted([box.name, *_to_a_thousandth(box.xyxy)] for box in boxes)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _age(image: Image, arrival: Arrival) -> int:
    """1 when the arrival's label is newer than the one that is here, -1 when it is older, 0 when nobody knows."""
    here = moment_of(image.source_row.get("Updated At"), image.source_row.get("Created At"))
    coming = arrival.record.labelled_at
    if here is None or coming is None:
        return 0
    return (coming > here) - (coming < here)


def _merge_provenance(image: Image, arrival: Arrival, *, overwrite: bool) -> None:
    record = arrival.record
    if overwrite:
        image.source_row = {**image.source_row, **record.source}
        image.seconds_to_label = image.seconds_to_label if record.seconds is None else record.seconds
    else:
        image.source_row = {**record.source, **image.source_row, **_signed_anew(image, record)}
        image.seconds_to_label = record.seconds if image.seconds_to_label is None else image.seconds_to_label


def _signed_anew(image: Image, record: LabelRecord) -> dict[str, str]:
    """The address of a picture that is still missing, where an export has the same one with a later signature."""
    here, coming = text_of(image.source_row.get(ADDRESS)), text_of(record.source.get(ADDRESS))
    same = here.partition("?")[0] == coming.partition("?")[0]
    return {ADDRESS: coming} if image.is_pending and coming and same else {}


def _replace_boxes(image: Image, wanted: Sequence[Box]) -> list[Change]:
    """Put these boxes in the place of those that are here; what that changed. Boxes that are alike stay."""
    here = list(image.boxes.all())
    fresh = _without(wanted, here)
    gone = _without(here, wanted)
    history = [deleted(box) for box in gone]
    Box.objects.filter(pk__in=[box.pk for box in gone]).delete()
    return history + [created(box) for box in Box.objects.bulk_create(fresh)]


def _without(boxes: Sequence[Box], others: Sequence[Box]) -> list[Box]:
    """The boxes that have no like among others, each of which is the like of one."""
    likes = Counter(map(_content, others))
    left = []
    for box in boxes:
        if likes[_content(box)]:
            likes[_content(box)] -= 1
        else:
            left.append(box)
    return left


def _differ(image: Image, wanted: Sequence[Box]) -> bool:
    return sorted(map(_content, wanted)) != sorted(map(_content, image.boxes.all()))


def _fields(image: Image) -> tuple[Any, ...]:
    """What an update may change of an image besides its boxes. The digest alone tells of other names of classes."""
    return image.file.name, image.brought_by_id, image.seconds_to_label, image.source_row


def _left_by_a_failed_import(image: Image, row: LabelImport) -> bool:
    brought_by = image.brought_by
    return brought_by is not None and brought_by.pk != row.pk and brought_by.finished_at is None


def _content(box: Box) -> tuple[Any, ...]:
    return box.box_class_id, *_to_a_thousandth(box.xyxy)


def _to_a_thousandth(xyxy: Sequence[float]) -> list[float]:
    """Edges in pixels as labels are compared by: other eras of an export write the same ones less exactly."""
    return [round(float(value), 3) for value in xyxy]


def _boxes(image: Image, arrival: Arrival, classes: Mapping[str, BoxClass]) -> list[Box]:
    return [_box(image, box, classes[box.name]) for box in arrival.boxes]


def _box(image: Image, box: NamedBox, box_class: BoxClass) -> Box:
    x_min, y_min, x_max, y_max = box.xyxy
    return Box(image=image, box_class=box_class, x_min=x_min, y_min=y_min, x_max=x_max, y_max=y_max)


def classes_named(dataset: Dataset, names: set[str]) -> dict[str, BoxClass]:
    """The dataset's classes by name, with new ones made: ours first, others as they come."""
    classes = {each.name: each for each in dataset.classes.all()}
    for name in sorted(names - classes.keys()):
        position = OUR_CLASSES.index(name) if name in OUR_CLASSES else len(OUR_CLASSES) + len(classes)
        classes[name] = class_add(dataset=dataset, name=name, position=position)
    return classes
