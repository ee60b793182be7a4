"""Files of images that are gone from storage, and come back when the same bytes are sent again."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from labelling.files_sent import FilesSent
from labelling.models import Dataset, Image
from labelling.pictures import PictureError


def is_lost(name: str) -> bool:
    """Whether storage has no file of that name."""
    return not default_storage.exists(name)


def is_damaged(image: Image) -> bool:
    """Whether the file of an image is gone, or is not as it was. Reads it."""
    try:
        with image.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != image.sha256
    except OSError:
        return True


def put_back(image: Image, content: bytes) -> None:
    """Store the very bytes of an image under the name it has them by."""
    name = image.file.name or ""
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


class LostFiles:
    """Of an import: looks for lost files where a picture came along, and puts those back that came as they were.

    A look only counts them. Storage is asked about no other images, so that labels alone take no longer.
    """

    def __init__(self, dataset: Dataset | None, sent: FilesSent, *, puts_back: bool) -> None:
        self._dataset, self._sent, self._puts_back = dataset, sent, puts_back
        self._files: dict[str, str] = {}
        if dataset is not None and sent.names is not None:
            self._files = dict(dataset.images.exclude(file="").values_list("external_id", "file"))
        self._restored = self._different = 0

    def look(self, external_id: str, found: str) -> None:
        """Look after the image of a record that `found`, one of the files sent, belongs to."""
        name = self._files.get(external_id)
        if self._dataset is None or name is None or not is_lost(name):
            return
        image = self._dataset.images.get(external_id=external_id)
        try:
            content = self._sent.read(found)
        except PictureError:
            content = b""
        if hashlib.sha256(content).hexdigest() != image.sha256:
            self._different += 1
            return
        self._restored += 1
        if self._puts_back:
            put_back(image, content)

    def as_json(self) -> dict[str, Any] | None:
        """How many lost files came back, and of how many another picture came; None where none was lost."""
        if not self._restored and not self._different:
            return None
        return {"restored": self._restored, "different": self._different}
