"""Makes one release of several that went on from one start: the mean of their weights, every figure measured anew."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from labelling.models import DatasetVersion
from labelling.real_pictures import trained_version
from releases.models import ModelRelease
from releases.services import registered_releases, release_check_name, release_folder, release_register
from training.provenance import code_version, described
from training.publishing import UNTUNED_THRESHOLD
from training.remeasuring import Tell, write_remeasured
from yolo.averaging import average_into
from yolo.release import Release, ReleaseError, load_network, read_release, write_release


def release_average(
    *,
    release: ModelRelease,
    others: Sequence[ModelRelease],
    name: str = "",
    by: User | None,
    tell: Tell = lambda sentence: None,
) -> ModelRelease:
    """Register a release whose weights are the mean of those of `release` and `others`, see `yolo.averaging`.

    `release` gives the form, and the weights of what it alone has; it may have more scales than the others.
    `name` defaults to that of `release` with `-average` behind. Raises ReleaseError with a sentence, before anything is
    measured, where one of them has other classes, anchors or another form, learned from another dataset version, or
    that version is not here.
    """
    version = _version_of(release, others)
    frozen = [read_release(release_folder(each)) for each in (release, *others)]
    for other in frozen[1:]:
        _check_alike(frozen[0], other)
    folder = registered_releases() / (name or f"{release.name}-average")
    release_check_name(folder.name)
    if folder.exists():
        raise ReleaseError(_("There is a folder %(name)s already; choose another name.") % {"name": folder.name})
    with tempfile.TemporaryDirectory() as scratch:
        unmeasured = _write_mean(frozen, folder.name, Path(scratch) / "mean")
        made = _making([release, *others], frozen[0])
        write_remeasured(source=unmeasured, version=version, folder=folder, provenance=made, tell=tell)
    return release_register(folder=folder, by=by)


def _version_of(release: ModelRelease, others: Sequence[ModelRelease]) -> DatasetVersion:
    """The version all learned from: pictures that one of them learned from are no test of the mean."""
    if not others or len({release.pk, *(other.pk for other in others)}) <= len(others):
        raise ReleaseError(_("An average takes two or more releases, each of them once."))
    version = trained_version(release)
    if version is None:
        sentence = _("%(name)s was trained on a dataset version that is not here, so nothing can be measured.")
        raise ReleaseError(sentence % {"name": release.name})
    for other in others:
        if (other.provenance.get("dataset") or {}).get("content_sha256") != version.content_sha256:
            sentence = _(
                "%(other)s did not learn from %(version)s, as %(name)s did: no test picture would be new to both."
            )
            raise ReleaseError(sentence % {"other": other.name, "version": version, "name": release.name})
    return version


def _check_alike(release: Release, other: Release) -> None:
    names = {"name": release.name, "other": other.name}
    if release.classes != other.classes:
        raise ReleaseError(_("%(other)s has other classes than %(name)s.") % names)
    if release.anchors[: len(other.anchors)] != other.anchors or release.decoding != other.decoding:
        raise ReleaseError(_("%(other)s has other anchors than %(name)s, so their outputs mean other boxes.") % names)


def _write_mean(frozen: Sequence[Release], name: str, folder: Path) -> Release:
    first = frozen[0]
    network = load_network(first)
    try:
        average_into(network, [load_network(other) for other in frozen[1:]])
    except ValueError as error:
        raise ReleaseError(_("These releases are of networks of another form: %(error)s") % {"error": error}) from error
    return write_release(
        folder=folder,
        model=network,
        name=name,
        network=first.network,
        classes=first.classes,
        anchors=first.anchors,
        net_size=first.net_size,
        thresholds=dict.fromkeys(first.classes, UNTUNED_THRESHOLD),
        iou_threshold=first.iou_threshold,
    )


def _making(releases: Sequence[ModelRelease], first: Release) -> dict[str, Any]:
    """What release.json told of the first one, and whose weights were averaged."""
    return {
        **first.provenance,
        **described(releases[0]),
        "created": timezone.now().isoformat(timespec="seconds"),
        "average": {
            "weights_of": [{"name": each.name, "sha256": each.sha256} for each in releases],
            "code": code_version(),
        },
    }
