"""manage.py release_calibrate: the chance that a score stands for."""

from typing import Any

from labelling.models import Split
from releases.models import ModelRelease
from training.management.completing import CompletingCommand


class Command(CompletingCommand):
    help = "Fit the temperature that turns the scores of a release into chances, on its validation pictures."
    part = "calibration"

    def found(self, release: ModelRelease) -> dict[str, Any]:
        told = release.calibration
        errors = {
            split: {when: told[split][when]["error"] for when in ("before", "after")}
            for split in (Split.VALIDATION, Split.TEST)
            if split in told
        }
        return {"temperature": told["temperature"], "nll": told["nll"], "calibration_error": errors}
