"""What a record is of, told by its type, its address or its label."""

import pytest

from labelling.labelbox.media import file_name, names_in, require_picture
from labelling.labelbox.records import RecordError

TILES = '{"tileLayerUrl": "https://example.com/{z}/{x}/{y}.png", "epsg": "EPSG4326"}'


@pytest.mark.parametrize(
    ("address", "kinds", "reason"),
    [
        ("https://example.com/a.MP4?Expires=1", (), "video"),
        ("https://example.com/a", ("video",), "video"),
        (TILES, (), "tiled-map"),
        ("\n " + TILES, (), "tiled-map"),
        ({"tileLayerUrl": "x"}, (), "tiled-map"),
        ("https://example.com/a.txt", (), "unknown-media"),
        ("https://example.com/a.pdf", (), "unknown-media"),
        ("https://example.com/a", ("audio",), "unknown-media"),
        ("A man walks down a street.\nHe wears no mask at all", (), "unknown-media"),
    ],
)
def test_what_is_no_picture_has_a_reason(address, kinds, reason):
    with pytest.raises(RecordError) as raised:
        require_picture(address, *kinds)
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("https://example.com/a", ()),
        ("https://example.com/a.txt", ("image",)),
        ("a photograph of a busy street.jpg", ()),
        ("{not json", ()),
        (None, (None, "")),
        (7, ()),
    ],
)
def test_what_may_be_a_picture_is_taken_for_one(address, kinds):
    require_picture(address, *kinds)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://example.com/p%2Fsome%20face.jpg?Expires=1&Signature=x", "some face.jpg"),
        ("https://example.com/a/b.jpg#c", "b.jpg"),
        ("folder\\b.jpg", "b.jpg"),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_the_file_name_in_an_address_is_decoded(address, name):
    assert file_name(address) == name


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("cf8taa7yj4us2xqxhfraos67m-mask-001.jpg", ("cf8taa7yj4us2xqxhfraos67m-mask-001.jpg", "mask-001.jpg")),
        ("8821d3e2-9059-b616-9d4a-9723da3ea073-im1", ("8821d3e2-9059-b616-9d4a-9723da3ea073-im1", "im1")),
        ("mask-001.jpg", ("mask-001.jpg",)),
    ],
)
def test_what_labelbox_put_before_a_name_may_be_left_off(name, names):
    assert names_in(f"https://example.com/project%2F{name}?Expires=1") == names
