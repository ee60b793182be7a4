"""Every write about datasets that a person asks for."""

from labelling.services.boxes import (
    BoxConflict,
    box_change,
    box_check,
    box_create,
    box_remove,
    box_update,
    boxes_delete,
)
from labelling.services.bulk import bulk_start, classes_unite, images_change
from labelling.services.classes import class_alias_forget, class_create, class_rename, classes_merge
from labelling.services.datasets import dataset_change, dataset_create, dataset_delete
from labelling.services.fetches import fetch_create, fetch_start, fetch_title
from labelling.services.history import Change, box_state, record_changes
from labelling.services.images import image_change, image_mark, images_delete, images_mark
from labelling.services.imports import import_again, import_confirm, import_create, import_start
from labelling.services.looks import look_discard
from labelling.services.opinions import opinions_refresh, opinions_refresh_all
from labelling.services.prelabelling import prelabel_create, prelabel_start, prelabel_title
from labelling.services.proposals import ProposalDecided, proposal_decide, proposals_decide
from labelling.services.splits import images_fix_split, test_split_lock, test_split_unlock

__all__ = [
    "BoxConflict",
    "Change",
    "ProposalDecided",
    "box_change",
    "box_check",
    "box_create",
    "box_remove",
    "box_state",
    "box_update",
    "boxes_delete",
    "bulk_start",
    "class_alias_forget",
    "class_create",
    "class_rename",
    "classes_merge",
    "classes_unite",
    "dataset_change",
    "dataset_create",
    "dataset_delete",
    "fetch_create",
    "fetch_start",
    "fetch_title",
    "image_change",
    "image_mark",
    "images_change",
    "images_delete",
    "images_fix_split",
    "images_mark",
    "import_again",
    "import_confirm",
    "import_create",
    "import_start",
    "look_discard",
    "opinions_refresh",
    "opinions_refresh_all",
    "prelabel_create",
    "prelabel_start",
    "prelabel_title",
    "proposal_decide",
    "proposals_decide",
    "record_changes",
    "test_split_lock",
    "test_split_unlock",
]
