"""Labelled pictures, the imports that brought them, and the frozen versions that training names."""

from labelling.models.bulk import BULK_KIND, BulkAction, BulkChange, bulk_is_visible
from labelling.models.datasets import BoxClass, ClassAlias, Dataset
from labelling.models.images import Box, BoxChange, Image, Split
from labelling.models.imports import (
    DEAD_AFTER,
    FETCH_KIND,
    IMPORT_KIND,
    LOOK_DISCARD,
    LOOK_EXPIRE,
    LOOK_KEPT,
    ImportSkip,
    LabelImport,
    LabelImportQuerySet,
    PictureFetch,
    fetch_is_visible,
    import_is_visible,
)
from labelling.models.proposals import (
    PRELABEL_KIND,
    Opinion,
    PreLabel,
    Proposal,
    prelabel_is_visible,
)
from labelling.models.versions import DatasetVersion, VersionImage

__all__ = [
    "BULK_KIND",
    "DEAD_AFTER",
    "FETCH_KIND",
    "IMPORT_KIND",
    "LOOK_DISCARD",
    "LOOK_EXPIRE",
    "LOOK_KEPT",
    "PRELABEL_KIND",
    "Box",
    "BoxChange",
    "BoxClass",
    "BulkAction",
    "BulkChange",
    "ClassAlias",
    "Dataset",
    "DatasetVersion",
    "Image",
    "ImportSkip",
    "LabelImport",
    "LabelImportQuerySet",
    "Opinion",
    "PictureFetch",
    "PreLabel",
    "Proposal",
    "Split",
    "VersionImage",
    "bulk_is_visible",
    "fetch_is_visible",
    "import_is_visible",
    "prelabel_is_visible",
]
