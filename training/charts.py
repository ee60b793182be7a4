"""What the charts of a run draw, as plain values."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.templatetags.maskweb import verdict_label
from labelling.models import Dataset
from training.models import Curve, TrainingRun


def chart_words() -> str:
    """What the lines are called, as JSON for the scripts that draw them."""
    words = {
        "loss": _("loss"),
        "box": _("box"),
        "objectness": _("objectness"),
        "classes": _("classes"),
        "rate": _("learning rate"),
        "map": "mAP@.5",
        "small": _("small"),
        "medium": _("medium"),
        "large": _("large"),
        "epoch": _("epoch"),
    }
    return json.dumps(words)


def chart_data(run: TrainingRun) -> dict[str, Any]:
    """The epochs of a run, its steps, how many epochs there will be, and its classes with their names for people."""
    epochs = list(run.epochs_done.values("number", "losses", "metrics", "learning_rate", "seconds"))
    return {
        "epochs": epochs,
        "steps": Curve.objects.filter(run=run).values_list("points", flat=True).first() or [],
        "of": _epochs_to_draw(run, len(epochs)),
        "classes": drawn_classes(run.version.classes, run.version.dataset),
    }


def drawn_classes(names: Sequence[str], dataset: Dataset) -> list[dict[str, str]]:
    """Classes with their names for people and the styles that they have in their dataset."""
    styles = dataset.classes.all().styles(names)
    return [
        {"name": name, "label": verdict_label(name), "style": style} for name, style in zip(names, styles, strict=True)
    ]


def _epochs_to_draw(run: TrainingRun, done: int) -> int:
    """The epochs asked for; of a run by the clock those that were last said to fit, once that is known."""
    if not run.is_timed:
        return run.epochs
    if run.job is None or run.job.is_finished:
        return max(1, done)
    detail = run.job.detail
    is_known = detail.get("epochs_done", done) > 0  # as of when `epochs` was said, which a new epoch may be ahead of
    return max(1, done, int(detail.get("epochs", done)) if is_known else done)
