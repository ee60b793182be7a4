"""Which anchors a run trains with."""

from django.utils.translation import gettext as _

from labelling.anchors import version_sizes
from labelling.models import DatasetVersion
from releases.services import release_folder
from training.models import AnchorSource, TrainingRun
from training.samples import TrainingError
from yolo.anchors import kmeans_anchors, with_coarser
from yolo.config import network_named
from yolo.release import read_release

Anchors = list[list[float]]


def run_anchors(run: TrainingRun) -> tuple[Anchors, AnchorSource]:
    """Anchors (width, height) in pixels at the net size, and where they come from.

    Where the run does not say: those of the release it starts from, if network and net size are the same, since its
    head was trained for them; else those kept with the version for that size, else clusters of the train split's boxes.
    Raises TrainingError when what was asked for is not there, ReleaseError when the release is not whole.
    """
    asked = run.anchors_from
    if asked == AnchorSource.START or (not asked and run.start_fits_anchors):
        return _of_start(run), AnchorSource.START
    if asked == AnchorSource.VERSION or (not asked and run.version_has_anchors):
        return _of_version(run), AnchorSource.VERSION
    count = network_named(run.network).anchor_count
    return fitted_anchors(run.version, net_size=run.net_size, seed=run.seed, count=count), AnchorSource.FIT


def fitted_anchors(version: DatasetVersion, *, net_size: int, seed: int, count: int = 9) -> Anchors:
    """So many clusters of the boxes of the train split."""
    try:
        fit = kmeans_anchors(version_sizes(version, net_size=net_size), count=count, seed=seed)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    return [[round(float(side), 2) for side in anchor] for anchor in fit.anchors]


def _of_start(run: TrainingRun) -> Anchors:
    if run.start_release is None or not run.start_fits_anchors:
        raise TrainingError(_("There is no release of this network and net size to take anchors from."))
    release = read_release(release_folder(run.start_release), verify=False)
    table = with_coarser(release.anchors, scales=network_named(run.network).scales)
    return [[round(float(side), 2) for side in anchor] for anchor in table]


def _of_version(run: TrainingRun) -> Anchors:
    if not run.version_has_anchors:
        raise TrainingError(_("No anchors for this network and net size are kept with the version any more."))
    kept: Anchors = run.version.anchors["anchors"]
    return kept
