"""COCO's JSON, also read by pycocotools."""

import json

from pycocotools.coco import COCO

from labelling.formats.coco_writer import coco_entries
from labelling.formats.content import ExportBox
from labelling.models import Split
from tests.labelling.formats.makers import content, image, texts

BOX = ExportBox(1, (20, 30.5, 60, 40))


def test_boxes_are_left_top_width_height_and_counted_from_one():
    files = texts(coco_entries(content(image("d/a.jpg", [BOX], key=7), image("b.jpg", key=9))))
    assert list(files) == ["annotations/instances.json"]
    found = json.loads(files["annotations/instances.json"])
    assert found["images"] == [
        {"id": 7, "file_name": "d/a.jpg", "width": 200, "height": 100},
        {"id": 9, "file_name": "b.jpg", "width": 200, "height": 100},
    ]
    assert found["categories"] == [{"id": 1, "name": "with_mask"}, {"id": 2, "name": "without_mask"}]
    assert found["annotations"] == [
        {"id": 1, "image_id": 7, "category_id": 2, "bbox": [20, 30.5, 40, 9.5], "area": 380, "iscrowd": 0}
    ]


def test_each_part_of_a_split_has_a_file_and_no_id_stands_twice():
    images = [image(f"{split}.jpg", [BOX, BOX], key=i, split=split) for i, split in enumerate(Split)]
    files = texts(coco_entries(content(*images)))
    assert sorted(files) == [f"annotations/instances_{part}.json" for part in ("test", "train", "val")]
    ids = [row["id"] for text in files.values() for row in json.loads(text)["annotations"]]
    assert sorted(ids) == [1, 2, 3, 4, 5, 6]


def test_a_dataset_without_pictures_is_a_file_without_images():
    assert json.loads(texts(coco_entries(content()))["annotations/instances.json"])["images"] == []


def test_pycocotools_reads_it(tmp_path):
    path = tmp_path / "instances.json"
    odd = "=1+1 <b>"
    path.write_text(
        texts(coco_entries(content(image("a.jpg", [BOX], key=7), classes=["x", odd])))[f"annotations/{path.name}"]
    )
    coco = COCO(str(path))
    (annotation,) = coco.loadAnns(coco.getAnnIds(imgIds=[7]))
    assert annotation["bbox"] == [20, 30.5, 40, 9.5]
    assert coco.loadCats(annotation["category_id"])[0]["name"] == odd
