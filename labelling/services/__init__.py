"""Every write about datasets that a person asks for."""

from labelling.services.boxes import box_change, box_check, boxes_delete
from labelling.services.datasets import dataset_change, dataset_create, dataset_delete
from labelling.services.images import image_change, images_delete
from labelling.services.imports import import_again, import_confirm, import_create, import_start

__all__ = [
    "box_change",
    "box_check",
    "boxes_delete",
    "dataset_change",
    "dataset_create",
    "dataset_delete",
    "image_change",
    "images_delete",
    "import_again",
    "import_confirm",
    "import_create",
    "import_start",
]
