"""manage.py anchors: cluster a dataset's box sizes into anchors."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from jobs.commands import DataCommand
from labelling.anchors import dataset_anchors
from labelling.management.datasets import dataset_named


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


class Command(DataCommand):
    help = "Find anchors for a dataset: k-means over box sizes with 1 - IoU as the distance, sorted by area."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument(
            "--net-size", type=positive, default=416, help="long side in pixels that training uses (416)"
        )
        parser.add_argument("--count", type=positive, default=9, help="how many anchors (9)")
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        fit = dataset_anchors(
            dataset_named(options["dataset"]),
            net_size=options["net_size"],
            count=options["count"],
            seed=options["seed"],
        )
        anchors = [[round(side, 2) for side in anchor] for anchor in fit.anchors.tolist()]
        self.result({"anchors": anchors, "mean_iou": round(fit.mean_iou, 4)})
