"""manage.py quantize: the int8 form of a release."""

from typing import Any

from releases.models import ModelRelease
from training.management.completing import CompletingCommand


class Command(CompletingCommand):
    help = "Make the int8 form of a release, with its loss on the validation pictures; above one point it is refused."
    part = "int8"

    def found(self, release: ModelRelease) -> dict[str, Any]:
        told = release.int8
        return {
            "loss": told["loss"],
            "map50": {name: told["validation"][name]["map50"] for name in ("f32", "int8")},
            "map50_95": {name: told["validation"][name]["map50_95"] for name in ("f32", "int8")},
            "validation_pictures": told["validation"]["pictures"],
            "calibrated_on": told["calibrated_on"]["pictures"],
            "recipe": told["recipe"],
            "speed": told["speed"],
            "bytes": sum(file["bytes"] for file in told["files"].values()),
        }
