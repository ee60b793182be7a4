"""A release folder as one file."""

import io
import zipfile
from pathlib import Path

from yolo.release import FILES, MANIFEST, read_release

CARD = "MODEL_CARD.md"


def zipped(folder: Path, *, name: str, card: str) -> io.BytesIO:
    """The files of a release and its card in a zip of some ten MB, below one folder of its name, rewound to its start.

    The weights hardly shrink, so that nothing is compressed. Raises ReleaseError when the folder is not whole.
    """
    read_release(folder, verify=False)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for file in (MANIFEST, *FILES):
            packed.write(folder / file, f"{name}/{file}")
        packed.writestr(f"{name}/{CARD}", card)
    archive.seek(0)
    return archive
