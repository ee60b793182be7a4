"""Get the standard files that trainings may start from."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from jobs.commands import DataCommand
from training.models import StartWeights
from training.services import weights_add
from yolo.config import NETWORKS
from yolo.darknet_cfg import DarknetError
from yolo.downloads import WEIGHT_FILES, DownloadError, fetch


class Command(DataCommand):
    help = "Download Darknet's published weights, or read a file that is here, for trainings to start from."
    errors = (*DataCommand.errors, DarknetError, DownloadError)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("what", metavar="NAME|PATH", help=f"one of {', '.join(WEIGHT_FILES)}, or a .weights file")
        parser.add_argument("--network", choices=sorted(NETWORKS), help="network of a file (default: as it is named)")
        parser.add_argument("--name", help="what to call it (default: NAME, or the file's name)")

    def handle(self, *args: Any, what: str, network: str | None, name: str | None, **options: Any) -> None:
        row = self._download(what, name or what) if what in WEIGHT_FILES else self._read(Path(what), network, name)
        self.say(
            _("No SHA-256 of this file is published to compare with: it is unverified. Its hash is kept with each run.")
        )
        self.result(
            {"name": row.name, "network": row.network, "sha256": row.sha256, "bytes": row.size, "layers": row.layers}
        )

    def _download(self, what: str, name: str) -> StartWeights:
        wanted = WEIGHT_FILES[what]
        target = Path(settings.MEDIA_ROOT) / "weights" / what
        with tqdm(unit="B", unit_scale=True, file=sys.stderr, dynamic_ncols=True) as bar:
            fetch(wanted, target, on_progress=lambda done, total: _show(bar, done, total))
        row = weights_add(path=target, name=name, network=wanted.network, source=wanted.url, by=None)
        target.unlink()
        return row

    def _read(self, path: Path, network: str | None, name: str | None) -> StartWeights:
        if not path.is_file():
            known = ", ".join(WEIGHT_FILES)
            raise CommandError(
                _("There is no file %(path)s. By name there are: %(known)s.") % {"path": path, "known": known}
            )
        network = network or (path.stem if path.stem in NETWORKS else "yolov3")
        return weights_add(path=path, name=name or path.stem, network=network, source=path.name, by=None)


def _show(bar: "tqdm[Any]", done: int, total: int) -> None:
    bar.total, bar.n = total, done
    bar.refresh()
