"""Put the releases that ship with the product on the list of models."""

from typing import Any

from jobs.commands import DataCommand
from releases.services import bundled_register
from yolo.release import ReleaseError


class Command(DataCommand):
    help = "Register the releases that ship with the product; the newest becomes active when none is."
    errors = (*DataCommand.errors, ReleaseError)

    def handle(self, *args: Any, **options: Any) -> None:
        rows = bundled_register()
        active = next((row.name for row in rows if row.is_active), None)
        self.result({"releases": [row.name for row in rows], "active": active})
