"""The epochs and steps of runs as tables of comma-separated values."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from training.csv_tables import as_csv
from training.models import Curve, Epoch, TrainingRun

LOSSES: Final = ("loss", "box", "objectness", "classes")
MEANS: Final = ("map50", "map50_95", "map50_all", "map50_95_all", "map50_95_small", "map50_95_medium", "map50_95_large")


def epochs_csv(runs: Sequence[TrainingRun]) -> str:
    """A line for each epoch of the runs, run by run; what was not measured is empty."""
    classes = list(dict.fromkeys(name for run in runs for name in run.version.classes))
    by_class = [(measure, name) for measure in ("ap50", "ap50_95") for name in classes]
    out = io.StringIO()
    writer = csv.writer(out)
    heads = ("run", "network", "epoch", "seconds", "data_share", "learning_rate", *LOSSES, *MEANS)
    writer.writerow([*heads, *(f"{measure} {name}" for measure, name in by_class)])
    place = {run.pk: number for number, run in enumerate(runs)}
    epochs = Epoch.objects.filter(run__in=place).order_by("number")
    for epoch in sorted(epochs, key=lambda epoch: place[epoch.run_id]):
        run = runs[place[epoch.run_id]]
        values: list[Any] = [run.pk, run.network, epoch.number, epoch.seconds, epoch.data_share, epoch.learning_rate]
        values += [epoch.losses.get(name) for name in LOSSES]
        values += [epoch.metrics.get(name) for name in MEANS]
        writer.writerow([*values, *(epoch.metrics.get(measure, {}).get(name) for measure, name in by_class)])
    return out.getvalue()


def steps_csv(curve: Curve) -> str:
    """A line for each point of the curve: where its last step ended, in epochs, and means over its steps."""
    return as_csv(("epochs done", "steps", "learning rate", *LOSSES), curve.points)
