"""A release folder as one file."""

import io
import zipfile
from pathlib import Path

from yolo.calibration import CALIBRATION
from yolo.int8 import INT8, INT8_FILES
from yolo.release import FILES, MANIFEST, read_release

CARD = "MODEL_CARD.md"
ADDED = (INT8, *INT8_FILES, CALIBRATION)
"""What may lie beside a release."""


def zipped(folder: Path, *, name: str, card: str) -> io.BytesIO:
    """The files of a release and its card in a zip of some ten MB, below one folder of its name, rewound to its start.

    The weights hardly shrink, so that nothing is compressed. Raises ReleaseError when the folder is not whole.
    """
    read_release(folder, verify=False)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for file in (MANIFEST, *FILES, *ADDED):
            if file not in ADDED or (folder / file).is_file():
                packed.write(folder / file, f"{name}/{file}")
        packed.writestr(f"{name}/{CARD}", card)
    archive.seek(0)
    return archive
