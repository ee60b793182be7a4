"""Names of files in an export."""

import pytest

from labelling.formats.file_names import FileNames, flat


@pytest.mark.parametrize(
    ("external_id", "stored", "name"),
    [
        ("1.jpg", "x/ab.jpg", "1.jpg"),
        ("with_mask/1.JPG", "x/ab.jpg", "with_mask/1.JPG"),
        ("photo.png", "x/ab.jpg", "photo.jpg"),
        ("photo", "x/ab.png", "photo.png"),
        ("v1.2 (copy)", "x/ab.png", "v1.2 (copy).png"),
        ("../../etc/passwd", "x/ab.jpg", "etc/passwd.jpg"),
        ("/etc/cron.d/x", "x/ab.jpg", "etc/cron.d/x.jpg"),
        ("C:\\photos\\1.jpg", "x/ab.jpg", "C/photos/1.jpg"),
        ("=cmd|' /C calc'!A0.jpg", "x/ab.jpg", "cmd/C calc-A0.jpg"),
        ("<b>.jpg", "x/ab.jpg", "b.jpg"),
        ("..", "x/ab.jpg", "7.jpg"),
        ("Straße 1.jpg", "x/ab.jpg", "Straße 1.jpg"),
    ],
)
def test_names_are_like_the_external_ids_and_lead_nowhere_else(external_id, stored, name):
    assert FileNames().new(external_id, stored, 7) == name


def test_names_that_would_share_a_label_file_are_told_apart():
    names = FileNames()
    assert names.new("a.jpg", "x.jpg", 1) == "a.jpg"
    assert names.new("a.png", "x.png", 2) == "a-2.png"
    assert names.new("A.jpg", "x.jpg", 3) == "A-3.jpg"


def test_long_names_are_cut():
    assert FileNames().new("a" * 300 + ".jpg", "x.jpg", 1) == "a" * 120 + ".jpg"


def test_a_path_becomes_one_name():
    assert flat("with_mask/1.jpg") == "with_mask-1.jpg"
