"""What the pages say of datasets at first glance: questions asked in one query each."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import AuditEntry
from labelling.class_aliases import class_map_today
from labelling.models import Box, BoxClass, Dataset, DatasetVersion, Image, LabelImport, Split


def _counted(rows: QuerySet[Image] | QuerySet[Box], dataset: str) -> Coalesce:
    """How many rows belong to the dataset of the outer query, as a subquery."""
    counts = rows.order_by().values(dataset).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def with_counts(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Datasets with `image_count`, `pending_count`, `box_count` and `newest_version`, classes prefetched."""
    images = Image.objects.visible().filter(dataset=OuterRef("pk"))
    boxes = Box.objects.filter(image__in=Image.objects.visible(), image__dataset=OuterRef("pk"))
    newest = DatasetVersion.objects.filter(dataset=OuterRef("pk")).order_by("-number").values("number")[:1]
    return datasets.annotate(
        image_count=_counted(images.exclude(file=""), "dataset"),
        pending_count=_counted(images.filter(file=""), "dataset"),
        box_count=_counted(boxes, "image__dataset"),
        newest_version=Subquery(newest),
    ).prefetch_related("classes")


def classes_with_counts(dataset: Dataset) -> QuerySet[BoxClass]:
    """The dataset's classes with `box_count` and `image_count` of what is visible."""
    seen = Q(boxes__image__in=Image.objects.visible())
    return dataset.classes.annotate(
        box_count=Count("boxes", filter=seen), image_count=Count("boxes__image", filter=seen, distinct=True)
    )


@dataclass(frozen=True)
class LabellingTime:
    """Seconds that people took to label the images of which that is known."""

    images: int
    total: float
    median: float


def labelling_time(dataset: Dataset) -> LabellingTime | None:
    """How long the visible images took to label, None where nobody knows of any."""
    timed = Image.objects.visible().filter(dataset=dataset, seconds_to_label__isnull=False)
    known = timed.aggregate(images=Count("pk"), total=Sum("seconds_to_label"))
    if not known["images"]:
        return None
    middle = (known["images"] - 1) // 2
    both = timed.order_by("seconds_to_label").values_list("seconds_to_label", flat=True)
    around = list(both[middle : middle + 2 - known["images"] % 2])
    return LabellingTime(known["images"], known["total"], sum(seconds or 0.0 for seconds in around) / len(around))


def versions_with_counts(dataset: Dataset) -> QuerySet[DatasetVersion]:
    """The dataset's versions, newest first, with the number of images in each part."""
    counted = dataset.versions.select_related("created_by").annotate(
        train_count=Count("images", filter=Q(images__split=Split.TRAIN)),
        validation_count=Count("images", filter=Q(images__split=Split.VALIDATION)),
        test_count=Count("images", filter=Q(images__split=Split.TEST)),
    )
    return counted.order_by("-number")  # counting drops the order that the model has


def test_lock_of(dataset: Dataset) -> AuditEntry | None:
    """Who locked the test split and when, None while none is locked."""
    if dataset.locked_test_id is None:
        return None
    locked = AuditEntry.objects.filter(action="test_split_lock", target_type=dataset._meta.label_lower)
    return locked.filter(target_id=str(dataset.pk)).select_related("actor").order_by("-at", "-pk").first()


def newest_imports(dataset: Dataset) -> QuerySet[LabelImport]:
    return dataset.imports.select_related("created_by", "job")


def remembered_class_map(dataset: Dataset) -> str:
    """The mapping of classes that the newest import was given, a line for each, for the next one to start from."""
    newest = dataset.imports.exclude(class_map={}).values_list("class_map", flat=True).first()
    return "\n".join(f"{old} = {new}" for old, new in class_map_today(dataset, newest or {}).items())
