"""Takes the best epoch of a training that did not end out of its checkpoint. Worker-side: it builds the network."""

from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from training.models import TrainingRun
from training.samples import TrainingError, crop_samples, training_samples
from yolo.checkpoint import identity_of, load_checkpoint
from yolo.config import network_named
from yolo.network import build_network
from yolo.train import TrainResult


def best_so_far(training: TrainingRun, folder: Path) -> TrainResult:
    """The network with the averaged weights of the best epoch that the checkpoint in `folder` holds.

    Raises TrainingError when there is none, CheckpointError when it is of another training or damaged.
    """
    nothing = TrainingError(_("The checkpoint of this training holds no whole epoch, so there is nothing to publish."))
    if not training.anchors:
        raise nothing
    classes, config = training.version.classes, training.configuration()
    anchors = np.asarray(training.anchors, np.float32).reshape(-1, 2)
    samples = [*training_samples(training.version), *crop_samples(training)]
    found = load_checkpoint(folder, identity=identity_of(config, classes, anchors, samples))
    if found is None or not found.progress.best_epoch:
        raise nothing
    model = build_network(network_named(training.network), classes=len(classes), seed=training.seed)
    model.set_weights(found.best)
    return TrainResult(
        model=model,
        best_epoch=found.progress.best_epoch,
        metrics=found.progress.best_metrics,
        epochs=found.progress.epoch,
        stopped=False,
    )
