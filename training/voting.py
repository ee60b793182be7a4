"""Gives a release from before box voting a sibling that votes: the same weights, every figure measured anew."""

from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from labelling.real_pictures import trained_version
from releases.models import ModelRelease
from releases.services import registered_releases, release_check_name, release_folder, release_register
from training.provenance import code_version, described
from training.remeasuring import Tell, write_remeasured
from yolo.nms import VOTING_IOU
from yolo.release import MANIFEST, ReleaseError, read_release


def release_let_vote(*, release: ModelRelease, by: User | None, tell: Tell = lambda sentence: None) -> ModelRelease:
    """Register a release of the same weights whose boxes vote, see `yolo.nms.voted`. Done twice it is one.

    Thresholds and figures are those on the dataset version it was trained on, measured with the votes. Raises
    ReleaseError with a sentence where it votes already or that version is not here.
    """
    source = read_release(release_folder(release))
    if source.voting_iou is not None:
        raise ReleaseError(_("The boxes of %(name)s vote already.") % {"name": release.name})
    version = trained_version(release)
    if version is None:
        sentence = _("%(name)s was trained on a dataset version that is not here, so it cannot be measured again.")
        raise ReleaseError(sentence % {"name": release.name})
    folder = registered_releases() / f"{release.name}-voting"
    if not (folder / MANIFEST).exists():
        release_check_name(folder.name)  # before minutes of measuring
        write_remeasured(
            source=replace(source, voting_iou=VOTING_IOU),
            version=version,
            folder=folder,
            provenance={**source.provenance, **_making(release)},
            tell=tell,
        )
    return release_register(folder=folder, by=by)


def _making(release: ModelRelease) -> dict[str, Any]:
    """What release.json tells besides what it told of the release whose weights these are."""
    weights_of = {"name": release.name, "sha256": release.sha256, "created": release.provenance.get("created")}
    return {
        **described(release),
        "created": timezone.now().isoformat(timespec="seconds"),
        "voting": {"weights_of": weights_of, "code": code_version()},
    }
