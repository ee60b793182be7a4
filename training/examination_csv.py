"""What a close look at a run's best epoch gave, as tables of comma-separated values."""

from collections.abc import Sequence
from typing import Any

from labelling.models import Image
from training.csv_tables import as_csv
from training.models import Examination


def curves_csv(examination: Examination) -> str:
    """A line for each class and step: precision at that recall, F1 at that threshold."""
    rows: list[Sequence[Any]] = []
    for name, curve in zip(examination.classes, examination.curves, strict=True):
        last = len(curve["f1"]) - 1
        steps = enumerate(zip(curve["precision"], curve["f1"], strict=True))
        rows += [(name, round(step / last, 4), precision, f1) for step, (precision, f1) in steps]
    return as_csv(("class", "recall or threshold", "precision at recall", "F1 at threshold"), rows)


def confusion_csv(examination: Examination) -> str:
    """A line for each true class, the background last; the last column counts those that were missed."""
    heads = ("is", *(f"seen as {name}" for name in examination.classes), "missed")
    rows = zip([*examination.classes, "background"], examination.confusion, strict=True)
    return as_csv(heads, [(name, *counts) for name, counts in rows])


def pictures_csv(examination: Examination) -> str:
    """A line for each validation picture that is still there, worst first."""
    names = dict(Image.objects.filter(frozen__version=examination.run.version).values_list("pk", "external_id"))
    rows = [
        (row["image"], names[row["image"]], row["missed"], row["false"], row["confused"])
        for row in examination.pictures
        if row["image"] in names
    ]
    return as_csv(("image", "name", "missed", "of nothing", "of the wrong class"), rows)


def reliability_csv(examination: Examination) -> str:
    """A line for each bin of scores: their mean, the share of its detections that is right, and how many they are."""
    bins = examination.reliability["bins"]
    return as_csv(
        ("mean score", "share that is right", "detections"), [(b["score"], b["right"], b["count"]) for b in bins]
    )
