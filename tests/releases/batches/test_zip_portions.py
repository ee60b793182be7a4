"""Zips of photographs that arrive in portions."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from releases.batches import zip_portions
from releases.batches.models import BatchZip
from releases.batches.reading import Contents
from releases.batches.services import batch_create, batch_start, zip_remove
from releases.batches.zip_portions import PortionElsewhere, zip_portion_add
from releases.warm import PictureRefused
from tests.releases.batches.makers import BLUE, RED, picture, zipped

pytestmark = pytest.mark.django_db(transaction=True)


def send(batch, content, *, offset=0, size=None, name="gate.zip", whole=None):
    size = len(whole if whole is not None else content) if size is None else size
    return zip_portion_add(batch=batch, name=name, size=size, offset=offset, content=io.BytesIO(content))


def names(batch):
    return list(batch.pictures.values_list("name", flat=True))


def test_the_pictures_join_with_the_last_portion(dan):
    batch, content = batch_create(by=dan), zipped({"a.png": picture(RED), "in/a.png": picture(BLUE)})
    half = len(content) // 2
    first = send(batch, content[:half], whole=content)
    assert (first.arrived, names(batch)) == (half, [])
    send(batch, content[half:], offset=half, whole=content)
    assert names(batch) == ["a.png", "in/a.png"]
    with Contents() as contents:
        assert [contents.read(one) for one in batch.pictures.all()] == [picture(RED), picture(BLUE)]


def test_a_portion_sent_twice_or_from_elsewhere_is_told_where_to_go_on(dan):
    batch, content = batch_create(by=dan), zipped({"a.png": picture(RED)})
    send(batch, content[:50], whole=content)
    for offset in (0, 60):
        with pytest.raises(PortionElsewhere) as told:
            send(batch, content[offset : offset + 50], offset=offset, whole=content)
        assert told.value.arrived == 50
    send(batch, content[50:], offset=50, whole=content)
    assert send(batch, content[50:], offset=50, whole=content).is_whole
    assert names(batch) == ["a.png"]


def test_entries_that_are_hidden_or_lead_outside_or_are_no_pictures_are_left_out(dan):
    batch = batch_create(by=dan)
    clutter = {"__MACOSX/._a.png": b"x", ".hidden.png": b"x", "in/": b""}
    outside = {"../../../b.png": b"x", "/c.png": b"x", "C:\\d.png": b"x"}
    packed = send(batch, zipped({"a.png": picture(RED), **clutter, **outside, "re\x07ad.txt": b"x"}))
    assert names(batch) == ["a.png"]
    assert packed.left_out == ["../../../b.png", "/c.png", "C:\\d.png", "read.txt"]
    assert packed.left_out_count == 4


def test_names_that_are_taken_get_numbers(dan):
    batch = batch_create(by=dan)
    send(batch, zipped({"a.png": picture(RED)}))
    send(batch, zipped({"a.png": picture(BLUE), "A/../a.jpg": picture(BLUE)}), name="other.zip")
    assert names(batch) == ["a.png", "a (2).png"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip at all", "no zip, or it is damaged"),
        (zipped({"read.txt": b"x"}), "There is no photograph in this zip"),
    ],
)
def test_what_holds_no_picture_is_refused_and_not_kept(dan, content, said):
    batch = batch_create(by=dan)
    with pytest.raises(ValidationError, match=said):
        send(batch, content)
    assert not BatchZip.objects.exists()
    assert list(batch.folder.iterdir()) == []


def test_a_zip_of_too_many_pictures_is_refused(dan, monkeypatch):
    monkeypatch.setattr(zip_portions, "MOST_PICTURES", 1)
    batch = batch_create(by=dan)
    with pytest.raises(ValidationError, match="holds 2 photographs; a batch holds up to 1"):
        send(batch, zipped({"a.png": picture(RED), "b.png": picture(BLUE)}))
    assert names(batch) == []


def test_more_than_was_announced_is_refused(dan):
    batch = batch_create(by=dan)
    with pytest.raises(ValidationError, match="More has come"):
        send(batch, b"x" * 20, size=10)
    assert BatchZip.objects.get().arrived == 0


def test_a_bomb_and_a_damaged_entry_are_unreadable_and_nothing_is_unpacked(dan, monkeypatch):
    monkeypatch.setattr("releases.zips.FREE_BYTES", 2**16)
    batch = batch_create(by=dan)
    bomb = zipped({"bomb.png": b"0" * 2**22}, zipfile.ZIP_DEFLATED)
    broken = bytearray(zipped({"broken.png": picture(RED)}))
    broken[60] ^= 0xFF  # within the content, so that its checksum is wrong
    send(batch, bomb, name="bomb.zip")
    send(batch, bytes(broken), name="broken.zip")
    with Contents() as contents:
        for one in batch.pictures.all():
            with pytest.raises(PictureRefused, match="damaged or locked inside the zip"):
                contents.read(one)
    assert sorted(path.suffix for path in batch.folder.iterdir()) == [".zip", ".zip"]


def test_a_batch_waits_for_the_rest_of_a_zip_or_does_without(dan, tiny_release):
    batch, content = batch_create(by=dan), zipped({"a.png": picture(RED)})
    send(batch, content, name="whole.zip")
    part = send(batch, content[:50], whole=content, name="part.zip")
    with pytest.raises(ValidationError, match=r"part\.zip has not arrived whole"):
        batch_start(batch=batch, by=dan)
    zip_remove(packed=part)
    assert not part.path.exists()
    started = batch_start(batch=batch, by=dan)
    with pytest.raises(ValidationError, match="has been started"):
        zip_remove(packed=started.zips.get())
