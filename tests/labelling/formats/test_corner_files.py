"""Pascal VOC, YOLO and COCO as other programs write them, each with the outcome written down before it was read.

All pictures are 200 x 100 and named a.jpg, b.jpg, c.jpg.
"""

import io
import json

import pytest

from labelling.class_names import ClassNames
from labelling.formats.reading import open_annotations, sized
from labelling.labelbox import ExportError, LabelRecord
from labelling.outcomes import Arrival, outcomes_of
from labelling.pictures import PictureNames
from tests.labelling.makers import jpeg, zipped

FACE = ("face", (20, 30, 60, 40))
LINE = "0 0.2 0.35 0.2 0.1\n"  # the same face: 200 x 0.2 = 40 wide around x = 40, 100 x 0.1 = 10 high around y = 35
PICTURES = {name: jpeg(200, 100, seed=seed) for seed, name in enumerate(("a.jpg", "b.jpg", "c.jpg"))}


class Pictures:
    def find(self, external_id: str) -> str | None:
        return PictureNames(PICTURES).find(external_id)

    def read(self, name: str) -> bytes:
        return PICTURES[name]


def said(content: bytes) -> dict[str, object]:
    """What became of each record: its boxes and what else it held, or why it is left out."""
    annotations = open_annotations(io.BytesIO(content))
    assert annotations is not None
    records = list(sized(annotations, Pictures(), {}))
    outcomes = list(outcomes_of(records, pictures=Pictures(), names=ClassNames({}), sizes={}))
    found: dict[str, object] = {}
    for record, outcome in zip(records, outcomes, strict=True):
        name = record.external_id if isinstance(record, LabelRecord) else record.id
        if isinstance(outcome, Arrival):
            assert outcome.fate in ("imported", "negative")
            boxes = [(box.name, box.xyxy) for box in outcome.boxes]
            found[name] = boxes, [each.reason for each in outcome.skipped_objects]
        else:
            found[name] = outcome.reason
    return found


def xml(body: str, *, filename: str = "<filename>a.jpg</filename>") -> dict[str, bytes]:
    return {"Annotations/a.xml": f"<annotation>{filename}{body}</annotation>".encode()}


def voc(*edges: object, name: str = "face", more: str = "") -> str:
    xmin, ymin, xmax, ymax = edges
    box = f"<xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax>"
    return f"<object><name>{name}</name>{more}<bndbox>{box}</bndbox></object>"


def coco(annotations=(), images=None, **others) -> bytes:
    images = [{"id": 1, "file_name": "a.jpg", "width": 200, "height": 100}] if images is None else images
    categories = [{"id": 1, "name": "face"}, {"id": 2, "name": "unused"}]
    return json.dumps({"images": images, "annotations": list(annotations), "categories": categories, **others}).encode()


def drawn(**others) -> dict:
    return {"image_id": 1, "category_id": 1, "bbox": [20, 30, 40, 10], **others}


BOX = voc(20, 30, 60, 40)
ONE = {"a.jpg": ([FACE], [])}
RLE = {"counts": "abc", "size": [100, 200]}
POLYGON = [[20, 30, 60, 30, 60, 40]]
LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'

