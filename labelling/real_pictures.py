"""Pictures that a release was validated on, where its dataset version is here."""

from contextlib import suppress

from labelling.models import DatasetVersion, Split
from labelling.versions import version_samples
from releases.models import ModelRelease
from releases.real_pictures import Picture
from yolo.samples import SampleError


def validation_pictures(release: ModelRelease, most: int) -> list[Picture]:
    """Up to `most` pictures, evenly from all of the validation split; those that cannot be read are left out."""
    version = trained_version(release)
    samples = version_samples(version, Split.VALIDATION) if version else []
    pictures = []
    for sample in samples[:: max(1, len(samples) // most)][:most]:
        with suppress(SampleError):
            pictures.append(sample.read())
    return pictures


def trained_version(release: ModelRelease) -> DatasetVersion | None:
    """The dataset version that a release was trained on, known by its content; None where it is not here."""
    made_of = (release.provenance.get("dataset") or {}).get("content_sha256")
    return DatasetVersion.objects.filter(content_sha256=made_of).first() if made_of else None
