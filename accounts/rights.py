"""Who may do what: seven roles, each a set of rights. Checked here and nowhere else."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    CAMERA_MANAGER = "camera_manager", _("Webcam administrator")
    SAFETY_OFFICER = "safety_officer", _("Safety officer")
    DATASET_MANAGER = "dataset_manager", _("Data-set manager")
    ANNOTATOR = "annotator", _("Annotator")
    ENGINEER = "engineer", _("Engineer")
    VIEWER = "viewer", _("Viewer")


class Right(StrEnum):
    VIEW_CAMERAS = "view_cameras"  # the cameras one is a member of, their clips and statistics
    VIEW_ALL_CAMERAS = "view_all_cameras"
    UPLOAD_CLIPS = "upload_clips"
    REVIEW = "review"
    MANAGE_CAMERAS = "manage_cameras"
    VIEW_DATASETS = "view_datasets"
    EDIT_BOXES = "edit_boxes"
    MANAGE_DATASETS = "manage_datasets"
    VIEW_TRAINING = "view_training"
    TRAIN = "train"
    VIEW_RELEASES = "view_releases"
    MANAGE_RELEASES = "manage_releases"
    SEE_ALL_JOBS = "see_all_jobs"
    MANAGE_PEOPLE = "manage_people"


_RIGHTS: dict[str, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.CAMERA_MANAGER: frozenset(
        {Right.VIEW_CAMERAS, Right.VIEW_ALL_CAMERAS, Right.UPLOAD_CLIPS, Right.MANAGE_CAMERAS, Right.VIEW_RELEASES}
    ),
    Role.SAFETY_OFFICER: frozenset(
        {Right.VIEW_CAMERAS, Right.VIEW_ALL_CAMERAS, Right.UPLOAD_CLIPS, Right.REVIEW, Right.VIEW_RELEASES}
    ),
    Role.DATASET_MANAGER: frozenset(
        {
            Right.VIEW_DATASETS,
            Right.EDIT_BOXES,
            Right.MANAGE_DATASETS,
            Right.VIEW_TRAINING,
            Right.TRAIN,
            Right.VIEW_RELEASES,
        }
    ),
    Role.ANNOTATOR: frozenset({Right.VIEW_DATASETS, Right.EDIT_BOXES}),
    Role.ENGINEER: frozenset(
        {Right.VIEW_DATASETS, Right.VIEW_TRAINING, Right.TRAIN, Right.VIEW_RELEASES, Right.MANAGE_RELEASES}
    ),
    Role.VIEWER: frozenset({Right.VIEW_CAMERAS}),
}


def rights_of(role: str) -> frozenset[Right]:
    """The rights of a role; none for a role nobody knows."""
    return _RIGHTS.get(role, frozenset())
