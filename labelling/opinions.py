"""What releases say of the labels: contradictions of one image, and the images that are likely labelled wrongly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from labelling.class_names import name_key
from labelling.disagreement import LIKELY, Detected, Doubt, Labelled, doubts_of
from labelling.models import Box, BoxClass, ClassAlias, Dataset, Image, Opinion
from releases.models import ModelRelease

DetectionRow = Sequence[Any]  # class name, score, x_min, y_min, x_max, y_max, as Opinion.detections holds it
Names = Mapping[str, str]  # the key of a name (`name_key`) to the name as the dataset spells it


def labelled_classes(dataset_id: int) -> dict[str, str]:
    """The classes that have a box in the dataset, by their former names too: none can lack what nobody labels there."""
    used = BoxClass.objects.filter(Exists(Box.objects.filter(box_class=OuterRef("pk"))), dataset=dataset_id)
    names = {box_class.pk: box_class.name for box_class in used}
    former = ClassAlias.objects.filter(box_class__in=names).values_list("key", "box_class")
    return {key: names[pk] for key, pk in former} | {name_key(name): name for name in names.values()}


def contradictions(
    image: Image, boxes: Iterable[Box], detections: Iterable[DetectionRow], *, release: ModelRelease, names: Names
) -> list[Doubt]:
    """What the detections of a release say against the boxes of an image, the strongest first.

    An image that nobody has labelled yet is not contradicted. `names` are those of `labelled_classes`.
    """
    if not (image.labelled and image.width and image.height):
        return []
    return doubts_of(
        [Labelled(box.box_class.name, box.xyxy) for box in boxes],
        [Detected(names.get(name_key(name), name), score, (*xyxy,)) for name, score, *xyxy in detections],
        judged={names[key] for key in map(name_key, release.classes) if key in names},
        scale=release.net_size / max(image.width, image.height),
    )


def opinion_set(opinion: Opinion, doubts: Sequence[Doubt]) -> None:
    """Give an opinion what contradicts the labels, as its row holds it; saves nothing."""
    opinion.doubts = [
        {
            "kind": each.kind,
            "class": each.label,
            "said": each.said,
            "score": round(each.strength, 4),
            "xyxy": [round(edge, 2) for edge in each.xyxy],
        }
        for each in doubts
    ]
    opinion.disagreement = max((each["score"] for each in opinion.doubts), default=0.0)


def likely_errors(dataset: Dataset) -> QuerySet[Opinion]:
    """Opinions of the active release that contradict labels of the dataset strongly, the strongest first."""
    return _active(dataset).filter(disagreement__gte=LIKELY).order_by("-disagreement", "image_id")


@dataclass(frozen=True)
class LabelCheck:
    """The labels as the active release saw them: how many pictures, and when the last of them."""

    release: ModelRelease
    images: int
    at: datetime | None


def label_check(dataset: Dataset) -> LabelCheck | None:
    """How far the active release has looked at the dataset; None where no release is active."""
    release = ModelRelease.objects.active().first()
    if release is None:
        return None
    looked = _active(dataset).aggregate(images=Count("pk"), at=Max("at"))
    return LabelCheck(release, looked["images"], looked["at"])


def _active(dataset: Dataset) -> QuerySet[Opinion]:
    images = Image.objects.visible().filter(dataset=dataset, labelled=True)
    return Opinion.objects.filter(image__in=images, release__is_active=True)
