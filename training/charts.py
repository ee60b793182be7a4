"""What the charts of a run draw, as plain values."""

import json
from typing import Any

from django.utils.translation import gettext as _

from accounts.templatetags.maskweb import verdict_label
from training.models import TrainingRun


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
    """The epochs of a run, how many there will be, and its classes with their names for people."""
    epochs = list(run.epochs_done.values("number", "losses", "metrics", "learning_rate", "seconds"))
    return {
        "epochs": epochs,
        "of": _epochs_to_draw(run, len(epochs)),
        "classes": [{"name": name, "label": verdict_label(name)} for name in run.version.classes],
    }


def _epochs_to_draw(run: TrainingRun, done: int) -> int:
    """The epochs asked for; of a run by the clock those that were last said to fit, once that is known."""
    if not run.is_timed:
        return run.epochs
    if run.job is None or run.job.is_finished or not done:
        return max(1, done)
    return max(done, int(run.job.detail.get("epochs", done)))
