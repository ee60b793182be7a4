"""Small JPEG versions of pictures for galleries, made when first asked for and kept on disk."""

import os
import tempfile
from pathlib import Path
from typing import Final

from django.conf import settings
from PIL import Image as Picture
from PIL import ImageOps

from labelling.models import Image

LONG_SIDE: Final = 320


def thumbnail_path(image: Image) -> Path:
    """The upright thumbnail of an image that has its file. Raises OSError when the picture is gone or broken."""
    path = thumbnail_place(image.sha256)
    if not path.exists():
        _make(image, path)
    return path


def thumbnail_place(sha256: str) -> Path:
    """Where the thumbnail of a picture of this content is kept; all images of that content share it."""
    return Path(settings.MEDIA_ROOT) / "thumbnails" / sha256[:2] / f"{sha256}.jpg"


def _make(image: Image, path: Path) -> None:
    with image.file.open("rb") as file, Picture.open(file) as picture:
        picture.draft("RGB", (LONG_SIDE, LONG_SIDE))
        small = ImageOps.exif_transpose(picture)
        small.thumbnail((LONG_SIDE, LONG_SIDE))
        rgb = small.convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as part:
        rgb.save(part, "JPEG", quality=82)
    Path(name).replace(path)
