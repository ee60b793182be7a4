"""Finding pictures by name, and checking what they are by their content."""

import io
import zipfile

import pytest
from PIL import Image

from labelling import pictures
from labelling.formats.trees import tree_of
from labelling.labelbox import ExportError
from labelling.labelbox.reading import read_rows
from labelling.pictures import (
    AmbiguousPicture,
    PictureError,
    PictureNames,
    PicturesError,
    examine_picture,
    open_pictures,
)
from releases import zips
from tests.labelling.makers import encoded, jpeg, noise, zipped
from tests.large_pictures import TOO_LARGE


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a.jpg", "a.jpg"),
        ("with/b.jpg", "x/with/b.jpg"),
        ("without/b.jpg", "x/without/b.jpg"),
        ("elsewhere/c.jpg", "x/with/c.jpg"),
        ("WITH\\C.JPG", "x/with/c.jpg"),
        ("nowhere.jpg", None),
    ],
)
def test_a_picture_is_found_by_path_then_by_name(wanted, found):
    names = PictureNames(["a.jpg", "deep/a.jpg", "x/with/b.jpg", "x/without/b.jpg", "x/with/c.jpg"])
    assert names.find(wanted) == found


SPELLED = [
    "a b.jpg",
    "in/c%20d.jpg",
    "in/e+f.jpg",
    "u\u0308.jpg",
    "g.h.jpg",
    "i.png",
    "x/twin.jpg",
    "x/twin.png",
    "50%.jpg",
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a%20b.jpg", "a b.jpg"),
        ("A+B.jpg", "a b.jpg"),
        ("out/c d.jpg", "in/c%20d.jpg"),
        ("in%2Fc%20d.jpg", "in/c%20d.jpg"),
        ("e f.jpg", "in/e+f.jpg"),
        ("e%20f.jpg", "in/e+f.jpg"),
        ("\u00dc.JPG", "u\u0308.jpg"),
        ("%C3%BC.jpg", "u\u0308.jpg"),
        ("50%.jpg", "50%.jpg"),
        ("50%25.jpg", "50%.jpg"),
        ("i", "i.png"),
        ("in/i", "i.png"),
        ("g.h", None),  # that may be an ending
        (".", None),
        ("..", None),
        ("", None),
        ("%", None),
    ],
)
def test_a_picture_is_found_however_its_name_is_written_down(wanted, found):
    assert PictureNames(SPELLED).find(wanted) == found


def test_two_pictures_that_differ_in_their_ending_are_not_guessed_between():
    with pytest.raises(AmbiguousPicture, match=r"x/twin\.jpg, x/twin\.png"):
        PictureNames(SPELLED).find("twin")
    with pytest.raises(AmbiguousPicture):
        PictureNames(["e+f.jpg", "e f.jpg"]).find("e%20f.jpg")


def test_names_that_no_database_could_keep_are_told_all_the_same():
    with pytest.raises(AmbiguousPicture) as raised:
        PictureNames(["x/\udcff.jpg", "y/\udcff.jpg"]).find("\udcff.jpg")
    str(raised.value).encode()


def test_a_name_packed_twice_or_not_said_to_be_unicode_is_found(tmp_path):
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("grün.jpg", b"old")
        archive.writestr("grün.jpg", b"new")
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):  # the high byte of the flags
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place] &= 0xF7
    path.write_bytes(content)
    with open_pictures(path) as source:
        assert source.read(source.find("GRÜN.JPG")) == b"new"


@pytest.mark.parametrize("wanted", ["b.jpg", "elsewhere/b.jpg", "A.jpg"])
def test_two_candidates_are_not_guessed_between(wanted):
    with pytest.raises(AmbiguousPicture):
        PictureNames(["with/b.jpg", "without/b.jpg", "a.JPG", "a.jpg"]).find(wanted)


def test_a_zip_gives_nothing_from_outside_it(tmp_path):
    path = tmp_path / "pictures.zip"
    path.write_bytes(zipped({"../up.jpg": b"1", "/etc/absolute.jpg": b"2", "C:/drive.jpg": b"3", "in/fine.jpg": b"4"}))
    with open_pictures(path) as source:
        assert [source.find(name) for name in ("up.jpg", "absolute.jpg", "drive.jpg")] == [None] * 3
        assert source.read(source.find("fine.jpg")) == b"4"


def test_a_picture_too_large_to_be_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(b"0" * 11)
    (tmp_path / "b.zip").write_bytes(zipped({"a.jpg": b"0" * 11}))
    for path in (tmp_path / "in", tmp_path / "b.zip"):
        with open_pictures(path) as source, pytest.raises(PictureError):
            source.read("a.jpg")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_of_a_zip_that_cannot_be_unpacked_is_one_picture_less(tmp_path, method):
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.jpg", bytes(range(256)) * 40)
    packed = bytearray(path.read_bytes())
    packed[40:90] = b"\xff" * 50  # behind the local header of 30 bytes and the name of 5
    path.write_bytes(packed)
    with open_pictures(path) as source, pytest.raises(PictureError, match="damaged"):
        source.read("a.jpg")


