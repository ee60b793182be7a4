"""Reads photographs of a batch, from their files or out of their zips. Loads no OpenVINO."""

import zipfile
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from django.utils.translation import gettext as _

from releases.batches.models import BatchPicture, BatchZip
from releases.warm import MOST_BYTES, PictureRefused
from releases.zips import UNPACKING_ERRORS, ZipLimitError, open_member


class Contents:
    """Keeps the zips open that pictures were read from; to be used in a `with` statement."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._archives: dict[int, tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def read(self, picture: BatchPicture) -> bytes:
        """The file of a picture, whose `zip` and `batch` come with it. Raises PictureRefused with a sentence."""
        try:
            content = picture.path.read_bytes() if picture.zip is None else self._unpacked(picture, picture.zip)
        except FileNotFoundError as error:
            raise PictureRefused(_("Its file is gone.")) from error
        except (*UNPACKING_ERRORS, ZipLimitError) as error:
            raise PictureRefused(_("It is damaged or locked inside the zip.")) from error
        if len(content) > MOST_BYTES:
            raise PictureRefused(_("The picture is larger than %(most)d MB.") % {"most": MOST_BYTES // 2**20})
        return content

    def _unpacked(self, picture: BatchPicture, packed: BatchZip) -> bytes:
        archive, entries = self._archive(packed)
        with open_member(archive, entries[picture.entry or 0]) as file:
            return file.read(MOST_BYTES + 1)

    def _archive(self, packed: BatchZip) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
        if packed.pk not in self._archives:
            archive = self._open.enter_context(zipfile.ZipFile(packed.path))
            self._archives[packed.pk] = archive, archive.infolist()
        return self._archives[packed.pk]
