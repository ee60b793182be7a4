"""What the folder of a registered release says, and its card."""

from releases.card import Card, card_of
from releases.models import ModelRelease
from releases.services import release_folder
from yolo.release import Release, ReleaseError, read_release


def release_written(row: ModelRelease) -> tuple[Release | None, str]:
    """What the folder says, or the sentence why it cannot be read."""
    try:
        return read_release(release_folder(row), verify=False), ""
    except ReleaseError as error:
        return None, str(error)


def release_card(row: ModelRelease) -> Card:
    """The model card. Raises ReleaseError where the folder cannot be read."""
    written = read_release(release_folder(row), verify=False)
    return card_of(written, name=row.name, sha256=row.sha256, int8=row.int8, calibration=row.calibration)
