"""What annotation files are, told by their content."""

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelling.formats.coco_reader import CocoAnnotations
from labelling.formats.reading import annotations_alone, form_at, form_of, holds_pictures, open_annotations, sized
from labelling.formats.voc_reader import VocAnnotations
from labelling.labelbox import ExportError
from labelling.pictures import NoPictures, PictureFolder
from releases import zips
from tests.labelling.formats.test_coco_reader import coco
from tests.labelling.formats.test_voc_reader import xml
from tests.labelling.formats.trees import files
from tests.labelling.makers import jpeg, zipped
from tests.large_pictures import TOO_LARGE

YOLO = {"data.yaml": b"names: [face]", "labels/a.txt": b"0 0.5 0.5 1 1"}


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ({"a.xml": xml()}, "voc"),
        ({name: each.decode() for name, each in YOLO.items()}, "yolo"),
        ({"a.json": coco()}, "coco"),
        ({"a.json": '[{"ID": "x", "Label": {}}]'}, None),
        ({}, None),
    ],
)
def test_the_form_is_told_by_the_content(content, form):
    assert form_of(files(content)) == form


def test_a_single_file_may_be_of_any_name():
    assert isinstance(open_annotations(io.BytesIO(coco().encode())), CocoAnnotations)
    assert isinstance(open_annotations(io.BytesIO(xml().encode())), VocAnnotations)
    assert open_annotations(io.BytesIO(b'[{"Label": {}}]')) is None


def test_a_damaged_zip_is_one_sentence():
    with pytest.raises(ExportError, match="damaged"):
        open_annotations(io.BytesIO(b"PK\x03\x04" + b"x" * 100))


def test_a_zip_with_a_damaged_entry_is_one_sentence():
    content = bytearray(zipped({"a.xml": xml().encode()}))
    content[40] ^= 0xFF
    with pytest.raises(ExportError, match="damaged or locked"):
        list(open_annotations(io.BytesIO(bytes(content))))


def test_entries_that_lead_out_of_a_zip_are_not_seen():
    assert open_annotations(io.BytesIO(zipped({"../a.xml": xml().encode(), "/b.xml": xml().encode()}))) is None


@pytest.mark.parametrize("known", [{}, {"a.jpg": (40, 30)}])
def test_sizes_come_from_the_pictures_or_from_the_images_that_are_here(tmp_path, known):
    if not known:
        (tmp_path / "a.jpg").write_bytes(jpeg(40, 30))
    records = open_annotations(io.BytesIO(zipped(YOLO)))
    pictures = NoPictures() if known else PictureFolder(tmp_path)
    (record,) = sized(records, pictures, known)
    assert record.objects[0].xyxy == (0, 0, 40, 30)


@pytest.mark.parametrize(
    ("pictures", "reason"),
    [
        ({}, "size-unknown"),
        ({"a.jpg": b"no picture"}, "image-not-readable"),
        ({"x/a.jpg": b"", "y/a.jpg": b""}, "ambiguous-picture"),
    ],
)
def test_boxes_whose_picture_has_no_size_are_skipped_with_the_reason(tmp_path, pictures, reason):
    for name, content in pictures.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (record,) = sized(open_annotations(io.BytesIO(zipped(YOLO))), PictureFolder(tmp_path), {})
    assert record.reason == reason


def test_boxes_of_a_picture_of_too_many_pixels_are_skipped_with_that_reason(tmp_path):
    (tmp_path / "a.jpg").write_bytes(TOO_LARGE["larger than Pillow reads"])
    (record,) = sized(open_annotations(io.BytesIO(zipped(YOLO))), PictureFolder(tmp_path), {})
    assert record.reason == "image-not-readable"
    assert "it has more than 100 megapixels" in record.message


def test_annotations_are_taken_without_the_pictures_beside_them(tmp_path):
    path = tmp_path / "all.zip"
    path.write_bytes(zipped({**YOLO, "images/a.jpg": jpeg(), "images/b.jpg": jpeg()}))
    with annotations_alone(path, "auto") as file, zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["data.yaml", "labels/a.txt", "labels/b.txt"]
        assert archive.read("labels/b.txt") == b""


def test_a_zip_brings_pictures_or_not(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(YOLO))
    assert not holds_pictures(path)
    path.write_bytes(zipped({"a.JPG": b""}))
    assert holds_pictures(path)
    assert form_at(path) is None


@pytest.mark.parametrize(("name", "start"), [("a.xml", b"<annotation>"), ("a.json", b'{"images": [')])
def test_a_zip_bomb_is_refused_before_it_has_unpacked(monkeypatch, name, start):
    monkeypatch.setattr(zips, "FREE_BYTES", 2**20)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, start + b" " * 20 * 2**20)
    with pytest.raises(ExportError, match=r"unpacks to more than 1?[0-9] MB"):
        list(open_annotations(io.BytesIO(file.getvalue())))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
ANNOTATION = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "image_id", "category_id", "bbox", "segmentation", "iscrowd"), JSON)
)
IMAGE = st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "file_name", "width", "height", "coco_url"), JSON))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ANNOTATION | JSON, max_size=4),
    st.lists(IMAGE | JSON, max_size=4),
    st.lists(JSON | st.fixed_dictionaries({"id": JSON, "name": JSON}), max_size=3),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=2),
)
def test_bent_coco_raises_nothing_but_an_export_error(annotations, images, categories, cuts):
    content = json.dumps({"images": images, "annotations": annotations, "categories": categories}).encode()
    for place, piece in cuts:
        content = content[:place] + piece + content[place + len(piece) :]
    try:
        records = open_annotations(io.BytesIO(content))
        outcomes = [] if records is None else list(records)
    except ExportError as error:
        assert str(error).endswith(".")
    else:
        assert [each.row for each in outcomes] == list(range(1, len(outcomes) + 1))
        assert records is None or len(records) == len(outcomes)
        assert cuts or len(outcomes) - len(images) in (0, 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=3)), min_size=1, max_size=3))
def test_bent_xml_raises_nothing_but_an_export_error(cuts):
    content = xml().encode()
    for place, piece in cuts:
        content = content[:place] + piece + content[place + len(piece) :]
    try:
        records = open_annotations(io.BytesIO(content))
        assert records is None or len(list(records)) == len(records)
    except ExportError as error:
        assert str(error).endswith(".")
