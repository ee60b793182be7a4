"""Content to export that no database holds."""

from collections.abc import Sequence
from pathlib import Path

from labelling.formats.content import ExportBox, ExportContent, ExportImage
from labelling.formats.entries import ExportEntry
from labelling.models import Split


def image(name: str = "a.jpg", boxes: Sequence[ExportBox] = (), *, key: int = 1, split: Split | None = None):
    return ExportImage(
        key=key,
        name=name,
        external_id=name,
        file=Path("nowhere.jpg"),
        width=200,
        height=100,
        depth=3,
        split=split,
        boxes=tuple(boxes),
    )


def content(*images: ExportImage, classes: Sequence[str] = ("with_mask", "without_mask")) -> ExportContent:
    return ExportContent("masks", "masks", None, tuple(classes), lambda: iter(images))


def texts(entries) -> dict[str, str]:
    """The files of an export that are no pictures."""
    found: list[ExportEntry] = [entry for entry in entries if entry.picture is None]
    return {entry.path: b"".join(entry.pieces()).decode() for entry in found}
