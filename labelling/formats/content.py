"""What an export hands on: a dataset as it is now, or one of its versions with its split."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db.models import Prefetch, QuerySet

from labelling.formats.file_names import FileNames
from labelling.models import Box, Dataset, DatasetVersion, Image, Split, VersionImage

CHUNK: Final = 500


@dataclass(frozen=True)
class ExportBox:
    """A box: its class as an index into the names of the export, `xyxy` in pixels of the upright picture."""

    label: int
    xyxy: tuple[float, float, float, float]


@dataclass(frozen=True)
class ExportImage:
    """One picture that has come. `name` is its path in the export, without the folder of all pictures.

    `split` is None where a dataset is handed on as it is now.
    """

    key: int
    name: str
    external_id: str
    file: Path
    width: int
    height: int
    depth: int
    split: Split | None
    boxes: tuple[ExportBox, ...]
    seconds_to_label: float | None = None
    labelled_at: str = ""


@dataclass(frozen=True)
class ExportContent:
    """A dataset on its way out. `images` yields each picture once, read from the database in portions."""

    title: str
    dataset: str
    version: int | None
    classes: tuple[str, ...]
    images: Callable[[], Iterator[ExportImage]]


def content_of(
    dataset: Dataset, version: DatasetVersion | None = None, *, images: QuerySet[Image] | None = None
) -> ExportContent:
    """The labelled pictures of a dataset as they are now, or those of its version as they were frozen.

    `images` limits what it holds now to the chosen ones.
    """
    if version is None:
        classes = tuple(dataset.classes.values_list("name", flat=True))
        return ExportContent(dataset.name, dataset.name, None, classes, lambda: _images_now(dataset, classes, images))
    title = f"{dataset.name}-v{version.number}"
    return ExportContent(title, dataset.name, version.number, tuple(version.classes), lambda: _images_frozen(version))


def _images_now(
    dataset: Dataset, classes: Sequence[str], chosen: QuerySet[Image] | None = None
) -> Iterator[ExportImage]:
    labels = {name: index for index, name in enumerate(classes)}
    ready = Image.objects.visible().filter(dataset=dataset, labelled=True).exclude(file="")
    if chosen is not None:
        ready = ready.filter(pk__in=chosen.order_by().values("pk"))
    keys = list(ready.order_by("external_id").values_list("pk", flat=True))
    boxes = Prefetch("boxes", queryset=Box.objects.select_related("box_class"))
    names = FileNames()
    for chunk in _chunks(keys):
        found = Image.objects.prefetch_related(boxes).in_bulk(chunk)
        for image in (found[key] for key in chunk if key in found):
            drawn = [box for box in image.boxes.all() if box.box_class.name in labels]
            rows = [ExportBox(labels[box.box_class.name], box.xyxy) for box in drawn]
            yield _image(image, rows, None, names)


def _images_frozen(version: DatasetVersion) -> Iterator[ExportImage]:
    keys = list(version.images.order_by("image__external_id").values_list("pk", flat=True))
    names = FileNames()
    for chunk in _chunks(keys):
        found = VersionImage.objects.select_related("image").in_bulk(chunk)
        for frozen in (found[key] for key in chunk if key in found):
            rows = [
                ExportBox(int(label), (left, top, right, bottom)) for label, left, top, right, bottom in frozen.boxes
            ]
            yield _image(frozen.image, rows, Split(frozen.split), names)


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


def _image(image: Image, boxes: Sequence[ExportBox], split: Split | None, names: FileNames) -> ExportImage:
    return ExportImage(
        key=image.pk,
        name=names.new(image.external_id, image.file.name or "", image.pk),
        external_id=image.external_id,
        file=Path(image.file.path),
        width=image.width or 0,
        height=image.height or 0,
        depth=image.depth or 0,
        split=split,
        boxes=tuple(boxes),
        seconds_to_label=image.seconds_to_label,
        labelled_at=str(image.source_row.get("Updated At") or image.source_row.get("Created At") or ""),
    )
