"""Runs a training of two pictures, and collects what it tells."""

from tests.yolo.narrow import ANCHORS, CLASSES
from yolo.events import EpochEvent, StepEvent
from yolo.train import train


def run(samples, folder, config, **values):
    events = []
    result = train(
        **{
            "train_samples": samples,
            "validation_samples": samples,
            "classes": CLASSES,
            "anchors": ANCHORS,
            "config": config,
            "folder": folder,
            "on_event": events.append,
            **values,
        }
    )
    return result, [e for e in events if isinstance(e, EpochEvent)], [e for e in events if isinstance(e, StepEvent)]