def test_a_damaged_entry_of_a_zip_is_one_picture_less(tmp_path):
    content = bytearray(zipped({"a.jpg": b"content of a"}))
    content[content.index(b"content of a")] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(content)
    with open_pictures(tmp_path / "b.zip") as source, pytest.raises(PictureError, match="damaged"):
        source.read("a.jpg")


def test_a_packed_entry_that_is_damaged_is_one_picture_less(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", bytes(range(256)) * 40)
    content = bytearray(file.getvalue())
    content[60:80] = b"\xff" * 20
    (tmp_path / "b.zip").write_bytes(content)
    with open_pictures(tmp_path / "b.zip") as source, pytest.raises(PictureError, match="damaged"):
        source.read("a.jpg")


def test_a_zip_whose_list_of_entries_is_too_long_to_read_is_refused_with_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "pictures.zip"
    path.write_bytes(zipped({f"{number}.jpg": b"" for number in range(5)}))
    monkeypatch.setattr(zips, "MOST_DIRECTORY_BYTES", 100)
    several = r"^pictures\.zip cannot be used: its list .* Pack the pictures in several"
    with pytest.raises(PicturesError, match=several), open_pictures(path):
        pass
    for opened in (tree_of, lambda file: list(read_rows(file))):
        with pytest.raises(ExportError, match="cannot be used: its list of entries has 0 MB"):
            opened(io.BytesIO(path.read_bytes()))


def test_many_entries_in_folders_under_long_names_are_found(tmp_path):
    """More than the 65,535 that the first form of zips could count."""
    path, long = tmp_path / "pictures.zip", "n" * 200
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(66_000):
            archive.writestr(f"in/{number % 7}/{long}/{number}.jpg", b"")
    with open_pictures(path) as source:
        assert source.find(f"{long}/65999.jpg") == f"in/{65999 % 7}/{long}/65999.jpg"
        assert source.find("12.JPG") == f"in/5/{long}/12.jpg"


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_what_is_no_zip_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "pictures.zip"
    path.write_bytes(content)
    with pytest.raises(PicturesError, match=r"pictures\.zip is neither a folder nor a zip"), open_pictures(path):
        pass


def test_a_place_that_is_not_there_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(PicturesError, match="cannot be opened"), open_pictures(tmp_path / "gone"):
        pass


def test_a_picture_is_measured():
    picture = examine_picture(jpeg(40, 30))
    assert (picture.width, picture.height, picture.depth, picture.suffix) == (40, 30, 3, ".jpg")
    assert len(picture.sha256) == 64
    assert len(picture.perceptual_hash) == 16


@pytest.mark.parametrize(("mode", "depth"), [("L", 1), ("RGB", 3), ("RGBA", 4), ("P", 3)])
def test_depth_counts_colour_channels(mode, depth):
    assert examine_picture(encoded(noise().convert(mode), "PNG")).depth == depth


def test_orientation_is_applied():
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned a quarter clockwise
    picture = examine_picture(encoded(noise(40, 30), exif=turned))
    assert (picture.width, picture.height) == (30, 40)


def test_the_difference_hash_survives_scaling_and_compression():
    large, small = (examine_picture(encoded(noise(*size), quality=q)) for size, q in (((400, 300), 95), ((90, 80), 60)))
    apart = examine_picture(jpeg(400, 300, seed=1))
    assert (int(large.perceptual_hash, 16) ^ int(small.perceptual_hash, 16)).bit_count() <= 4
    assert (int(large.perceptual_hash, 16) ^ int(apart.perceptual_hash, 16)).bit_count() > 16


def test_content_decides_about_the_type():
    assert examine_picture(encoded(noise(), "PNG")).suffix == ".png"


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"GIF89a", jpeg(400, 300)[:2000], jpeg(400, 300)[:100]],
    ids=["svg", "empty", "gif", "cut off", "header only"],
)
def test_what_is_no_whole_picture_is_refused(content):
    with pytest.raises(PictureError):
        examine_picture(content)


def test_a_decompression_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(PictureError, match="megapixels"):
        examine_picture(jpeg(11, 10))


@pytest.mark.parametrize("content", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_picture_of_too_many_pixels_is_told_so(content):
    with pytest.raises(PictureError, match=r"^it has more than 100 megapixels$"):
        examine_picture(content)


def test_a_zip_within_a_zip_is_no_picture():
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    with pytest.raises(PictureError):
        examine_picture(file.getvalue())
