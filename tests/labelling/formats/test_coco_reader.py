"""COCO: one JSON file for many pictures."""

import itertools
import json
import tracemalloc

import pytest

from labelling.formats.coco_reader import CocoAnnotations, looks_like_coco
from labelling.labelbox import ExportError, LabelRecord
from tests.labelling.formats.trees import files

IMAGE = {"id": 1, "file_name": "d/a.jpg", "width": 40, "height": 30}
CATEGORIES = [{"id": 3, "name": "with_mask"}]


def coco(*annotations, images=(IMAGE,), categories=CATEGORIES) -> str:
    return json.dumps({"images": list(images), "annotations": list(annotations), "categories": list(categories)})


def drawn(**others) -> dict:
    return {"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 2.5, 10, 20], **others}


def only(content: str):
    (outcome,) = CocoAnnotations(files({"instances.json": content}))
    return outcome


def test_a_row_of_images_is_a_record_with_its_boxes():
    record = only(coco(drawn()))
    assert (record.row, record.id, record.external_id, record.size) == (1, "1", "d/a.jpg", (40, 30))
    assert [(each.title, each.xyxy) for each in record.objects] == [("with_mask", (1, 2.5, 11, 22.5))]


def test_an_image_without_annotations_is_a_negative():
    assert only(coco()).objects == ()


def test_the_bounds_of_polygons_are_the_box():
    record = only(coco(drawn(bbox=None, segmentation=[[1, 2, 5, 2, 5, 9], [3, 1, 4, 1, 4, 2]])))
    assert record.objects[0].xyxy == (1, 1, 5, 9)


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (drawn(bbox=[1, 2, 0, 5]), "degenerate-box"),
        (drawn(bbox=[1, 2, "x", 5]), "malformed-object"),
        (drawn(bbox=[1, 2, 3]), "malformed-object"),
        (drawn(bbox=[1, 2, float("nan"), 5]), "malformed-object"),
        (drawn(bbox=[1, 2, 10**400, 5]), "malformed-object"),
        (drawn(category_id=9), "malformed-object"),
        (drawn(iscrowd=1), "crowd-region"),
        ({"image_id": 1, "category_id": 3, "segmentation": {"counts": "x", "size": [1, 2]}}, "mask-picture-only"),
        ({"image_id": 1, "category_id": 3}, "malformed-object"),
    ],
)
def test_an_annotation_that_cannot_become_a_box_is_listed_apart(annotation, reason):
    record = only(coco(annotation, drawn()))
    assert [each.reason for each in record.skipped_objects] == [reason]
    assert len(record.objects) == 1


def test_annotations_of_no_picture_are_told():
    record, astray = CocoAnnotations(files({"a.json": coco(drawn(image_id=7), drawn(image_id=8), "x")}))
    assert isinstance(record, LabelRecord)
    assert (astray.row, "3 annotations" in astray.message) == (2, True)


def test_rows_go_on_over_several_files():
    other = {**IMAGE, "file_name": "b.jpg"}
    annotations = CocoAnnotations(
        files({"train.json": coco(drawn()), "val.json": coco(drawn(), images=[other, IMAGE])})
    )
    outcomes = list(annotations)
    assert len(annotations) == 3
    assert [outcome.row for outcome in outcomes] == [1, 2, 3]
    assert outcomes[2].reason == "duplicate-picture"


@pytest.mark.parametrize("image", [7, {"id": 1}, {"id": 1, "file_name": 5}, {"id": 1, "file_name": "x" * 300}])
def test_an_image_without_a_usable_name_is_skipped(image):
    assert only(coco(images=[image])).reason == "malformed"


def test_ids_may_be_text_in_one_place_and_numbers_in_the_other():
    assert len(only(coco(drawn(image_id="1", category_id="3"))).objects) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"images": [], "annotations": [], "categories": [}', "line 1, column 50"),
        ('{"images": 1, "annotations": [], "categories": []}', "not a list"),
        ('{"images": [], "annotations": [], "categories": [], "x": ' + "[" * 100_000, "too deep"),
    ],
)
def test_a_file_that_makes_no_sense_is_one_sentence(content, words):
    with pytest.raises(ExportError, match=words):
        CocoAnnotations(files({"a.json": content}))


def test_it_is_recognised_by_its_content():
    assert looks_like_coco(files({"x/y.json": coco()}))
    for other in ('[{"images": 1}]', '{"data_row": {}}\n{"images": 1}', '{"ID": "x", "Label": {"images": 1}}'):
        assert not looks_like_coco(files({"x/y.json": other}))


def test_the_lists_may_come_in_any_order():
    whole = json.loads(coco(drawn()))
    for order in itertools.permutations(whole):
        assert only(json.dumps({name: whole[name] for name in order})).objects[0].xyxy == (1, 2.5, 11, 22.5)


def test_a_row_that_cannot_be_read_costs_only_itself():
    deep = "[" * 100_000 + "]" * 100_000
    content = coco(drawn(), 7).replace("7", f'{deep}, {{"image_id": 1, "bbox": {"9" * 5000}}}')
    record, astray = CocoAnnotations(files({"a.json": content}))
    assert len(record.objects) == 1
    assert "2 annotations in a.json" in astray.message


def test_the_address_of_a_picture_is_kept():
    urls = {"coco_url": "http://a.example/a.jpg", "flickr_url": "http://b.example/b.jpg"}
    assert only(coco(images=[{**IMAGE, **urls}])).source["Labeled Data"] == "http://a.example/a.jpg"
    assert (
        only(coco(images=[{**IMAGE, "flickr_url": "http://b.example/b.jpg"}])).source["Labeled Data"].endswith("b.jpg")
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings_are_read(encoding):
    content = coco(images=[{**IMAGE, "file_name": "ä.jpg"}]).encode(encoding)
    assert looks_like_coco(files({"a.json": content}))
    assert only(content).external_id == "ä.jpg"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"images": ["\xff"]}', "a.json: The file is not UTF-8 text: byte 13 cannot be read."),
        (b'{"images": [', "a.json: The file is not valid JSON: Expecting value at line 1, column 13."),
        (b'{"images": []} x', "a.json: The file is not valid JSON: Extra data at line 1, column 16."),
        (b'{"images": [],\n 1: 2}', "line 2, column 2"),
        (b'{"images": [], "x" []}', "Expecting ':' delimiter at line 1, column 20"),
        (b'{"images": [] "x": 1}', "Expecting ',' delimiter at line 1, column 15"),
    ],
)
def test_text_that_is_no_json_is_told_with_its_place(content, sentence):
    with pytest.raises(ExportError) as error:
        CocoAnnotations(files({"a.json": content}))
    assert sentence in str(error.value)


def test_memory_does_not_grow_with_the_annotations():
    """8,000 annotations with 40 numbers each are 14 MB as Python objects, and 3 MB as text."""
    image, polygon = IMAGE, [[float(number) for number in range(40)]]
    content = coco(*(drawn(id=number, segmentation=polygon) for number in range(8000)), images=[image]).encode()
    tree = files({"a.json": content})
    tracemalloc.start()
    annotations = CocoAnnotations(tree)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(annotations) == 1
    assert peak < len(content) + 6_000_000
