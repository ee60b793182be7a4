"""Zips of photographs that arrive in portions. A zip is kept as it is; its pictures are read out of it later.

A portion is written at its place outside of any transaction and counts once the row says so: what a broken
connection had brought before stays, and the same portion sent twice does no harm.
"""

import zipfile
from pathlib import PurePosixPath
from typing import Any, Final, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from releases.batches.models import BatchPicture, BatchZip, PictureBatch
from releases.batches.names import clean_name, free_name, printable
from releases.batches.services import MOST_PICTURES, names_like, room_check, zip_remove
from releases.inference import PICTURE_SUFFIXES
from releases.warm import MOST_BYTES
from releases.zips import ZipLimitError, directory_check, is_clutter, is_harmless

BLOCK: Final = 2**20
MOST_NAMED: Final = 20  # entries that are left out and named
AT_ONCE: Final = 500  # rows written by one statement


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class PortionElsewhere(Exception):
    """A portion does not begin where the last one ended: `arrived` bytes are there."""

    def __init__(self, arrived: int) -> None:
        super().__init__(_("%(n)d bytes of this zip are here: go on from there.") % {"n": arrived})
        self.arrived = arrived


def zip_portion_add(*, batch: PictureBatch, name: str, size: int, offset: int, content: Readable) -> BatchZip:
    """Take a portion of a zip in; with the last one its pictures join the batch.

    `size`: of the whole zip; `offset`: where the portion begins. Raises PortionElsewhere, and ValidationError where
    the zip is none, too large, or holds no picture: then nothing of it is kept.
    """
    packed = _zip_of(batch, clean_name(name), size)
    if packed.is_whole:
        return packed
    if offset != packed.arrived:
        raise PortionElsewhere(packed.arrived)
    end = _write(packed, offset, content)
    with transaction.atomic():
        if not BatchZip.objects.filter(pk=packed.pk, arrived=offset).update(arrived=end):
            raise PortionElsewhere(BatchZip.objects.filter(pk=packed.pk).values_list("arrived", flat=True).get())
        packed.arrived = end
        if packed.is_whole:
            problem = _take_apart(packed)
    if packed.is_whole and problem:
        zip_remove(packed=packed)
        raise ValidationError({"zip": problem})
    return packed


def _zip_of(batch: PictureBatch, name: str, size: int) -> BatchZip:
    """The zip of this name and size that has begun to arrive, else a new one."""
    known = batch.zips.filter(name=name).first()
    if known is not None and known.size == size:
        return known
    if known is not None:
        sentence = _("Another zip of this name is in the batch. Leave it out first, or rename this one.")
        raise ValidationError({"zip": sentence})
    if size <= 0:
        raise ValidationError({"zip": _("It is empty.")})
    room_check(batch, pictures=1, size=size)
    packed = BatchZip(batch=batch, name=name, size=size)
    packed.full_clean()
    packed.save()
    return packed


def _write(packed: BatchZip, offset: int, content: Readable) -> int:
    """Write a portion at its place, never beyond the size announced; where it ends."""
    end = offset
    packed.path.touch(mode=0o600)
    with packed.path.open("r+b") as file:
        file.seek(offset)
        while block := content.read(BLOCK):
            end += len(block)
            if end > packed.size:
                raise ValidationError({"zip": _("More has come than the size that was announced.")})
            file.write(block)
    return end


def _take_apart(packed: BatchZip) -> str:
    """Make rows of the pictures in a zip that has arrived whole; the sentence why there are none, if so."""
    try:
        directory_check(packed.path)
        with zipfile.ZipFile(packed.path) as archive:
            entries = list(enumerate(archive.infolist()))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, ZipLimitError):
        return _("This is no zip, or it is damaged.")
    pictures = [(place, info) for place, info in entries if is_harmless(info) and _is_picture(info)]
    if not pictures:
        return _("There is no photograph in this zip.")
    if packed.batch.pictures.count() + len(pictures) > MOST_PICTURES:
        words = {"n": len(pictures), "most": MOST_PICTURES}
        return _("This zip holds %(n)d photographs; a batch holds up to %(most)d.") % words
    _make_rows(packed, pictures)
    taken = {place for place, _info in pictures}
    left_out = [info.filename for place, info in entries if place not in taken and not is_clutter(info)]
    packed.left_out = [printable(name) for name in left_out[:MOST_NAMED]]
    packed.left_out_count = len(left_out)
    packed.save(update_fields=["left_out", "left_out_count"])
    return ""


def _make_rows(packed: BatchZip, pictures: list[tuple[int, zipfile.ZipInfo]]) -> None:
    taken = names_like(packed.batch, [info.filename for _place, info in pictures] + [""])
    rows: list[Any] = []
    for place, info in pictures:
        name = free_name(clean_name(info.filename), taken)
        taken.add(name)
        rows.append(
            BatchPicture(
                batch=packed.batch, zip=packed, entry=place, name=name, size=min(info.file_size, MOST_BYTES + 1)
            )
        )
    BatchPicture.objects.bulk_create(rows, batch_size=AT_ONCE)


def _is_picture(info: zipfile.ZipInfo) -> bool:
    return PurePosixPath(info.filename).suffix.lower() in PICTURE_SUFFIXES
