"""Where a release comes from: enough to make it again."""

from typing import TYPE_CHECKING, Any

from django.conf import settings

from labelling.models import Dataset, DatasetVersion
from releases.models import ModelRelease
from training.models import TrainingRun
from yolo import origin

if TYPE_CHECKING:
    from yolo.train import TrainResult


def provenance(run: TrainingRun, result: "TrainResult") -> dict[str, Any]:
    """What release.json tells about the making of a release; plain values for JSON."""
    start, weights = run.start_release, run.start_weights
    return {
        **origin.made_here(_version()),
        "run": run.pk,
        "dataset": about(run.version),
        "single_faces": about(run.crops_version) if run.crops_version else None,
        "start_release": {"name": start.name, "sha256": start.sha256} if start else None,
        "start_weights": {"source": weights.source, "sha256": weights.sha256} if weights else None,
        "anchors_from": run.anchors_from,
        "best_epoch": result.best_epoch,
        "epochs": result.epochs,
        "epochs_planned": None if run.is_timed else run.epochs,
        "net_size": run.net_size,
        "batch": run.batch,
        "seed": run.seed,
        "options": run.options,
    }


def code_version() -> str:
    """Version of this code, with the commit where it runs from a git checkout."""
    return origin.code_version(_version())


def _version() -> str:
    return str(settings.SPECTACULAR_SETTINGS["VERSION"])


def about(version: DatasetVersion) -> dict[str, Any]:
    """Which dataset version that is."""
    return {
        "name": version.dataset.name,
        "version": version.number,
        "content_sha256": version.content_sha256,
        "description": version.dataset.description,
        "split_seed": version.seed,
    }


def described(release: ModelRelease) -> dict[str, Any]:
    """The datasets a release was made of, as they are described today: the card tells origin and licence from that."""
    told: dict[str, Any] = {}
    for role in ("dataset", "single_faces"):
        made_of = release.provenance.get(role) or {}
        here = Dataset.objects.filter(name=made_of.get("name", "")).exclude(description="").first()
        if here is not None:
            told[role] = {**made_of, "description": here.description}
    return told
