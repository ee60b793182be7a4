"""Gives a release from before box voting a sibling that votes: the same weights, every figure measured anew."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from labelling.models import Dataset, DatasetVersion, Split
from labelling.real_pictures import trained_version
from releases.models import ModelRelease
from releases.services import registered_releases, release_check_name, release_folder, release_register
from training.provenance import code_version
from training.publishing import best_scores, judged_on, measured
from yolo.detector import Detector
from yolo.nms import VOTING_IOU
from yolo.release import MANIFEST, Release, ReleaseError, read_release, write_measured

Tell = Callable[[str], None]


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
        _write(replace(source, voting_iou=VOTING_IOU), release, version, folder, tell)
    return release_register(folder=folder, by=by)


def _write(voting: Release, release: ModelRelease, version: DatasetVersion, folder: Path, tell: Tell) -> None:
    detector = Detector(voting, precision="f32")
    tell(_("measuring on the validation pictures"))
    validation = judged_on(detector, version, Split.VALIDATION)
    tell(_("measuring on the test pictures"))
    test = judged_on(detector, version, Split.TEST)
    write_measured(
        source=voting,
        folder=folder,
        name=folder.name,
        thresholds=best_scores(validation, voting.classes),
        metrics={"validation": measured(validation, voting.classes), "test": measured(test, voting.classes)},
        provenance={**voting.provenance, **_making(release), "arithmetic": detector.arithmetic},
    )


def _making(release: ModelRelease) -> dict[str, Any]:
    """What release.json tells besides what it told of the release whose weights these are."""
    weights_of = {"name": release.name, "sha256": release.sha256, "created": release.provenance.get("created")}
    return {
        **_described(release),
        "created": timezone.now().isoformat(timespec="seconds"),
        "voting": {"weights_of": weights_of, "code": code_version()},
    }


def _described(release: ModelRelease) -> dict[str, Any]:
    """The datasets it was made of, as they are described today: the card tells origin and licence from that."""
    told: dict[str, Any] = {}
    for role in ("dataset", "single_faces"):
        made_of = release.provenance.get(role) or {}
        here = Dataset.objects.filter(name=made_of.get("name", "")).exclude(description="").first()
        if here is not None:
            told[role] = {**made_of, "description": here.description}
    return told