FILES = {
    "VOC, fractions": (zipped(xml(voc(" 20.0 ", "30.00", "6e1", 40))), ONE),
    "VOC, no size": (zipped(xml(BOX)), ONE),
    "VOC, a size of 0": (zipped(xml(f"<size><width>0</width><height>0</height></size>{BOX}")), ONE),
    "VOC, difficult and truncated": (
        zipped(xml(voc(20, 30, 60, 40, more="<difficult>1</difficult><truncated>1</truncated><pose>Left</pose>"))),
        ONE,
    ),
    "VOC, a part of an object": (
        zipped(xml(BOX.replace("</object>", "<part><name>nose</name><bndbox><xmin>1</xmin></bndbox></part></object>"))),
        ONE,
    ),
    "VOC, a path and no filename": (zipped(xml(BOX, filename="<path>/home/me/in/a.jpg</path>")), ONE),
    "VOC, a path of Windows": (zipped(xml(BOX, filename="<filename/><path>C:\\in\\a.jpg</path>")), ONE),
    "VOC, neither": (zipped(xml(BOX, filename="")), {"a": ([FACE], [])}),
    "VOC, entities": (zipped({"a.xml": f"{LAUGHS}<annotation>&y;</annotation>".encode()}), {"a.xml": "malformed"}),
    "VOC, UTF-16": (
        zipped(
            {
                "a.xml": f'<?xml version="1.0" encoding="utf-16"?>{xml(BOX)["Annotations/a.xml"].decode()}'.encode(
                    "utf-16"
                )
            }
        ),
        ONE,
    ),
    "VOC, alone, UTF-16 with a mark": (
        f'<?xml version="1.0" encoding="utf-16"?>{xml(BOX)["Annotations/a.xml"].decode()}'.encode("utf-16"),
        ONE,
    ),
    "VOC, no objects": (zipped(xml("")), {"a.jpg": ([], [])}),
    "VOC, objects without boxes": (
        zipped(xml("<object><name>face</name><point><x>1</x></point></object>")),
        {"a.jpg": "no-usable-object"},
    ),
    "VOC, corners the wrong way round": (
        zipped(xml(BOX + voc(60, 40, 20, 30))),
        {"a.jpg": ([FACE], ["degenerate-box"])},
    ),
    "VOC, alone": (xml(BOX)["Annotations/a.xml"], ONE),
    "VOC, a zip of Windows": (zipped({"in\\Annotations\\a.xml": xml(BOX)["Annotations/a.xml"]}), ONE),
    "YOLO, names in a list": (
        zipped(
            {
                "data.yaml": b"train: ../train/images\nval: ../valid/images\nnc: 1\nnames: [face]",
                "labels/a.txt": LINE.encode(),
            }
        ),
        ONE,
    ),
    "YOLO, names below one another": (
        zipped({"data.yaml": b"path: ../set\ntrain: images\nnames:\n- face\n", "train/labels/a.txt": LINE.encode()}),
        ONE,
    ),
    "YOLO, names by number": (
        zipped({"set.yml": b"names:\n  0: face\n  1: mask\n", "labels/val/a.txt": LINE.encode()}),
        ONE,
    ),
    "YOLO, names by number as text": (zipped({"a.yaml": b"names: {'0': face}", "a.txt": LINE.encode()}), ONE),
    "YOLO, classes.txt with a mark and CRLF": (
        zipped({"classes.txt": b"\xef\xbb\xbfface\r\nmask\r\n", "a.txt": LINE.replace("\n", "\r\n").encode()}),
        ONE,
    ),
    "YOLO, names that hold more than names": (
        zipped({"data.yaml": b"names: [face, [a, b], {c: d}]", "labels/a.txt": f"{LINE}1 0.5 0.5 1 1".encode()}),
        {"a.jpg": ([FACE], ["malformed-object"])},
    ),
    "YOLO, polygons": (
        zipped({"data.yaml": b"names: [face]", "labels/a.txt": b"0 0.1 0.3 0.3 0.3 0.3 0.4 0.1 0.4"}),
        ONE,
    ),
    "YOLO, with scores": (zipped({"data.yaml": b"names: [face]", "labels/a.txt": b"0 0.2 0.35 0.2 0.1 0.93"}), ONE),
    "YOLO, classes with a point": (
        zipped({"data.yaml": b"names: [face]", "labels/a.txt": b"0.0 0.2 0.35 0.2 0.1"}),
        ONE,
    ),
    "YOLO, an empty file": (
        zipped({"data.yaml": b"names: [face]", "labels/a.txt": LINE.encode(), "labels/b.txt": b" \n"}),
        {**ONE, "b.jpg": ([], [])},
    ),
    "YOLO, only lines that make no sense": (
        zipped({"data.yaml": b"names: [face]", "labels/a.txt": b"7 0.5 0.5 1 1"}),
        {"a.jpg": "no-usable-object"},
    ),
    "YOLO, a zip of Windows": (
        zipped({"in\\data.yaml": b"names: [face]", "in\\labels\\train\\a.txt": LINE.encode()}),
        ONE,
    ),
    "COCO, IDs as text": (
        coco(
            [drawn(image_id="x", category_id="1")], [{"id": "x", "file_name": "a.jpg", "width": "200", "height": 100}]
        ),
        ONE,
    ),
    "COCO, IDs with a point": (coco([drawn(image_id=1.0, category_id=1.0)]), ONE),
    "COCO, sizes with a point": (
        coco(
            [drawn(bbox=[20.0, 30.0, 40.0, 10.0])], [{"id": 1, "file_name": "a.jpg", "width": 200.0, "height": 100.0}]
        ),
        ONE,
    ),
    "COCO, polygons with an empty box": (coco([drawn(bbox=[], segmentation=POLYGON)]), ONE),
    "COCO, run lengths": (coco([drawn(segmentation=RLE)]), ONE),
    "COCO, only run lengths": (coco([drawn(bbox=None, segmentation=RLE)]), {"a.jpg": "no-usable-object"}),
    "COCO, a crowd": (coco([drawn(), drawn(iscrowd=1)]), {"a.jpg": ([FACE], ["crowd-region"])}),
    "COCO, only a crowd": (coco([drawn(iscrowd=1)]), {"a.jpg": "no-usable-object"}),
    "COCO, no annotations of one": (
        coco([drawn()], [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "in/b.jpg"}]),
        {**ONE, "in/b.jpg": ([], [])},
    ),
    "COCO, annotations of no picture": (coco([drawn(), drawn(image_id=9)]), {**ONE, "": "malformed"}),
    "COCO, another key first": (b'{"version": 3, ' + coco([drawn()])[1:], ONE),
    "COCO, with a mark": (b"\xef\xbb\xbf" + coco([drawn()]), ONE),
    "COCO in a zip of two": (
        zipped(
            {"annotations/1.json": coco([drawn()]), "annotations/2.json": coco((), [{"id": 1, "file_name": "b.jpg"}])}
        ),
        {**ONE, "b.jpg": ([], [])},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_the_outcome_written_down_for_it(name):
    content, expected = FILES[name]
    assert said(content) == expected


def test_pictures_without_any_annotations_are_not_taken_for_empty_ones():
    content = json.dumps({"images": [{"id": 1, "file_name": "a.jpg"}], "categories": []}).encode()
    with pytest.raises(ExportError, match="not labelled yet"):
        open_annotations(io.BytesIO(content))
